import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { start } from "../../src/cli/start.ts";
import type { Attempt } from "../../src/domain/attempt.ts";
import { openAttemptLog } from "../../src/store/attempts.ts";
import { openStore } from "../../src/store/open.ts";
import { envWithClient, makeSandbox, type Sandbox, transcriptsOf } from "../helpers/real-client.ts";
import { startRolecall } from "../helpers/rolecall.ts";
import { type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";
import type { Rule } from "../helpers/scripted-rules.ts";

/** Passes once sum.txt says 4. */
const VERIFY = `sh -c 'read n < sum.txt; echo "sum is $n"; test "$n" = 4'`;

/** A model that writes `text` into sum.txt and says that it is done. */
const writes = (model: string, text: string, times = Infinity): readonly Rule[] => [
  { name: `${model} is done`, when: { model, kind: "main", toolResult: true }, reply: {} },
  {
    name: `${model} writes`,
    when: { model, kind: "main" },
    times,
    reply: {
      blocks: [{ tool: "Write", input: { file_path: "sum.txt", content: `${text}\n` } }],
      usage: { input_tokens: 1000, output_tokens: 100 },
    },
  },
];

const refuses = (model: string, status: number, type: string): Rule => ({
  name: type,
  when: { model },
  reply: { status, error: { type, message: "no" } },
});

const HAIKU_FAILS_SONNET_PASSES = [...writes("haiku", "5"), ...writes("sonnet", "4")];

let sandbox: Sandbox;
let api: ScriptedApi;
let env: Record<string, string>;

beforeEach(async () => {
  api = await startScriptedApi({ keepBodies: true });
  sandbox = makeSandbox({ "sum.txt": "3\n", ".gitignore": "ignored/\n", "sub/deep.txt": "deep\n" });
  sandbox.write("sum.txt", "2 and a half\n");
  sandbox.write("notes.txt", "mine\n");
  sandbox.write("ignored/tool.txt", "needed by the check\n");
  env = await envWithClient(sandbox, api);
});
afterEach(async () => {
  await api.stop();
  sandbox.remove();
});

const cascade = (...args: string[]) =>
  startRolecall(["cascade", "Make the sum right", "--verify", VERIFY, ...args], {
    cwd: sandbox.project,
    env,
  });

const git = (...args: string[]) => execFileSync("git", args, { cwd: sandbox.project, encoding: "utf8" });

/** Runs a cascade in this process, with somebody to ask. */
async function answered(answer: () => string) {
  let errors = "";
  const exitCode = await start(["cascade", "Make the sum right", "--verify", VERIFY, "--quiet"], {
    env,
    cwd: sandbox.project,
    now: Date.now,
    columns: 80,
    color: false,
    interactive: false,
    out: () => undefined,
    err: (text) => (errors += text),
    readStdin: async () => "",
    ask: async () => answer(),
  });
  return { exitCode, errors, sum: readFileSync(join(sandbox.project, "sum.txt"), "utf8") };
}

/** Everything that must not change: the files, git's view of them, its refs, stashes and worktrees. */
function stateOfProject(): string {
  return [
    git("status", "--porcelain=v2", "--branch"),
    git("for-each-ref"),
    git("stash", "list"),
    git("worktree", "list"),
    git("count-objects"),
    ...["sum.txt", "notes.txt", "ignored/tool.txt"].map((path) =>
      readFileSync(join(sandbox.project, path), "utf8"),
    ),
  ].join("\n");
}

function attemptsKept(): Attempt[] {
  const store = openStore(join(sandbox.home, ".local/share/rolecall/rolecall.db"));
  try {
    return openAttemptLog(store).list(0);
  } finally {
    store.close();
  }
}

/** Folders of runs that are still there. */
const leftovers = (): string[] => {
  const place = join(sandbox.home, ".cache/rolecall/cascades");
  return existsSync(place) ? readdirSync(place) : [];
};

const sent = () => api.requests.filter(({ kind }) => kind === "main");

describe("rolecall cascade with the real client", () => {
  it("haiku fails the check twice, sonnet passes, and nothing is touched before it is applied", async () => {
    api.setRules(HAIKU_FAILS_SONNET_PASSES);
    const before = stateOfProject();
    const { exitCode, stdout, stderr } = await cascade().ended;

    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stateOfProject()).toBe(before);
    expect(leftovers()).toEqual([]);
    expect(stdout).toContain("-2 and a half\n+4\n");
    const tries = sent().filter(({ results }) => results.length === 0);
    expect(tries.map(({ model }) => model)).toEqual([
      "claude-haiku-5-5",
      "claude-haiku-5-5",
      "claude-sonnet-5-5",
    ]);
    expect(tries.map(({ prompt }) => prompt.includes("sum is 5"))).toEqual([false, true, true]);
    expect(attemptsKept().map(({ model, cause, result }) => `${model} ${cause} ${result}`)).toEqual([
      "claude-haiku-5-5 first rejected",
      "claude-haiku-5-5 retry rejected",
      "claude-sonnet-5-5 escalation accepted",
    ]);
  });

  it("the kept patch applies; --apply writes at once and leaves other changes alone", async () => {
    api.setRules(HAIKU_FAILS_SONNET_PASSES);
    const { stderr } = await cascade().ended;
    const patch = /git apply (\S+)/.exec(stderr)?.[1] ?? "";
    execFileSync("git", ["apply", patch], { cwd: sandbox.project });
    expect(readFileSync(join(sandbox.project, "sum.txt"), "utf8")).toBe("4\n");

    sandbox.write("sum.txt", "2 and a half\n");
    expect((await cascade("--apply", "--tries", "1").ended).exitCode).toBe(0);
    expect(readFileSync(join(sandbox.project, "sum.txt"), "utf8")).toBe("4\n");
    expect(readFileSync(join(sandbox.project, "notes.txt"), "utf8")).toBe("mine\n");
  });

  it("on yes the changes are written, on no they are kept, and what the user changed meanwhile is never overwritten", async () => {
    api.setRules(writes("haiku", "4"));
    expect(await answered(() => "n")).toMatchObject({ exitCode: 0, sum: "2 and a half\n" });
    const meanwhile = await answered(() => {
      sandbox.write("sum.txt", "the user's\n");
      return "y";
    });
    expect(meanwhile).toMatchObject({
      exitCode: 1,
      sum: "the user's\n",
      errors: expect.stringContaining("Changed since the start"),
    });
    expect(await answered(() => "y")).toMatchObject({ exitCode: 0, sum: "4\n" });
  });

  it("what the runs cost is counted once: the attempts agree with the API and with the transcripts", async () => {
    api.setRules(HAIKU_FAILS_SONNET_PASSES);
    const { stdout } = await cascade("--json").ended;
    const answer = JSON.parse(stdout) as {
      costUsd: number;
      attempts: { session: string; costUsd: number }[];
    };
    const sessions = transcriptsOf(sandbox).map((file) => /([^/]+)\.jsonl$/.exec(file)?.[1]);
    expect(new Set(sessions)).toEqual(new Set(answer.attempts.map(({ session }) => session)));
    expect(sessions).toHaveLength(3);

    const spend = await startRolecall(["spend", "--json", "--by", "session"], { cwd: sandbox.project, env })
      .ended;
    const { rows, total } = JSON.parse(spend.stdout) as {
      rows: { key: { session: string }; costUsd: number }[];
      total: { requests: number; costUsd: number };
    };
    expect(total.requests).toBe(sent().length);
    expect(total.costUsd).toBeCloseTo(answer.costUsd, 9);
    const projects = await startRolecall(["spend", "--json", "--by", "project"], {
      cwd: sandbox.project,
      env,
    }).ended;
    expect(JSON.parse(projects.stdout)).toMatchObject({ rows: [{ key: { project: sandbox.project } }] });
    const fallbacks = await startRolecall(["fallbacks", "--json"], { cwd: sandbox.project, env }).ended;
    const { tiers } = JSON.parse(fallbacks.stdout) as { tiers: { tier: string; outcomes: object }[] };
    expect(Object.fromEntries(tiers.map(({ tier, outcomes }) => [tier, outcomes]))).toMatchObject({
      haiku: { reworked: 1, escalated: 1 },
      sonnet: { accepted: 1 },
    });
    for (const { session, costUsd } of answer.attempts)
      expect(rows.find(({ key }) => key.session === session)?.costUsd).toBeCloseTo(costUsd, 9);
  });

  it("killed in the middle, the next start leaves no folder, process or branch behind and counts the attempt", async () => {
    const before = stateOfProject();
    api.setRules([
      {
        name: "hangs",
        times: 1,
        when: { kind: "main", toolResult: false },
        reply: { blocks: [{ tool: "Bash", input: { command: "node -e 'setInterval(() => {}, 1000)'" } }] },
      },
      ...HAIKU_FAILS_SONNET_PASSES,
    ]);
    const killed = cascade();
    await expect.poll(hangingTools, { timeout: 20_000 }).not.toEqual([]);
    killed.kill("SIGKILL");
    await killed.ended;
    expect(leftovers()).toHaveLength(1);

    await startRolecall(["spend"], { cwd: sandbox.project, env }).ended;
    expect(leftovers()).toEqual([]);
    expect(hangingTools()).toEqual([]);
    expect((await cascade("--tries", "1").ended).exitCode).toBe(0);
    expect(stateOfProject()).toBe(before);
    expect(attemptsKept().map(({ result }) => result)).toEqual(["aborted", "rejected", "accepted"]);
  });

  it("Ctrl-C is final: no further attempt, everything cleaned up, what was spent is on record", async () => {
    const before = stateOfProject();
    api.setRules([
      {
        name: "hangs",
        when: { kind: "main", toolResult: false },
        reply: { blocks: [{ tool: "Bash", input: { command: "node -e 'setInterval(() => {}, 1000)'" } }] },
      },
    ]);
    const stopped = cascade();
    await expect.poll(hangingTools, { timeout: 20_000 }).not.toEqual([]);
    stopped.kill("SIGINT");
    const { exitCode } = await stopped.ended;
    expect(exitCode).toBe(1);
    expect({ folders: leftovers(), tools: hangingTools() }).toEqual({ folders: [], tools: [] });
    expect(stateOfProject()).toBe(before);
    expect(attemptsKept()).toMatchObject([{ result: "aborted", costNano: expect.any(Number) }]);
    expect(sent()).toHaveLength(1);
  });

  it("--max-usd is hard: the client stops within it and no further step is tried", async () => {
    api.setRules([
      {
        name: "expensive",
        when: { kind: "main" },
        reply: { blocks: [{ tool: "Bash", input: { command: "ls" } }], usage: { output_tokens: 100_000 } },
      },
    ]);
    const { exitCode, stdout } = await cascade("--max-usd", "0.01", "--json").ended;
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ passed: false, stopped: { reason: "budget" } });
    expect(sent()).toHaveLength(1);
  });

  it("a model that is not there is passed over; a wrong key ends the cascade", async () => {
    api.setRules([refuses("haiku", 404, "not_found_error"), ...HAIKU_FAILS_SONNET_PASSES]);
    expect((await cascade().ended).exitCode).toBe(0);
    api.setRules([refuses("haiku", 400, "invalid_request_error"), ...HAIKU_FAILS_SONNET_PASSES]);
    expect((await cascade().ended).exitCode).toBe(1);
    expect(attemptsKept().map(({ cause, result, failure }) => [cause, result, failure])).toEqual([
      ["first", "failed", "model-not-found"],
      ["fallback", "accepted", undefined],
      ["first", "failed", "bad-request"],
    ]);
  });

  it("works without git, in a copy of the folder", async () => {
    rmSync(join(sandbox.project, ".git"), { recursive: true });
    api.setRules(HAIKU_FAILS_SONNET_PASSES);
    const { exitCode, stdout } = await cascade("--tries", "1").ended;
    expect({ exitCode, sum: readFileSync(join(sandbox.project, "sum.txt"), "utf8") }).toEqual({
      exitCode: 0,
      sum: "2 and a half\n",
    });
    expect(stdout).toContain("-2 and a half\n+4\n");
    expect((await cascade("--tries", "1", "--apply").ended).exitCode).toBe(0);
    expect(readFileSync(join(sandbox.project, "sum.txt"), "utf8")).toBe("4\n");
    expect(leftovers()).toEqual([]);
  });

  it("with --keep-broken the next attempt finds what the failed one left, and only then", async () => {
    const looks: Rule = {
      name: "looks",
      when: { kind: "main", model: "sonnet", toolResult: false },
      reply: { blocks: [{ tool: "Bash", input: { command: "cat sum.txt" } }] },
    };
    for (const [flags, found] of [
      [[], "2 and a half"],
      [["--keep-broken"], "5"],
    ] as const) {
      api.requests.length = 0;
      api.setRules([...writes("haiku", "5"), looks]);
      await cascade("--ladder", "haiku,sonnet", "--tries", "1", ...flags).ended;
      expect(sent().findLast(({ model }) => model.includes("sonnet"))?.results[0]?.text).toBe(found);
    }
  });

  it("works in the folder that the user stands in, after the set-up, with a prompt from stdin", async () => {
    api.setRules([{ name: "says where", when: { kind: "main" }, reply: {} }]);
    const { exitCode, stderr } = await startRolecall(
      [
        "cascade",
        "-",
        "--verify",
        "test -f made-by-setup && test -f deep.txt",
        "--setup",
        "touch made-by-setup",
      ],
      { cwd: join(sandbox.project, "sub"), env, input: "Do it" },
    ).ended;
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(sent()[0]?.prompt).toMatch(/^Do it\n/);
    expect(existsSync(join(sandbox.project, "sub/made-by-setup"))).toBe(false);
  });

  it("a check that cannot be run ends the cascade, and a client that is not there says so", async () => {
    const end = await startRolecall(["cascade", "Do it", "--verify", "no-such-check"], {
      cwd: sandbox.project,
      env,
    }).ended;
    expect(end).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("the check cannot be run") });
    expect(sent()).toHaveLength(1);
    const missing = await cascade("--client", "no-such-client").ended;
    expect(missing).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--client: no program "no-such-client"'),
    });
    expect(leftovers()).toEqual([]);
  });

  it("the client's own fallback is off: an overloaded model hands over to the next step, which is on record", async () => {
    sandbox.write(".claude/settings.json", JSON.stringify({ fallbackModel: ["sonnet", "opus"] }));
    const look = { tool: "Bash", input: { command: "echo 4 > sum.txt", description: "look" } };
    const first: Rule = {
      name: "begins",
      when: { model: "haiku", kind: "main", toolResult: false },
      times: 1,
      reply: { blocks: [look] },
    };
    api.setRules([first, refuses("haiku", 529, "overloaded_error"), ...writes("opus", "4")]);
    expect((await cascade("--ladder", "haiku,opus").ended).exitCode).toBe(0);
    expect(
      attemptsKept().map(({ servedModel, cause, result, failure }) => [servedModel, cause, result, failure]),
    ).toEqual([
      ["claude-haiku-5-5", "first", "failed", "overloaded"],
      ["claude-opus-5-5", "fallback", "accepted", undefined],
    ]);
    expect(new Set(sent().map(({ model }) => model))).toEqual(
      new Set(["claude-haiku-5-5", "claude-opus-5-5"]),
    );
  });

  it("neither a variable nor the settings bend the effort of a step", async () => {
    api.setRules(writes("sonnet", "4"));
    const low = { CLAUDE_CODE_EFFORT_LEVEL: "low" };
    sandbox.write(".claude/settings.json", JSON.stringify({ env: low }));
    Object.assign(env, low);
    for (const [step, effort] of [
      ["sonnet:high", "high"],
      ["sonnet", "medium"],
    ] as const) {
      api.requests.length = 0;
      expect((await cascade("--ladder", step).ended).exitCode).toBe(0);
      expect(sent()[0]?.effort).toBe(effort);
    }
  });

  it("a step whose model is not among availableModels is skipped: the client would run another one", async () => {
    sandbox.write(".claude/settings.json", JSON.stringify({ availableModels: ["haiku"] }));
    api.setRules([...writes("haiku", "5"), ...writes("opus", "4")]);
    const { exitCode, stderr } = await cascade("--ladder", "haiku,sonnet", "--tries", "1").ended;
    expect([exitCode, stderr.includes("sonnet is skipped")]).toEqual([1, true]);
    expect(new Set(sent().map(({ model }) => model))).toEqual(new Set(["claude-haiku-5-5"]));
  });

  it("an attempt that runs out of time hands over to the next step, at its cost", async () => {
    api.setRules([
      { name: "slow", when: { kind: "main", model: "haiku" }, reply: { delayMs: 60_000 } },
      ...writes("sonnet", "4"),
    ]);
    expect((await cascade("--timeout", "8s").ended).exitCode).toBe(0);
    expect(attemptsKept().map(({ result, cause }) => [cause, result])).toEqual([
      ["first", "rejected"],
      ["escalation", "accepted"],
    ]);
  });
});

/** Processes of the hanging tool that belong to this sandbox. */
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
