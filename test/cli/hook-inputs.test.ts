import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../bench/random.ts";
import { runCli } from "../helpers/run-cli.ts";

const SAMPLES = join(import.meta.dirname, "../../fixtures/client-samples/hooks");
const folder = mkdtempSync(join(tmpdir(), "rolecall-hook-inputs-"));
const project = join(folder, "project");
const env = {
  HOME: folder,
  XDG_STATE_HOME: join(folder, "state"),
  CLAUDE_CONFIG_DIR: join(folder, ".claude"),
};

const samples = readdirSync(SAMPLES).map((name) => readFileSync(join(SAMPLES, name), "utf8"));
/** Those that hooks have something to say to. */
const telling = samples.filter((text) =>
  /"hook_event_name": "(?:PreModelSwitch|PostToolUseFailure|PreToolUse",\s*"tool_name": "Agent)"/.test(text),
);
const EVENTS = [
  ...new Set(samples.map((text) => (JSON.parse(text) as { hook_event_name: string }).hook_event_name)),
];

const numbers = createRandom(20);
const random = () => numbers.next();
const pick = <T>(list: readonly T[]): T => numbers.pick(list);

const ODD = [
  null,
  0,
  -1,
  1e308,
  "",
  "../../etc/passwd",
  "\u001b[2J",
  [],
  {},
  true,
  "haiku",
  "x".repeat(10_000),
];

/** Changes one value somewhere in a JSON value, removes it, or gives it a name that objects have anyway. */
function mutate(value: unknown): unknown {
  if (typeof value !== "object" || value === null || random() < 0.08) return pick<unknown>(ODD);
  const entries = Object.entries(value);
  if (entries.length === 0) return pick<unknown>(ODD);
  const [key] = pick(entries);
  if (random() < 0.2) return Object.fromEntries(entries.filter(([name]) => name !== key));
  const changed = entries.map(([name, inner]) => [name, name === key ? mutate(inner) : inner] as const);
  return Array.isArray(value)
    ? changed.map(([, inner]) => inner)
    : {
        ...Object.fromEntries(changed),
        ...(random() < 0.1 && { constructor: "x", subagent_type: "toString" }),
      };
}

/** A captured input as it is, with some of its values changed, or cut off. */
function nextInput(): string {
  const text = pick(random() < 0.6 ? telling : samples)
    .replaceAll("/home/dev/shop-api", project)
    .replaceAll("m-haiku", pick(["Explore", "Plan", "none"]));
  const kind = random();
  if (kind < 0.3) return text;
  if (kind < 0.4) return text.slice(0, Math.floor(random() * text.length));
  let value = JSON.parse(text) as unknown;
  for (let times = 0; times < 1 + 3 * random(); times++) value = mutate(value);
  return JSON.stringify(value);
}

beforeAll(async () => {
  mkdirSync(project);
  writeFileSync(
    join(project, "rolecall.yaml"),
    "version: 1\nverify: npm test\nhooks: { modelSwitch: ask }\n",
  );
  await runCli(["init", "--hooks", "--yes"], { env, cwd: project });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Answer {
  continue?: unknown;
  hookSpecificOutput?: { permissionDecision?: string; updatedInput?: Record<string, unknown> };
}

/** Returns what is wrong with an answer: it may change an input only by a model and an effort that a call can name. */
function problemWith(out: string, stdin: string): string | undefined {
  if (out === "") return undefined;
  const { continue: goes, hookSpecificOutput: { permissionDecision, updatedInput } = {} } = JSON.parse(
    out,
  ) as Answer;
  if (goes !== undefined || permissionDecision === "deny") return "it stops something";
  if (!updatedInput) return undefined;
  const { model, effort } = updatedInput;
  const { tool_input: before } = JSON.parse(stdin) as { tool_input: object };
  const expected = {
    ...before,
    ...(model !== undefined && { model }),
    ...(effort !== undefined && { effort }),
  };
  if (!isDeepStrictEqual(updatedInput, expected)) return "the input did not come back whole";
  return ["haiku", "sonnet", "opus", undefined].includes(model as string | undefined)
    ? undefined
    : `model ${String(model)}`;
}

describe("a hook with any input", () => {
  it("answers valid JSON or nothing, and ends with 0: 200 inputs made from captured ones", async () => {
    const wrong: unknown[] = [];
    let answered = 0;
    for (let index = 0; index < 200; index++) {
      const stdin = nextInput();
      const named = /"hook_event_name": ?"(\w+)"/.exec(stdin)?.[1];
      const event = random() < 0.2 || named === undefined ? pick(EVENTS) : named;
      const { out, exit } = await runCli(["hook", event], { env, cwd: project, stdin });
      const problem = exit === 0 ? problemWith(out, stdin) : `exit ${exit}`;
      if (problem !== undefined) wrong.push({ index, event, stdin, out, problem });
      if (out !== "") answered++;
    }
    expect(wrong).toEqual([]);
    expect(answered).toBeGreaterThan(20);
  });

  it.each([
    ["hook"],
    ["hook", "PreToolUse", "--nonsense"],
    ["hook", "--above"],
    ["hook", "Nonsense", "--above", "x"],
  ])("a wrong command line ends with 0: %s %s %s", async (...argv) => {
    const words = argv.filter((word) => typeof word === "string");
    expect((await runCli(words, { env, cwd: project, stdin: pick(samples) })).exit).toBe(0);
  });

  it("the kill switch silences it before it reads anything", async () => {
    for (const stdin of samples.slice(0, 20))
      expect(
        await runCli(["hook", "PreToolUse"], {
          env: { ...env, ROLECALL_HOOKS: "off" },
          cwd: project,
          stdin,
        }),
      ).toEqual({ out: "", err: "", exit: 0 });
  });
});
