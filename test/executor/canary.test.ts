import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ARCHITECT_EDITOR, SAME_MODEL } from "../../src/executor/chain.ts";
import type { RunRequest } from "../../src/executor/run.ts";
import { command } from "../../src/executor/validators/command.ts";
import { jsonSchema } from "../../src/executor/validators/schema.ts";
import { syntax } from "../../src/executor/validators/syntax.ts";
import { pattern } from "../../src/executor/validators/text.ts";
import { openAttemptLog } from "../../src/store/attempts.ts";
import { openBreakers } from "../../src/store/breakers.ts";
import { openStore } from "../../src/store/open.ts";
import {
  completion,
  createRawExecutor,
  endOf,
  errorReply,
  eventsOf,
  message,
  OTHER,
  type RawApi,
  type RawReply,
  type RawRequest,
  startRawApi,
} from "../helpers/raw-api.ts";

let api: RawApi;
afterEach(() => api.close());

/** Stands wherever text can stand; the number says where it came from. */
const canary = (where: string): string => `CANARY_${where}`;
const ANSWER = "```js\nconst CANARY_answer = 1;\n```";

const REQUEST = {
  taskType: "t",
  prompt: canary("prompt"),
  system: canary("system"),
  context: [canary("context")],
  tools: [{ name: canary("tool"), description: canary("description"), input_schema: { type: "object" } }],
  stopSequences: [canary("stop")],
} as const satisfies RunRequest;

const CHECKS: Record<string, RunRequest["validate"]> = {
  command: command(["sh", "-c", "cat a.js; echo CANARY_output; exit 1", canary("argument")], {
    file: "a.js",
  }),
  missing: command([canary("program")], { file: "a.js" }),
  pattern: pattern(/CANARY_pattern/),
  schema: jsonSchema({ type: "object", required: [canary("schema")] }),
  syntax: syntax("json"),
  function: (text) => `${canary("reason")}: ${text}`,
  thrown: () => {
    throw new Error(canary("thrown"));
  },
  validator: { name: canary("name"), check: () => ({ ok: false, reason: canary("custom") }) },
};

const REPLIES: Record<string, (request: RawRequest) => RawReply> = {
  good: ({ body }) => ({ json: message(body.model, ANSWER) }),
  thinking: ({ body }) => ({
    json: message(body.model, [
      { type: "thinking", thinking: canary("thinking"), signature: canary("signature") },
      { type: "text", text: ANSWER },
    ]),
  }),
  refusal: ({ body }) => ({
    json: message(body.model, ANSWER, { stop_reason: "refusal", stop_details: canary("details") }),
  }),
  error: () => errorReply(400, canary("type"), {}, canary("message")),
  odd: ({ body }) => ({
    json: message(`${body.model} ${canary("model")}`, ANSWER, { id: `${canary("id")} with spaces` }),
    headers: { "request-id": `${canary("request")} with spaces` },
  }),
  html: () => ({ text: `<html>${canary("page")}</html>` }),
  broken: ({ body }) => ({ events: [...eventsOf(message(body.model, ANSWER)).slice(0, 3), "cut"] }),
  other: () => ({
    json: { error: { message: canary("other"), code: canary("code"), type: canary("kind") } },
  }),
  choice: () => ({
    json: completion(ANSWER, {
      choices: [{ finish_reason: canary("finish"), message: { content: ANSWER } }],
    }),
  }),
};

function bytesOf(folder: string): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), "latin1"))
    .join("\n");
}

describe("the store", () => {
  it("holds no word of a prompt, an answer, a check or an error: the whole file is searched", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rolecall-canary-"));
    const store = openStore(join(folder, "store.db"));
    const options = {
      telemetry: openAttemptLog(store),
      breakers: openBreakers(store),
      breaker: { failures: 1000 },
      retry: { retries: 0 },
    };
    let runs = 0;
    for (const [name, answer] of Object.entries(REPLIES)) {
      api = await startRawApi(answer, 10);
      const policies = [SAME_MODEL, ARCHITECT_EDITOR, { name: "other", chain: [OTHER] } as const];
      for (const policy of policies) {
        const executor = await createRawExecutor(api, policy, options);
        const { tools: _tools, ...plain } = REQUEST;
        const request: RunRequest = policy.name === "other" ? plain : REQUEST;
        const checks = name === "good" || name === "choice" ? Object.values(CHECKS) : [];
        for (const validate of [undefined, undefined, ...checks]) {
          const all = { ...request, ...(validate && { validate }) };
          await endOf(runs++ % 2 ? executor.stream(all).result : executor.run(all));
        }
      }
      await api.close();
    }
    expect(runs).toBe(9 * 3 * 2 + 2 * 3 * 8);
    expect(options.telemetry.attempts().length).toBeGreaterThan(runs);
    const before = bytesOf(folder);
    store.close();
    for (const bytes of [before, bytesOf(folder)]) {
      expect(bytes.length).toBeGreaterThan(100_000);
      expect([...new Set(bytes.match(/CANARY\w*/g))]).toEqual([]);
    }
    expect(before).toContain("claude-sonnet-5-5");
  });

  it("keeps which kind of check turned an answer down", async () => {
    api = await startRawApi(REPLIES["good"] as (request: RawRequest) => RawReply);
    const telemetry = openAttemptLog(openStore(":memory:"));
    const executor = await createRawExecutor(api, { ...SAME_MODEL, tries: 1 }, { telemetry });
    const kinds = ["pattern", "schema", "syntax", "function", "validator"];
    for (const kind of kinds) {
      const end = await endOf(executor.run({ taskType: "t", prompt: "p", validate: CHECKS[kind] ?? [] }));
      expect(end.attempts?.[0]?.reason).toBeTruthy();
    }
    expect(telemetry.attempts().map(({ check, reason }) => [check, reason])).toEqual([
      ["pattern", undefined],
      ["schema", undefined],
      ["syntax", undefined],
      ["function", undefined],
      ["custom", undefined],
    ]);
  });
});
