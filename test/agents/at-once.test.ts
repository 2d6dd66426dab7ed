import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { startRolecall } from "../helpers/rolecall.ts";
import { createRandom } from "../../bench/random.ts";
import { wildFiles } from "./wild.ts";
import { type Workspace, workspace } from "./workspace.ts";

const AT_ONCE = 6;
const ROUNDS = 3;
const COMMANDS = [
  ["init", "--yes", "--roles", "all"],
  ["adopt", "--yes"],
  ["apply", "--yes"],
  ["undo", "--yes"],
  ["undo", "--yes"],
];

const start = ({ project, env }: Workspace, args: readonly string[]) =>
  startRolecall(args, { cwd: project, env: env as Record<string, string> });

describe("writers of one folder at the same time", () => {
  it(`wait for each other, ${AT_ONCE} at once and some of them killed, and undo restores every byte`, async () => {
    const space = workspace(Object.fromEntries(wildFiles(60).map(({ path, bytes }) => [path, bytes])));
    const before = space.tree();
    const random = createRandom(7);
    for (let round = 0; round < ROUNDS; round++) {
      const runs = Array.from({ length: AT_ONCE }, () =>
        start(space, COMMANDS[random.between(0, COMMANDS.length - 1)] ?? []),
      );
      await sleep(random.between(600, 1200));
      for (const run of runs.slice(0, 2)) run.kill("SIGKILL");
      for (const { exitCode, stderr } of await Promise.all(runs.map(({ ended }) => ended)))
        expect([exitCode === null || exitCode < 2, stderr]).toEqual([
          true,
          expect.not.stringContaining("bug"),
        ]);
    }
    for (let times = 0; times < 30; times++)
      if ((await space.run("undo", "--yes")).out.startsWith("Nothing")) break;
    expect(space.tree()).toEqual(before);
  }, 120_000);

  it("undo four times after one init reverts it once and says so three times", async () => {
    const space = workspace();
    const before = space.tree();
    await space.run("init", "--yes");
    const runs = Array.from({ length: 4 }, () => start(space, ["undo", "--yes"]).ended);
    const ended = await Promise.all(runs);
    expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    expect(ended.filter(({ stdout }) => stdout.startsWith("Nothing to revert"))).toHaveLength(3);
    expect(space.tree()).toEqual(before);
  }, 60_000);
});
