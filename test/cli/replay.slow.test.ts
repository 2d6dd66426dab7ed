import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeFakeClient } from "../helpers/fake-client.ts";
import { commitAt, writePastRuns } from "../helpers/past-runs.ts";
import { NOW, runCli } from "../helpers/run-cli.ts";

const VERIFY = "grep -q 4 sum.txt";

let home: string;
let place: { cwd: string; env: NodeJS.ProcessEnv };

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "rolecall-replay-"));
  const cwd = join(home, "sums");
  mkdirSync(cwd);
  writeFileSync(join(cwd, "sum.txt"), "3\n");
  commitAt(cwd, "2026-11-01T00:00:00Z");
  writeFileSync(join(cwd, "sum.txt"), "not committed\n");
  const env = {
    HOME: home,
    XDG_CACHE_HOME: join(home, ".cache"),
    CLAUDE_CONFIG_DIR: join(home, "claude"),
    ROLECALL_DB: join(home, "rolecall.db"),
  };
  place = { cwd, env };
});
afterEach(() => rmSync(home, { recursive: true }));

/** What git says of a repository, its objects counted. */
const stateOf = (cwd: string) =>
  [
    ["status", "--porcelain", "--branch"],
    ["count-objects", "-v"],
  ]
    .map((args) => execFileSync("git", args, { cwd, encoding: "utf8" }))
    .join("");

const past = (count = 10, more: { edits?: boolean } = {}) =>
  writePastRuns(join(home, "claude"), place.cwd, { agent: "summer", count, until: NOW, ...more });

/** Counts its calls, checks that it starts from the commit, and succeeds except at the third. */
const WORK =
  'echo x >> $HOME/calls; grep -q 3 sum.txt && test "$(wc -l < $HOME/calls)" != 3 && echo 4 > sum.txt';
const calls = () => readFileSync(join(home, "calls"), "utf8").trim().split("\n").length;

async function replay(client: string, ...more: string[]) {
  const args = ["replay", "summer", "--model", "haiku", "--verify", VERIFY, "--client", client, "--json"];
  const { out, err, exit } = await runCli([...args, ...more], place);
  return { err, exit, answer: (out === "" ? {} : JSON.parse(out)) as Record<string, unknown> };
}

describe("a replay", () => {
  it("runs past tasks on another model, says what it costs first, and is evidence for advice", async () => {
    past(4);
    const client = writeFakeClient(home, { work: WORK });
    const { err, exit, answer } = await replay(client, "--yes");
    expect(err).toContain("4 tasks of summer to run again on haiku");
    expect(err).toMatch(/Estimate: \$0\.\d+, at most \$2\.00/);
    expect([exit, answer["passed"], answer["checked"]]).toEqual([0, 3, 4]);
    expect(readFileSync(join(place.cwd, "sum.txt"), "utf8")).toBe("not committed\n");
    expect(readdirSync(join(home, ".cache/rolecall/cascades"))).toEqual([]);
    const again = await replay(client, "--yes");
    expect([again.answer["passed"], again.answer["spentUsd"], calls()]).toEqual([3, 0, 4]);
  }, 120_000);

  it("goes on where it was stopped by its limit", async () => {
    past(4);
    const client = writeFakeClient(home, { work: WORK, result: { total_cost_usd: 0.9 } });
    const first = await replay(client, "--yes");
    expect([first.exit, first.answer["stopped"], first.answer["spentUsd"], calls()]).toEqual([
      1,
      "budget",
      2.7,
      3,
    ]);
    const second = await replay(client, "--yes", "--max-usd", "9");
    expect([second.exit, second.answer["checked"], second.answer["spentUsd"], calls()]).toEqual([
      0, 4, 0.9, 4,
    ]);
  }, 120_000);

  it("runs nothing without an answer, and nothing for a dry run", async () => {
    past(3);
    const client = writeFakeClient(home, { work: WORK });
    const { exit, err } = await replay(client);
    expect([exit, err]).toEqual([1, expect.stringContaining("Nothing was run")]);
    expect((await replay(client, "--dry-run")).exit).toBe(0);
    expect(existsSync(join(home, "calls"))).toBe(false);
  });

  it("counts and names the tasks that it cannot run again", async () => {
    const [first = ""] = past(2, { edits: false });
    const client = writeFakeClient(home);
    const { answer, err } = await replay(client, "--yes");
    expect(answer).toMatchObject({ tasks: [], leftOutTasks: 2 });
    expect(err.replaceAll(/\s+/g, " ")).toContain("no file changed, so a check shows nothing: 2 (");
    expect(err).toContain(first.slice(0, 8));
  });

  it("leaves out tasks from before the first commit, and those whose transcript is gone", async () => {
    past(2);
    const client = writeFakeClient(home);
    await replay(client, "--dry-run");
    rmSync(join(home, "claude/projects"), { recursive: true });
    expect((await replay(client, "--dry-run")).answer).toMatchObject({
      leftOut: expect.arrayContaining([expect.objectContaining({ reason: "prompt", count: 2 })]) as unknown,
    });
    past(2);
    rmSync(join(place.cwd, ".git"), { recursive: true });
    commitAt(place.cwd, "2026-12-24T00:00:00Z");
    expect((await replay(client, "--dry-run")).answer).toMatchObject({
      leftOut: expect.arrayContaining([
        expect.objectContaining({ reason: "no-commit", count: 2 }),
      ]) as unknown,
    });
  });

  it.each([
    [["--model", "gpt"], "not a known model"],
    [["--tasks", "0"], 'invalid number "0"'],
    [["--max-usd", "-1"], 'invalid amount "-1"'],
  ])("explains %s", async (args, message) => {
    past(1);
    const all = ["replay", "summer", "--model", "haiku", "--verify", VERIFY];
    const at = all.indexOf(args[0] ?? "");
    const line = at < 0 ? [...all, ...args] : [...all.slice(0, at), ...args, ...all.slice(at + 2)];
    const { exit, err } = await runCli(line, place);
    expect([exit, err]).toEqual([2, expect.stringContaining(message)]);
  });

  it("does not touch the user's repository", async () => {
    past(1);
    const before = stateOf(place.cwd);
    await replay(writeFakeClient(home, { work: WORK }), "--yes");
    expect(stateOf(place.cwd)).toBe(before);
  });
});
