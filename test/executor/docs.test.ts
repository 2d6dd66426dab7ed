import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Failure } from "../../src/domain/attempt.ts";
import { FAILURE_RULES } from "../../src/executor/classify.ts";
import { GIVE_UPS } from "../../src/executor/decide.ts";
import { type RouteAnswer, type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";

const ROOT = join(import.meta.dirname, "../..");
const PAGE = readFileSync(join(ROOT, "docs/executor.md"), "utf8");
const EXAMPLES = [...PAGE.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = ""]) => code);
const INDEX = pathToFileURL(join(ROOT, "src/index.ts")).href;

let api: ScriptedApi;
let folder: string;
beforeAll(async () => {
  api = await startScriptedApi({ route: answerBatches });
  folder = mkdtempSync(join(tmpdir(), "rolecall-docs-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await api.stop();
});

/** A batch that has ended by the time anybody looks. */
function answerBatches(method: string, path: string): RouteAnswer | undefined {
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

/** Runs an example as a program of its own. */
async function runExample(code: string, name: string): Promise<string> {
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, code.replaceAll('from "rolecall"', `from "${INDEX}"`));
  const env = {
    PATH: process.env["PATH"],
    HOME: folder,
    ANTHROPIC_BASE_URL: api.url,
    ANTHROPIC_API_KEY: "made-up",
    OPENAI_BASE_URL: `${api.url}/v1`,
    OPENAI_API_KEY: "made-up",
    ROLECALL_DB: join(folder, `${name}.db`),
  };
  return (await promisify(execFile)(process.execPath, [file], { cwd: ROOT, env })).stdout;
}

describe("docs/executor.md", () => {
  it("has examples", () => expect(EXAMPLES.length).toBeGreaterThan(7));

  for (const [index, code] of EXAMPLES.entries()) {
    const name = `example ${index + 1}`;
    it(`${name} runs as it stands`, async () => {
      const printed = await runExample(code, name.replace(" ", "-"));
      expect(printed.trim() !== "" || code.includes("batches.collect")).toBe(true);
    });
  }

  it("names every reason for giving up", () => {
    for (const reason of Object.keys(GIVE_UPS)) expect(PAGE).toMatch(new RegExp(`\`${reason}\`.*\\|`));
  });

  it("its error table is the one that is carried out", () => {
    const rows = [...PAGE.matchAll(/^\| (`[a-z` -]+`) \| .+? \| (yes|no) \| (yes|no) \| (yes|no) \|$/gm)];
    const told = new Map(
      rows.flatMap(([, names = "", retry, walk, breaker]) =>
        [...names.matchAll(/`([a-z-]+)`/g)].map(([, name = ""]): [string, object] => [
          name,
          { retry: retry === "yes", walk: walk === "yes", breaker: breaker === "yes" },
        ]),
      ),
    );
    for (const [failure, rule] of Object.entries(FAILURE_RULES))
      expect([failure, told.get(failure as Failure)]).toEqual([failure, rule]);
  });
});
