import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const SRC = join(import.meta.dirname, "../../src");

/** A declaration of the library that its index exports. */
export interface PublicDeclaration {
  /** The name that programs import. */
  name: string;
  file: string;
  kind: "function" | "interface" | "type" | "class" | "const";
  /** Its doc comment, empty if there is none. */
  comment: string;
  /** Types that its signature or its members mention, by the names of their declarations. */
  mentions: ReadonlySet<string>;
  /** Members without a doc comment. */
  bareMembers: readonly string[];
}

interface Declared {
  file: string;
  kind: PublicDeclaration["kind"];
  comment: string;
  /** What declares it, without a function's body. */
  text: string;
}

const DECLARATION =
  /^((?:\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?)(?:export )?(?:async )?(interface|type|class|const|function)\*? (\w+)/gm;
const ENDS = { function: /\{\n/, type: /;$/m, const: /=/, interface: /^\}/m, class: /^\}/m } as const;

/** All declarations of `src` by file and name. */
const DECLARED: ReadonlyMap<string, Declared> = new Map(
  globSync("**/*.ts", { cwd: SRC, exclude: ["**/wasm/**"] }).flatMap((file) => {
    const source = readFileSync(join(SRC, file), "utf8");
    return [...source.matchAll(DECLARATION)].map(({ index, 1: comment = "", 2: word = "", 3: name = "" }) => {
      const kind = word as Declared["kind"];
      const rest = source.slice(index + comment.length);
      return [
        `${file} ${name}`,
        { file, kind, comment, text: rest.slice(0, rest.search(ENDS[kind])) },
      ] as const;
    });
  }),
);

/** Returns everything that programs can import, in the order of the index. */
export function readPublicApi(): PublicDeclaration[] {
  return exportsOf("index.ts").flatMap(({ name, as, file }) => {
    const declared = DECLARED.get(`${file} ${name}`);
    if (!declared) throw new Error(`${file}: ${name} was not found`);
    const { kind, comment } = declared;
    return {
      name: as,
      file,
      kind,
      comment,
      mentions: mentionsIn(declared),
      bareMembers: bareMembersOf(declared),
    };
  });
}

/** Returns the names of declarations that are exported, and those that are types somewhere. */
export function readNames(): { exported: ReadonlySet<string>; types: ReadonlySet<string> } {
  const types = [...DECLARED].filter(([, { kind }]) => kind !== "function" && kind !== "const");
  return {
    exported: new Set(exportsOf("index.ts").map(({ name }) => name)),
    types: new Set(types.map(([key]) => key.slice(key.indexOf(" ") + 1))),
  };
}

function exportsOf(index: string): { name: string; as: string; file: string }[] {
  const source = readFileSync(join(SRC, index), "utf8");
  const lists = [...source.matchAll(/^export (?:type )?\{([^}]+)\} from "([^"]+)"/gm)];
  const named = lists.flatMap(([, names = "", from = ""]) =>
    names
      .split(",")
      .map((each) => each.trim().replace(/^type /, ""))
      .filter(Boolean)
      .map((each) => {
        const [name = "", as = name] = each.split(" as ");
        return { name, as, file: join(dirname(index), from) };
      }),
  );
  const all = [...source.matchAll(/^export type \* from "([^"]+)"/gm)];
  return [...named, ...all.flatMap(([, from = ""]) => exportsOf(join(dirname(index), from)))];
}

function mentionsIn({ kind, text }: Declared): Set<string> {
  const code = text.replaceAll(/\/\*\*[\s\S]*?\*\//g, "").replaceAll(/"[^"\n]*"|`[^`\n]*`/g, "");
  return new Set((kind === "class" ? code.split("constructor")[0] : code)?.match(/\b[A-Z]\w*[a-z]\w*/g));
}

/** Fields and methods, one level deep. What a class overrides is documented where it is first declared. */
const MEMBER = /^ {2}(?:readonly |static |async )*(?:get )?\[?(\w+)\??[\](:<]/;

function bareMembersOf({ kind, text }: Declared): string[] {
  const isFunction = kind === "function" || / = \($/m.test(text);
  if (isFunction || kind === "const" || !text.includes("{")) return [];
  const lines = text.split("\n");
  return lines.flatMap((line, at) => {
    const name = MEMBER.exec(line)?.[1];
    return name === undefined || name === "constructor" || lines[at - 1]?.endsWith("*/") ? [] : [name];
  });
}
