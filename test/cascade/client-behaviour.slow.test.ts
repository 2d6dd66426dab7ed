import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CascadeScene, makeScene } from "./world.ts";

let scene: CascadeScene;
beforeEach(() => {
  scene = makeScene();
});
afterEach(() => scene.remove());

describe("what the client reports", () => {
  it.each([
    ["an error with the subtype success", { is_error: true, result: "API Error" }, "failed"],
    ["an error subtype alone", { subtype: "error_max_turns", is_error: false }, "failed"],
    ["an empty answer", { result: "" }, "accepted"],
    ["no numbers at all", { total_cost_usd: undefined, modelUsage: undefined }, "accepted"],
    ["numbers of a wrong type", { total_cost_usd: "free", modelUsage: { x: 5, y: null } }, "accepted"],
    ["negative numbers", { total_cost_usd: -1, modelUsage: { m: { inputTokens: -5 } } }, "accepted"],
    ["lists instead of objects", { modelUsage: [], result: ["done"], errors: "none" }, "accepted"],
    ["an error without a word", { is_error: true, result: 5, errors: [1, { a: 1 }] }, "failed"],
  ])("%s is read, and the attempt is on record", async (_, result, expected) => {
    const { json, exit } = await scene.cascade({ work: "echo x > a.txt", result }, "test -f a.txt");
    expect([json.attempts.map((attempt) => attempt.result), exit]).toEqual([
      [expected],
      expected === "accepted" ? 0 : 1,
    ]);
    const [attempt] = scene.attempts();
    expect(attempt).toMatchObject({ result: expected });
    expect(attempt?.costNano === undefined || attempt.costNano >= 0).toBe(true);
  });

  it("lines that are not what they should be are passed over", async () => {
    const lines = [
      "npm notice",
      "[]",
      "{broken",
      "null",
      { type: "assistant" },
      { type: "assistant", message: null },
      { type: "assistant", message: { id: 5, model: {}, usage: 7 } },
      { type: "assistant", message: { id: "m", model: "claude-haiku-5-5", usage: [1] } },
      { type: ["result"] },
    ];
    const { json } = await scene.cascade({ work: "echo x > a.txt", lines }, "test -f a.txt");
    expect(json).toMatchObject({ passed: true });
  });

  it("a client without a result is a failure with its last words, which are shown and not stored", async () => {
    const { json } = await scene.cascade({ result: null, lines: ["SECRET segmentation fault"] }, "true");
    expect(json.stopped).toMatchObject({
      reason: "failed",
      why: expect.stringContaining("segmentation fault"),
    });
    expect(json.attempts).toMatchObject([{ reason: "the client ended without a result" }]);
    expect(scene.attempts()).toMatchObject([{ result: "failed", failure: "unknown" }]);
  });

  it("a line of 64 MB costs seconds, not minutes", async () => {
    const from = performance.now();
    const { json } = await scene.cascade({ work: "echo x > a.txt", megabytes: 64 }, "test -f a.txt");
    expect(json.passed).toBe(true);
    expect(performance.now() - from).toBeLessThan(15_000);
  });

  it("the model that finished is the one on record, with its tier", async () => {
    const served = "claude-sonnet-5-5";
    const { json } = await scene.cascade({ work: "echo x > a.txt", served }, "test -f a.txt");
    expect(json.attempts).toMatchObject([{ model: "claude-haiku-5-5", servedModel: served }]);
    expect(scene.attempts()).toMatchObject([{ servedModel: served, tier: "sonnet" }]);
  });
});

describe("how the client is started", () => {
  it("without its own fallback, at the step's effort, and not as a part of a session", async () => {
    Object.assign(scene.env, {
      CLAUDECODE: "1",
      CLAUDE_CODE_SESSION_ID: "x",
      CLAUDE_CODE_EFFORT_LEVEL: "low",
    });
    const work =
      'printf "%s|%s|%s" "$ARGS" "$CLAUDECODE$CLAUDE_CODE_SESSION_ID" "$CLAUDE_CODE_EFFORT_LEVEL" > seen.txt';
    const { json } = await scene.cascade({ work }, "true", "--ladder", "sonnet:high", "--apply");
    expect(json.attempts).toMatchObject([{ effort: "high" }]);
    const [words = "", session, level] = scene.read("seen.txt").split("|");
    expect([session, level]).toEqual(["", ""]);
    expect(words).toContain("--effort high");
    const settings = /--settings (\{.*?\}\}) /.exec(words)?.[1] ?? "";
    expect(JSON.parse(settings)).toEqual({
      fallbackModel: [],
      switchModelsOnFlag: false,
      env: { CLAUDE_CODE_EFFORT_LEVEL: "high" },
    });
  });

  it("not for a step whose model the settings do not allow", async () => {
    scene.write(".claude/settings.json", JSON.stringify({ availableModels: ["haiku", "opus"] }));
    const failing = { work: "echo $MODEL >> tried.txt" };
    const { json, err } = await scene.cascade(failing, "false", "--ladder", "haiku,sonnet,opus");
    expect(json.attempts.map(({ model }) => model)).toEqual(["claude-haiku-5-5", "claude-opus-5-5"]);
    expect(err).toContain("sonnet is skipped: availableModels does not allow it");
    const { exit, err: refused } = await scene.cascade(failing, "true", "--ladder", "sonnet");
    expect([exit, refused.includes("no step can run")]).toEqual([2, true]);
  });

  it("at the effort that the settings limit it to, and that is said", async () => {
    scene.write(".claude/settings.json", JSON.stringify({ maxEffortLevel: "low" }));
    const { json, err } = await scene.cascade({}, "true", "--ladder", "sonnet:high");
    expect(json.attempts).toMatchObject([{ effort: "low" }]);
    expect(err).toContain("sonnet runs at effort low, not high");
  });

  it("on a higher tier if the prompt says that the work is large, and that is said", async () => {
    const client = join(scene.root, "fake-client.mjs");
    await scene.cascade({}, "true");
    const prompt = "Design a distributed transaction system";
    const ran = await scene.rolecall("cascade", prompt, "--verify", "true", "--client", client, "--json");
    expect(JSON.parse(ran.out)).toMatchObject({ attempts: [{ model: "claude-opus-5-5" }] });
    expect(ran.err).toContain("starts at opus: reasoning work");
    expect(ran.err).toContain("the prompt asks for architecture");
  });
});

describe("an answer with a red flag", () => {
  const result = { result: "I need more information to reason about this. Please share the config." };

  it("counts as a failed check if the policy says so, and not otherwise", async () => {
    expect((await scene.cascade({ result }, "true")).json.passed).toBe(true);
    scene.write("rolecall.yaml", "escalation:\n  redFlags: true\n");
    const { json } = await scene.cascade({ result }, "true");
    expect(json).toMatchObject({
      passed: false,
      attempts: [{ result: "rejected", reason: expect.stringContaining("asks for more information") }],
    });
    expect((await scene.cascade({ result }, "true", "--no-red-flags")).json.passed).toBe(true);
    expect((await scene.cascade({}, "true")).json.passed).toBe(true);
  });
});

/** Processes whose command line contains this. */
function running(mark: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(mark);
    } catch {
      return false;
    }
  });
}

describe("what is left behind", () => {
  it("a server that the attempt or the check starts is ended, and does not hold the cascade up", async () => {
    const work = "setsid sleep 7791 & nohup sleep 7792 >/dev/null 2>&1 & echo x > a.txt";
    const from = performance.now();
    const { json } = await scene.cascade({ work }, "setsid sleep 7793 & sleep 0.2; test -f a.txt", "--apply");
    expect(json.applied).toBe(true);
    expect(performance.now() - from).toBeLessThan(10_000);
    for (const mark of ["7791", "7792", "7793"])
      expect([mark, running(`sleep\0${mark}`)]).toEqual([mark, []]);
    expect(scene.leftovers()).toEqual([]);
  });

  it("a check that hangs with a detached child ends at its time limit", async () => {
    const from = performance.now();
    const { json } = await scene.cascade({}, "setsid sleep 7794 & sleep 7795", "--verify-timeout", "1s");
    expect(json.attempts).toMatchObject([{ reason: "the check did not end within 1 s" }]);
    expect(performance.now() - from).toBeLessThan(15_000);
    expect([running("sleep\u00007794"), running("sleep\u00007795")]).toEqual([[], []]);
  });
});

/** Whether this user may mount a small file system of its own. */
const canMount =
  spawnSync("unshare", ["-rm", "sh", "-c", "mount -t tmpfs none /mnt"], { stdio: "ignore" }).status === 0;

it.runIf(canMount)("a full cache folder is a clear error", () => {
  const cache = join(scene.root, "cache");
  mkdirSync(cache);
  scene.write("large.txt", "x".repeat(3_000_000));
  const client = join(scene.root, "claude");
  writeFileSync(client, "#!/bin/sh\n", { mode: 0o755 });
  const bin = join(import.meta.dirname, "../../src/cli/bin.ts");
  const script = `mount -t tmpfs -o size=1m none "${cache}" && exec "${process.execPath}" "${bin}" cascade x --verify true --client "${client}"`;
  const ran = spawnSync("unshare", ["-rm", "sh", "-c", script], {
    cwd: scene.project,
    env: { ...scene.env, XDG_CACHE_HOME: cache },
    encoding: "utf8",
  });
  expect({ status: ran.status, stderr: ran.stderr }).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/the disk is full[\s\S]*XDG_CACHE_HOME/),
  });
});

describe("what the store keeps of a cascade", () => {
  it("codes and numbers: no word of the check, of the client, of the prompt or of the code", async () => {
    const { ROLECALL_DB = "" } = scene.env as { ROLECALL_DB?: string };
    const result = {
      is_error: true,
      result: "CANARY1 message",
      api_error_status: 529,
      api_error_type: "overloaded_error",
    };
    const ran = [
      await scene.cascade({ work: "echo CANARY2 > a.txt" }, "echo CANARY3; echo CANARY4 >&2; exit 1"),
      await scene.cascade({ result, lines: ["CANARY5"] }, "true"),
      await scene.cascade({ result: { is_error: true, stop_reason: "refusal", result: "CANARY6" } }, "true"),
      await scene.cascade({ result: null, lines: ["CANARY7"] }, "true"),
      await scene.cascade({}, "/nowhere/CANARY8"),
    ];
    expect(ran.flatMap(({ json }) => json.attempts).map(({ reason }) => reason)).toEqual([
      "the check exited with code 1",
      "the request failed: overloaded (HTTP 529)",
      "the model declined",
      "the client ended without a result",
      "the check cannot be run (exit code 127)",
    ]);
    expect(scene.attempts()).toHaveLength(5);
    const files = readdirSync(join(ROLECALL_DB, "..")).filter((name) => name.startsWith("rolecall.db"));
    for (const name of files) {
      const bytes = readFileSync(join(ROLECALL_DB, "..", name), "latin1");
      expect([name, /CANARY\d|do it/.exec(bytes)?.[0]]).toEqual([name, undefined]);
    }
    expect(existsSync(ROLECALL_DB)).toBe(true);
  });
});

it("the kept patch applies for every name that git allows", async () => {
  for (const name of ["a\\tb", "a\\nb", 'q\\"', "ü", "my file"]) {
    const { json } = await scene.cascade({ work: `printf 'a\\n' > "$(printf '${name}_')"` }, "true");
    execFileSync("git", ["apply", json.patchFile ?? ""], { cwd: scene.project });
    expect(scene.has(json.files[0] ?? "nothing")).toBe(true);
  }
});
