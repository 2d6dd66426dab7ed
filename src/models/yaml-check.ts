import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { InvalidInputError, type InputProblem } from "../errors.ts";

/** A place in a YAML file: its node, and the keys that lead to it. */
export interface YamlPlace {
  node: unknown;
  at: readonly string[];
}

/** What a value has to be, and how to say so. */
export interface ValueRule<T> {
  is: (value: unknown) => value is T;
  expected: string;
}

/** Reads a YAML file by its rules; what breaks them is noted with its line and key. */
export interface YamlCheck {
  /** The whole file; undefined where it is empty. */
  root: YamlPlace | undefined;
  /** The keys below a place. */
  entries(place: YamlPlace): [key: string, value: YamlPlace][];
  /** The keys below a place; others than `known` are refused. */
  pick<K extends string>(place: YamlPlace, known: readonly K[]): Partial<Record<K, YamlPlace>>;
  /** The value at a place, if it is there and right. */
  read<T>(place: YamlPlace | undefined, rule: ValueRule<T>): T | undefined;
  refuse(place: YamlPlace, message: string, more?: Partial<InputProblem>): void;
  /** Throws InvalidInputError where anything was refused. */
  end(): void;
}

/** `what` and `path` are for messages. */
export function checkYaml(text: string, what: string, path: string): YamlCheck {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const problems: InputProblem[] = document.errors.map(({ message, pos }) => ({
    path,
    line: lines.linePos(pos[0]).line,
    message: `not YAML: ${message}`,
  }));

  function refuse({ node, at }: YamlPlace, message: string, more: Partial<InputProblem> = {}): void {
    const offset = (node as { range?: readonly number[] } | null)?.range?.[0];
    const line = offset === undefined ? {} : { line: lines.linePos(offset).line };
    problems.push({ path, ...line, ...(at.length > 0 && { key: at.join(".") }), message, ...more });
  }

  function entries(place: YamlPlace): [string, YamlPlace][] {
    if (isMap(place.node))
      return place.node.items.map(({ key, value }) => {
        const name = String(isScalar(key) ? key.value : key);
        return [name, { node: value ?? key, at: [...place.at, name] }];
      });
    refuse(place, "not a group of keys", { found: String(place.node) });
    return [];
  }

  return {
    root: problems.length > 0 || document.contents === null ? undefined : { node: document.contents, at: [] },
    entries,
    refuse,
    pick(place, known) {
      const found = entries(place);
      for (const [key, value] of found)
        if (!known.some((name) => name === key)) refuse(value, "unknown key", { expected: known.join(", ") });
      return Object.fromEntries(found) as Partial<Record<(typeof known)[number], YamlPlace>>;
    },
    read(place, { is, expected }) {
      if (place === undefined) return undefined;
      const value = (place.node as { toJS(of: typeof document): unknown }).toJS(document);
      if (is(value)) return value;
      refuse(place, "not allowed here", { found: JSON.stringify(value), expected });
      return undefined;
    },
    end() {
      if (problems.length > 0) throw new InvalidInputError(what, problems);
    },
  };
}
