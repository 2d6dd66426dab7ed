import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = join(import.meta.dirname, "../src");

/** Who may import whom: the table of docs/design.md. */
const CORE = ["domain", "errors"];
const RULES = ["models", "policy", "agents", "client"];
const ANALYSIS = ["models", "analysis"];
const HISTORY = [...RULES, "transcripts", "store", "cascade", "analysis"];
const EVERYTHING = [...HISTORY, "doctor", "history", "advice", "executor", "hooks"];
const MAY_IMPORT: Record<string, readonly string[]> = {
  domain: [],
  errors: ["domain"],
  models: CORE,
  policy: [...CORE, "models"],
  agents: [...CORE, "models", "policy"],
  client: [...CORE, "models", "policy", "agents"],
  doctor: [...CORE, ...RULES],
  transcripts: CORE,
  store: CORE,
  analysis: [...CORE, "models"],
  executor: CORE,
  hooks: [...CORE, "policy", "transcripts"],
  cascade: [...CORE, "executor"],
  history: [...CORE, ...HISTORY],
  advice: [...CORE, ...ANALYSIS, "policy"],
  operations: [...CORE, ...EVERYTHING],
  library: [...CORE, "history", "operations"],
  render: CORE,
  cli: [...CORE, "agents", "doctor", "history", "hooks", "operations", "render"],
  index: [...CORE, ...EVERYTHING, "library", "operations"],
};

/** Modules that may import the types of all others. */
const TAKES_TYPES = new Set(["render", "library"]);

/** Packages that cost start-up time or belong to one concern have one importer. */
const ONE_IMPORTER: Record<string, string> = {
  "better-sqlite3": "store/",
  "gray-matter": "agents/frontmatter.ts",
  "@anthropic-ai/sdk": "executor/anthropic.ts",
  "@modelcontextprotocol/server": "cli/mcp/serve.ts",
  openai: "executor/openai.ts",
  ajv: "executor/validators/schema-drafts.ts",
  "fast-glob": "agents/discover.ts",
  yargs: "cli/main.ts",
};

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
  isLazy: boolean;
}

const imports = globSync("**/*.ts", { cwd: SRC }).flatMap(importsOf);

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SRC, file), "utf8");
  const found = text.matchAll(
    /^(import|export)( type)?\s[^;]*?from "([^"]+)";|import\("([^"]+)"\)|^import "([^"]+)";/gm,
  );
  return [...found].map((match) => ({
    from: file,
    to: match[3] ?? match[4] ?? match[5] ?? "",
    typeOnly: match[2] !== undefined,
    isLazy: match[4] !== undefined,
  }));
}

const moduleOf = (path: string): string => path.split("/")[0]?.replace(/\.ts$/, "") ?? "";

describe("architecture", () => {
  it("finds the imports", () => expect(imports.length).toBeGreaterThan(20));

  it("each module imports only what the table allows", () => {
    const wrong = imports
      .filter(({ to }) => to.startsWith("."))
      .map(({ from, to, typeOnly }) => ({
        from,
        target: relative(SRC, join(SRC, dirname(from), to)),
        typeOnly,
      }))
      .filter(({ from, target, typeOnly }) => {
        const [source, dest] = [moduleOf(from), moduleOf(target)];
        if (source === dest || (TAKES_TYPES.has(source) && typeOnly)) return false;
        return !MAY_IMPORT[source]?.includes(dest);
      });
    expect(wrong).toEqual([]);
  });

  it("a heavy package has one importer", () => {
    const wrong = imports.filter(({ from, to, typeOnly }) => {
      const place = ONE_IMPORTER[to];
      return place !== undefined && !typeOnly && !from.startsWith(place);
    });
    expect(wrong).toEqual([]);
  });

  it("spend starts without the parsers of policies, agent files and options", () => {
    const loaded = new Set<string>();
    const load = (file: string): void => {
      if (loaded.has(file)) return;
      loaded.add(file);
      for (const { from, to, typeOnly, isLazy } of imports) {
        if (from === file && !typeOnly && !isLazy) load(to.startsWith(".") ? join(dirname(from), to) : to);
      }
    };
    load("cli/commands/spend.ts");
    expect([...loaded].filter((name) => !name.endsWith(".ts") && !name.startsWith("node:"))).toEqual([
      "better-sqlite3",
    ]);
  });

  it("no source file grows past 300 lines", () => {
    const long = globSync("**/*.ts", { cwd: SRC }).filter(
      (file) => readFileSync(join(SRC, file), "utf8").split("\n").length > 301,
    );
    expect(long).toEqual([]);
  });

  it("a type name is defined once", () => {
    const names = globSync("**/*.ts", { cwd: SRC, exclude: ["**/wasm/**"] }).flatMap((file) => [
      ...new Set(
        readFileSync(join(SRC, file), "utf8").match(/(?<=^(?:export )?(?:interface|type|class) )[A-Z]\w*/gm),
      ),
    ]);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it("a test that changes its process has a process of its own", () => {
    const changes = /process\.env\[[^\]]+\] =|delete process\.env|process\.chdir|vi\.(?:stub|mock|useFake)/;
    const wrong = globSync("**/*.test.ts", { cwd: import.meta.dirname }).filter(
      (file) =>
        !file.endsWith(".isolated.test.ts") &&
        file !== "architecture.test.ts" &&
        changes.test(readFileSync(join(import.meta.dirname, file), "utf8")),
    );
    expect(wrong).toEqual([]);
  });
});
