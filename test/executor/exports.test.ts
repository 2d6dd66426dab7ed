import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = join(import.meta.dirname, "../../src");
const INDEX = readFileSync(join(SRC, "index.ts"), "utf8");
/** The executor's part of it. */
const PART = INDEX.split(/^\/\/ The (?:executor|cascade):/m)[1] ?? "";

interface Declaration {
  file: string;
  name: string;
  /** Its part that mentions types: a signature without its body, or all of a type. */
  text: string;
  comment: string;
}

/** Exported declarations of the modules that the executor's part of the index re-exports. */
const DECLARATIONS: Declaration[] = globSync("{executor,domain}/**/*.ts", { cwd: SRC })
  .concat(["operations/executor.ts", "operations/library-store.ts", "errors.ts"])
  .filter((file) => !file.endsWith("validators/command.ts"))
  .flatMap((file) => {
    const text = readFileSync(join(SRC, file), "utf8");
    const starts = text.matchAll(
      /^(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?export (?:async )?(function|interface|type|class|const) (\w+)/gm,
    );
    return [...starts].map(({ index, 0: head, 1: comment = "", 2: kind = "", 3: name = "" }) => {
      const rest = text.slice(index + comment.length);
      return { file, name, comment, text: kind === "class" ? head : statementOf(kind, rest) };
    });
  });

/** The text of a declaration up to where its types end. */
function statementOf(kind: string, text: string): string {
  if (kind === "interface") return text.slice(0, text.search(/^\}/m));
  if (kind === "const") return /^export const \w+(?:: ([^=]+))? =/.exec(text)?.[1] ?? "";
  if (kind === "type") return text.slice(0, text.search(/;$/m));
  return text.slice(0, text.search(/\{\n/));
}

function namesIn(index: string): Set<string> {
  const lists = [...index.matchAll(/^export (?:type )?\{([^}]+)\}/gm)].flatMap(([, names = ""]) =>
    names.split(","),
  );
  return new Set(lists.map((name) => name.trim().replace(/^type /, "")));
}

const [EXPORTED, PUBLIC] = [namesIn(INDEX), namesIn(PART)];
const declared = new Map(DECLARATIONS.map((declaration) => [declaration.name, declaration]));

describe("the library", () => {
  it("exports every type that a public signature of the executor mentions", () => {
    const missing = [...PUBLIC].flatMap((name) => {
      const { text = "" } = declared.get(name) ?? {};
      const code = text.replaceAll(/\/\*\*[\s\S]*?\*\//g, "").replaceAll(/"[^"]*"|`[^`]*`/g, "");
      const mentioned = new Set(code.match(/\b[A-Z]\w*[a-z]\w*/g));
      return [...mentioned]
        .filter((type) => declared.has(type) && !EXPORTED.has(type))
        .map((type) => `${name}: ${type}`);
    });
    expect(missing).toEqual([]);
    expect([...PUBLIC].filter((name) => declared.has(name)).length).toBeGreaterThan(90);
  });

  it("has a doc comment on each of them that begins with what it is or does", () => {
    const bare = [...PUBLIC].filter((name) => {
      const declaration = declared.get(name);
      return declaration && !/^\/\*\*\s+(?:\* )?\S/.test(declaration.comment);
    });
    expect(bare).toEqual([]);
  });

  it("defines no type twice in the executor", () => {
    const names = globSync("{executor,store}/**/*.ts", { cwd: SRC }).flatMap((file) => [
      ...new Set(
        [
          ...readFileSync(join(SRC, file), "utf8").matchAll(/^(?:export )?(?:interface|type|class) (\w+)/gm),
        ].map(([, name = ""]) => name),
      ),
    ]);
    const executor = new Set(
      DECLARATIONS.filter(({ file }) => file.startsWith("executor")).map(({ name }) => name),
    );
    expect(names.filter((name, index) => executor.has(name) && names.indexOf(name) !== index)).toEqual([]);
  });
});
