import { spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type Workspace, workspace } from "./workspace.ts";

const BIN = join(import.meta.dirname, "../../src/cli/bin.ts");
const KILLS = 8;

/** Agents enough for an apply that takes a while. */
const FILES = Object.fromEntries(
  Array.from({ length: 80 }, (_, n) => [
    `.claude/agents/a${n}.md`,
    `---\nname: coder-${n}\ndescription: Implements features, writes code.\nmodel: opus\n---\n${"Body.\n".repeat(2000)}`,
  ]),
);

/** Starts adopting in a process of its own and kills it `delayMs` after the first file changed. */
async function killDuringAdopt(space: Workspace, delayMs: number): Promise<void> {
  const child = spawn(process.execPath, [BIN, "adopt", "--yes"], {
    cwd: space.project,
    env: space.env,
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const journal = join(space.project, ".claude/rolecall-undo/000001.json");
  while (child.exitCode === null && !existsSync(journal)) await sleep(1);
  await sleep(delayMs);
  child.kill("SIGKILL");
  await ended;
}

/** What does not belong to the journal and is not half-written. */
const settled = (tree: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(tree).filter(([path]) => !/rolecall-undo|\.rolecall-tmp$/.test(path)));

describe("an apply that is killed", () => {
  it(`leaves each file old or new, and undo or a second apply puts it right (${KILLS} moments)`, async () => {
    const whole = workspace(FILES);
    const before = whole.tree();
    expect(await whole.run("adopt", "--yes")).toMatchObject({ exit: 0 });
    const after = whole.tree();
    let halfway = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const space = workspace(FILES);
      await killDuringAdopt(space, kill * 4);
      const now = settled(space.tree());
      const changed = Object.keys(now).filter((path) => now[path] !== before[path]);
      expect(changed.filter((path) => now[path] !== after[path])).toEqual([]);
      if (changed.length > 0 && changed.length < 80) halfway++;

      const [command, whatIsRight] = kill % 2 === 0 ? ["undo", before] : ["adopt", settled(after)];
      expect(await space.run(command, "--yes")).toMatchObject({ exit: 0 });
      const righted = space.tree();
      expect(command === "undo" ? righted : settled(righted)).toEqual(whatIsRight);
      expect(Object.keys(righted).filter((path) => path.endsWith(".rolecall-tmp"))).toEqual([]);
    }
    expect(halfway).toBeGreaterThan(0);
  }, 120_000);

  it("before its lock is written has the same lock after a second one", async () => {
    const space = workspace();
    expect(await space.run("init", "--yes")).toMatchObject({ exit: 0 });
    const lock = space.read(".claude/rolecall.lock.json");
    expect(Object.keys(JSON.parse(lock).files)).toContain(".claude/settings.json");
    rmSync(join(space.project, ".claude/rolecall.lock.json"));
    expect(await space.run("apply", "--yes")).toMatchObject({ exit: 0 });
    expect(space.read(".claude/rolecall.lock.json")).toBe(lock);
  });
});
