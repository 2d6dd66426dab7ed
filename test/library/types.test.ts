import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = join(import.meta.dirname, "../../src");
const read = (file: string): string => readFileSync(join(SRC, file), "utf8");

/** Types that the functions name but do not hand out. */
const INTERNAL = new Set(["OpenedHistory", "DollarName"]);

/** Signatures of functions and definitions of types by name, without comments and texts. */
const DECLARED = new Map(
  globSync("**/*.ts", { cwd: SRC, exclude: ["**/wasm/**"] }).flatMap((file) => {
    const text = read(file)
      .replaceAll(/\/\*\*[\s\S]*?\*\//g, "")
      .replaceAll(/"[^"\n]*"|`[^`\n]*`/g, "");
    const found = text.matchAll(
      /^(?:export )?(?:async )?(interface|type|class|function\*?) ([A-Z]\w+|\w+)/gm,
    );
    return [...found]
      .filter(
        ([, kind, name = ""]) =>
          /^[A-Z]/.test(name) || (kind?.startsWith("function") && file.startsWith("library/")),
      )
      .map(({ 1: kind = "", 2: name = "", index }): [string, string] => {
        const rest = text.slice(index);
        const end = kind.startsWith("function") ? /\{\n/ : kind === "type" ? /;$/m : /^\}/m;
        return [name, rest.slice(0, rest.search(end))];
      });
  }),
);

/** Names that a file of the library exports from elsewhere. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/^export (?:type )?\{([^}]+)\}/gm)].flatMap(([, names = ""]) =>
    names
      .split(",")
      .map((name) => name.trim().replace(/^type /, ""))
      .filter(Boolean),
  );
}

describe("the analyzer's types", () => {
  it("are exported as far as a signature or another exported type mentions them", () => {
    const exported = new Set([...namesIn(read("index.ts")), ...namesIn(read("library/types.ts"))]);
    const analyzer = read("index.ts").split(/^\/\/ The executor:/m)[0] ?? "";
    const waiting = [...namesIn(analyzer), ...namesIn(read("library/types.ts"))];
    expect(waiting.length).toBeGreaterThan(70);
    const missing = waiting.flatMap((name) => {
      const mentioned = new Set(DECLARED.get(name)?.match(/\b[A-Z]\w*[a-z]\w*/g));
      return [...mentioned]
        .filter((type) => DECLARED.has(type) && !exported.has(type) && !INTERNAL.has(type))
        .map((type) => `${name}: ${type}`);
    });
    expect(missing).toEqual([]);
  });
});
