import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { createRandom } from "../../bench/random.ts";
import { startRolecall } from "../helpers/rolecall.ts";
import { type WildFile, wildFiles } from "./wild.ts";
import { type Workspace, workspace } from "./workspace.ts";

const COMMANDS = [
  ["init", "--yes", "--roles", "all"],
  ["adopt", "--yes"],
  ["apply", "--yes"],
  ["undo", "--yes"],
  ["undo", "--yes"],
] as const;

/** Starts a command in the project of a workspace, as a process of its own. */
export const startIn = ({ project, env }: Workspace, args: readonly string[]) =>
  startRolecall(args, { cwd: project, env: env as Record<string, string> });

/**
 * Has `atOnce` writers work on one folder at the same time, round after round, and kills half of each round, one after another with a
 * pause before each. Expects none to report a bug, and undo to restore every byte in the end.
 */
export async function expectOrderAmong(
  atOnce: number,
  kills: number,
  [shortestMs, longestMs]: readonly [number, number],
  files: readonly Pick<WildFile, "path" | "bytes">[] = wildFiles(60),
): Promise<void> {
  const space = workspace({
    "rolecall.yaml": "",
    ...Object.fromEntries(files.map(({ path, bytes }) => [path, bytes])),
  });
  const before = space.tree();
  const random = createRandom(7);
  for (let killed = 0; killed < kills;) {
    const runs = Array.from({ length: atOnce }, () => startIn(space, random.pick(COMMANDS)));
    for (const run of runs.slice(0, atOnce / 2)) {
      await sleep(random.between(shortestMs, longestMs));
      run.kill("SIGKILL");
    }
    for (const { exitCode, stderr } of await Promise.all(runs.map(({ ended }) => ended))) {
      expect(stderr).not.toContain("bug");
      expect(exitCode ?? 0).toBeLessThan(2);
      if (exitCode === null) killed++;
    }
  }
  while (!(await space.run("undo", "--yes")).out.startsWith("Nothing"));
  expect(space.tree()).toEqual(before);
}
