import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Attempt } from "../../src/domain/attempt.ts";
import { openAttemptLog } from "../../src/store/attempts.ts";
import { openStore } from "../../src/store/open.ts";
import { agentFile } from "../helpers/tree.ts";
import { envWithClient, makeSandbox, runClient, type Sandbox } from "../helpers/real-client.ts";
import { startRolecall } from "../helpers/rolecall.ts";
import { type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";
import type { Rule, ScriptedUsage } from "../helpers/scripted-rules.ts";

const PAST = 14;
const TASKS = 10;
const VERIFY = `sh -c 'read n < sum.txt; test "$n" = 4'`;
/** Ends at once once its client is gone. */
const HANGS = "node -e 'setInterval(() => {}, 1000)'";

let sandbox: Sandbox;
let api: ScriptedApi;
let env: Record<string, string>;

/** A thread that writes `text` into sum.txt and says that it is done. */
const writes = (when: Rule["when"], text: string, usage: ScriptedUsage): readonly Rule[] => [
  { name: "is done", when: { ...when, toolResult: true }, reply: { usage } },
  {
    name: `writes ${text}`,
    when: { ...when, toolResult: false },
    reply: { blocks: [{ tool: "Write", input: { file_path: "sum.txt", content: `${text}\n` } }], usage },
  },
];

/** A session that gives its prompt to the agent summer, which does the work on Opus. */
const delegates = (prompt: string): readonly Rule[] => [
  ...writes({ kind: "sub" }, "4", { input_tokens: 20_000, output_tokens: 4000 }),
  { name: "reports", when: { kind: "main", toolResult: true }, reply: {} },
  {
    name: "delegates",
    when: { kind: "main" },
    reply: {
      blocks: [
        {
          tool: "Agent",
          input: { subagent_type: "summer", prompt, description: "Mend the sum", run_in_background: false },
        },
      ],
    },
  },
];

const promptOf = (number: number) => `Make the sum right, number ${number}.`;
const isNumber = (number: number) => new RegExp(`number ${number}\\.`);

beforeAll(async () => {
  api = await startScriptedApi({ keepBodies: true });
  sandbox = makeSandbox({
    "sum.txt": "3\n",
    ".claude/agents/summer.md": agentFile("summer", { model: "opus" }),
  });
  env = await envWithClient(sandbox, api);
  for (let number = 1; number <= PAST; number++) {
    api.setRules(delegates(promptOf(number)));
    await runClient(sandbox, api, { prompt: `Mend sum.txt (${number})` });
  }
}, 600_000);
afterAll(async () => {
  await api.stop();
  sandbox.remove();
});

const rolecall = (...args: string[]) => startRolecall(args, { cwd: sandbox.project, env });
const replay = (...more: string[]) =>
  rolecall("replay", "summer", "--model", "haiku", "--verify", VERIFY, "--yes", "--json", ...more);

async function json(process: ReturnType<typeof rolecall>): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await process.ended;
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Times that each task was begun on Haiku, by its number. */
function begun(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { model, kind, prompt, results } of api.requests) {
    const number = /number (\d+)\./.exec(prompt)?.[1];
    if (kind === "main" && model.includes("haiku") && number && results.length === 0)
      counts[number] = (counts[number] ?? 0) + 1;
  }
  return counts;
}

function attempts(): Attempt[] {
  const store = openStore(join(sandbox.home, ".local/share/rolecall/rolecall.db"));
  try {
    return openAttemptLog(store).list(0);
  } finally {
    store.close();
  }
}

const leftovers = () => {
  const place = join(sandbox.home, ".cache/rolecall/cascades");
  return existsSync(place) ? readdirSync(place) : [];
};
const git = (...args: string[]) => execFileSync("git", args, { cwd: sandbox.project, encoding: "utf8" });
const state = () => [
  git("status", "--porcelain"),
  git("for-each-ref"),
  git("worktree", "list"),
  git("count-objects"),
];

const USUAL: ScriptedUsage = { input_tokens: 1000, output_tokens: 200 };

describe("rolecall replay with the real client", () => {
  it("says what ten tasks will cost, and keeps its limit", async () => {
    const before = state();
    api.setRules(writes({ kind: "main" }, "4", { output_tokens: 40_000 }));
    const { stderr, stdout, exitCode } = await replay("--max-usd", "0.12").ended;
    expect(stderr).toContain(`${TASKS} tasks of summer to run again on haiku`);
    expect(stderr).toMatch(/Estimate: \$\d+\.\d+, at most \$0\.12/);
    const answer = JSON.parse(stdout) as { spentUsd: number; stopped: string; checked: number };
    expect([exitCode, answer.stopped]).toEqual([1, "budget"]);
    const asked = Object.keys(begun()).length;
    expect(asked).toBeLessThan(TASKS);
    // The client stops after the answer that passes the limit.
    expect(answer.spentUsd).toBeLessThan(0.12 + 0.06);
    expect(answer.spentUsd).toBeCloseTo(
      attempts().reduce((sum, { costNano = 0 }) => sum + costNano, 0) / 1e9,
      6,
    );
    expect(state()).toEqual(before);
  });

  it("goes on after a kill in the middle of a task, and pays for no finished task twice", async () => {
    const before = state();
    const done = new Set(
      attempts()
        .filter(({ result }) => result === "accepted")
        .map(({ run }) => run),
    ).size;
    const first = begun();
    let [hanging] = [""];
    api.setRules([
      {
        name: "hangs",
        times: 1,
        when: {
          kind: "main",
          toolResult: false,
          // The third task that was not run before.
          test: ({ prompt }) => {
            const number = /number (\d+)\./.exec(prompt)?.[1] ?? "";
            const fresh = Object.keys(begun()).filter((one) => !(one in first));
            if (number === "" || fresh.length < 3) return false;
            hanging = number;
            return true;
          },
        },
        reply: { blocks: [{ tool: "Bash", input: { command: HANGS } }] },
      },
      ...writes({ kind: "main", prompt: isNumber(PAST - TASKS + 1) }, "5", USUAL),
      ...writes({ kind: "main" }, "4", USUAL),
    ]);
    const killed = replay();
    await expect.poll(() => hanging, { timeout: 60_000 }).not.toBe("");
    await expect.poll(hangingTools, { timeout: 20_000 }).not.toEqual([]);
    killed.kill("SIGKILL");
    await killed.ended;
    const finished = begun();

    const answer = await json(replay());
    expect(answer).toMatchObject({ checked: TASKS, passed: TASKS - 1, stopped: null });
    expect(hangingTools()).toEqual([]);
    expect(leftovers()).toEqual([]);
    const all = begun();
    expect(Object.keys(all)).toHaveLength(TASKS);
    const paid = Object.keys(finished).filter((one) => one !== hanging && !isOverLimit(one, first, done));
    expect(paid.map((number) => all[number])).toEqual(paid.map((number) => finished[number]));
    expect(all[hanging]).toBe(2);
    expect(state()).toEqual(before);

    const again = await json(replay());
    expect(again).toMatchObject({ checked: TASKS, passed: TASKS - 1, spentUsd: 0 });
    expect(begun()).toEqual(all);
  }, 240_000);

  it("counts as evidence in recommend, and not as the user's own work", async () => {
    const advice = await json(rolecall("recommend", "--json"));
    const { recommendations } = advice as {
      recommendations: { id: string; subject: { agent: string }; basis: string[] }[];
    };
    const move = recommendations.find(({ subject }) => subject.agent === "summer");
    expect(move?.basis).toContain(`measured on ${TASKS} of your own tasks: ${TASKS - 1} passed the check`);
    const { stdout } = await rolecall("recommend", "--why", move?.id ?? "").ended;
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      `measured on ${TASKS} of your own tasks: ${TASKS - 1} passed the check`,
    );
    expect(readFileSync(join(sandbox.project, "sum.txt"), "utf8")).toBe("4\n");
  });
});

/** Tasks that the first limit ended in the middle: they are run again, because they were not checked. */
function isOverLimit(number: string, first: Record<string, number>, done: number): boolean {
  return Object.keys(first).indexOf(number) >= done;
}

/** Tools of killed clients that still run. */
function hangingTools(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const [command, environment] = ["cmdline", "environ"].map((name) =>
          readFileSync(`/proc/${pid}/${name}`, "utf8"),
        );
        return command?.includes("setInterval") && environment?.includes(`HOME=${sandbox.home}\0`);
      } catch {
        return false;
      }
    });
}
