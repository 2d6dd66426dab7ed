import { execFile } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Failure } from "../../src/domain/attempt.ts";
import { FAILURE_RULES } from "../../src/executor/classify.ts";
import { GIVE_UPS } from "../../src/executor/decide.ts";
import { type RouteAnswer, type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";
import { completion } from "../helpers/raw-api.ts";

const ROOT = join(import.meta.dirname, "../..");
const INDEX = join(ROOT, "src/index.ts");
const PAGE = readFileSync(join(ROOT, "docs/executor.md"), "utf8");

interface Example {
  name: string;
  code: string;
}

const ON_PAGE: Example[] = [...PAGE.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = ""], index) => ({
  name: `docs/executor.md, example ${index + 1}`,
  code,
}));

/** The `@example` of each exported function, class and constant. */
const IN_SOURCE: Example[] = globSync("src/**/*.ts", { cwd: ROOT }).flatMap((file) => {
  const text = readFileSync(join(ROOT, file), "utf8");
  const found = text.matchAll(
    /@example\n \* ```ts\n([\s\S]*?) \* ```\n[\s\S]*?\*\/\nexport (?:async )?\w+ (\w+)/g,
  );
  return [...found].map(([, code = "", name = ""]) => ({ name, code: code.replaceAll(/^ \* ?/gm, "") }));
});

/** Exported names that are no types, of the executor's part of the index. */
const EXPORTED: string[] = [
  ...(readFileSync(INDEX, "utf8").split(/^\/\/ The (?:executor|cascade):/m)[1] ?? "").matchAll(
    /^export \{([^}]+)\}/gm,
  ),
]
  .flatMap(([, names = ""]) => names.split(",").map((name) => name.trim()))
  .filter((name) => name !== "" && !name.startsWith("type "));

let api: ScriptedApi;
let folder: string;
let printed: Map<string, string>;
beforeAll(async () => {
  api = await startScriptedApi({ route: answerOthers });
  folder = mkdtempSync(join(tmpdir(), "rolecall-docs-"));
  printed = await runExamples([...ON_PAGE, ...IN_SOURCE]);
}, 60_000);
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await api.stop();
});

/** A batch that has ended by the time anybody looks, and a compatible endpoint. */
function answerOthers(method: string, path: string): RouteAnswer | undefined {
  if (path === "/v1/chat/completions") return { body: completion("Hello") };
  if (!path.startsWith("/v1/messages/batches")) return undefined;
  if (path.endsWith("/results")) return { body: "" };
  const counts = { processing: 0, succeeded: 1, errored: 0, canceled: 0, expired: 0 };
  const batch = {
    id: "msgbatch_1",
    processing_status: "ended",
    created_at: "2026-11-01T00:00:00Z",
    request_counts: counts,
    results_url: `${api.url}/v1/messages/batches/msgbatch_1/results`,
  };
  return { body: method === "GET" && path.endsWith("batches") ? { data: [batch], has_more: false } : batch };
}

/** Imports one module after the other, and prints what each printed or threw. */
const RUNNER = `
import { join } from "node:path";
import { inspect } from "node:util";
const [folder, ...files] = process.argv.slice(2);
const print = console.log;
for (const file of files) {
  const lines = [];
  console.log = (...values) => void lines.push(values.map((value) => (typeof value === "string" ? value : inspect(value))).join(" "));
  process.env.ROLECALL_DB = join(folder, file + ".db");
  const failed = await import(join(folder, file)).then(() => undefined, (error) => String(error?.stack ?? error));
  print(JSON.stringify({ printed: lines.join("\\n"), failed }));
}
process.exit();`;

/** Runs examples as they are, but for where they import from; returns what each printed. */
async function runExamples(examples: readonly Example[]): Promise<Map<string, string>> {
  const files = examples.map(({ code }, index) => {
    const file = `example-${index}.ts`;
    writeFileSync(
      join(folder, file),
      code.replaceAll('from "rolecall"', `from "${pathToFileURL(INDEX).href}"`),
    );
    return file;
  });
  writeFileSync(join(folder, "runner.mjs"), RUNNER);
  const env = {
    PATH: process.env["PATH"],
    HOME: folder,
    ANTHROPIC_BASE_URL: api.url,
    ANTHROPIC_API_KEY: "made-up",
    OPENAI_BASE_URL: `${api.url}/v1`,
    OPENAI_API_KEY: "made-up",
  };
  const args = [join(folder, "runner.mjs"), folder, ...files];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
  const ends = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { printed: string; failed?: string });
  return new Map(
    examples.map(({ name }, index) => [name, ends[index]?.failed ?? ends[index]?.printed ?? "did not run"]),
  );
}

describe("docs/executor.md", () => {
  it("has examples", () => expect(ON_PAGE.length).toBeGreaterThan(7));

  for (const { name, code } of ON_PAGE)
    it(`${name} runs as it is`, () => {
      const lines = printed.get(name) ?? "";
      expect(lines).not.toMatch(/Error|did not run/);
      expect(lines !== "" || code.includes("batches.collect")).toBe(true);
    });

  it("names every reason for giving up", () => {
    for (const reason of Object.keys(GIVE_UPS)) expect(PAGE).toMatch(new RegExp(`\`${reason}\`.*\\|`));
  });

  it("its error table is the one that is carried out", () => {
    const rows = PAGE.matchAll(
      /^\| (`[a-z` -]+`) \| .+? \| (yes|no) \| (yes|no|larger context|other provider) \| (yes|no) \|$/gm,
    );
    const written = new Map(
      [...rows].flatMap(([, names = "", retry, next, breaker]) =>
        [...names.matchAll(/`([a-z-]+)`/g)].map(([, name = ""]): [string, object] => [
          name,
          {
            retry: retry === "yes",
            walk: next === "yes" || next === "larger context",
            endsProvider: next === "other provider",
            breaker: breaker === "yes",
          },
        ]),
      ),
    );
    for (const [failure, rule] of Object.entries(FAILURE_RULES))
      expect([failure, written.get(failure as Failure)]).toEqual([failure, rule]);
  });
});

describe("the executor's part of the library", () => {
  /** Policies have one example together. */
  const WITHOUT = new Set([
    "ARCHITECT_EDITOR",
    "HAIKU_CASCADE",
    "SAME_MODEL",
    "SONNET_TO_OPUS",
    "InvalidInputError",
    "RolecallError",
    "command",
  ]);

  it("has an example of everything that can be called", () => {
    const names = new Set(IN_SOURCE.map(({ name }) => name));
    expect(EXPORTED.length).toBeGreaterThan(25);
    expect(EXPORTED.filter((name) => !names.has(name) && !WITHOUT.has(name))).toEqual([]);
  });

  for (const { name, code } of IN_SOURCE)
    it(`the example of ${name} runs, and prints what its comments say`, () => {
      const lines = printed.get(name) ?? "";
      expect(lines).not.toMatch(/Error|did not run/);
      expect(lines).not.toBe("");
      const comments = [...code.matchAll(/console\.log\(.*\); \/\/ ([\w.[\]]+)/gm)];
      for (const [, word = ""] of comments) expect(lines).toContain(word);
    });
});
