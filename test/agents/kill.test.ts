import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { spread } from "../helpers/run-and-kill.ts";
import { expectRighted, stepsOfAdopt } from "./kill.ts";
import { workspace } from "./workspace.ts";

describe("an apply that is killed", () => {
  it("leaves each file old or new, and undo or a second apply puts it right", async () => {
    for (const [n, step] of spread(8, await stepsOfAdopt()).entries())
      await expectRighted(step, n % 2 === 0 ? "undo" : "adopt");
  });

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
