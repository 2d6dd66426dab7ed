import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { InvalidInputError, type InputProblem } from "../errors.ts";

/** A place in a YAML file: its node, and the keys that lead to it. */
export interface YamlPlace {
  node: unknown;
  at: readonly string[];
}

/** A rule for a value, and its words for errors. */
export interface ValueRule<T> {
  is: (value: unknown) => value is T;
  expected: string;
}

/** A YAML file that is read by rules; values that break a rule are collected with their line and key. */
export class YamlCheck {
  private readonly lines = new LineCounter();
  private readonly document;
  private readonly problems: InputProblem[];
  private readonly what: string;
  private readonly path: string;

  /** `what` and `path` are for messages. */
  constructor(text: string, what: string, path: string) {
    this.what = what;
    this.path = path;
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false, stringKeys: true });
    this.problems = this.document.errors.map(({ message, pos }) => ({
      path,
      line: this.lines.linePos(pos[0]).line,
      message: `not YAML: ${message}`,
    }));
  }

  /** The whole file; undefined if it is empty or cannot be parsed. */
  get root(): YamlPlace | undefined {
    const { contents } = this.document;
    return this.problems.length > 0 || contents === null ? undefined : { node: contents, at: [] };
  }

  /** Returns the keys below a place. */
  entries(place: YamlPlace): [key: string, value: YamlPlace][] {
    if (isMap(place.node))
      return place.node.items.map(({ key, value }) => {
        const name = String(isScalar(key) ? key.value : key);
        return [name, { node: value ?? key, at: [...place.at, name] }];
      });
    this.refuse(place, "not a group of keys", { found: String(place.node) });
    return [];
  }

  /** Returns the keys below a place; refuses others than `known`. */
  pick<K extends string>(place: YamlPlace, known: readonly K[]): Partial<Record<K, YamlPlace>> {
    const found = this.entries(place);
    for (const [key, value] of found)
      if (!known.some((name) => name === key))
        this.refuse(value, "unknown key", { expected: known.join(", ") });
    return Object.fromEntries(found) as Partial<Record<K, YamlPlace>>;
  }

  /** Returns the value at a place, if it is there and keeps the rule. */
  read<T>(place: YamlPlace | undefined, { is, expected }: ValueRule<T>): T | undefined {
    if (place === undefined) return undefined;
    const value = (place.node as { toJS(of: unknown): unknown }).toJS(this.document);
    if (is(value)) return value;
    this.refuse(place, "invalid value", { found: JSON.stringify(value), expected });
    return undefined;
  }

  refuse({ node, at }: YamlPlace, message: string, more: Partial<InputProblem> = {}): void {
    const offset = (node as { range?: readonly number[] } | null)?.range?.[0];
    const line = offset === undefined ? {} : { line: this.lines.linePos(offset).line };
    this.problems.push({
      path: this.path,
      ...line,
      ...(at.length > 0 && { key: at.join(".") }),
      message,
      ...more,
    });
  }

  /** Throws InvalidInputError if anything was refused. */
  end(): void {
    if (this.problems.length > 0) throw new InvalidInputError(this.what, this.problems);
  }
}
