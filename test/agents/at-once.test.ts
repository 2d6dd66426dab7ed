import { describe, expect, it } from "vitest";
import { expectOrderAmong, startIn } from "./at-once.ts";
import { workspace } from "./workspace.ts";

describe("writers of one folder at the same time", () => {
  it(
    "wait for each other, 6 at once and some of them killed, and undo restores every byte",
    () => expectOrderAmong(6, 6, [300, 600]),
    120_000,
  );

  it("undo four times after one init reverts it once and says so three times", async () => {
    const space = workspace();
    const before = space.tree();
    await space.run("init", "--yes");
    const runs = Array.from({ length: 4 }, () => startIn(space, ["undo", "--yes"]).ended);
    const ended = await Promise.all(runs);
    expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    expect(ended.filter(({ stdout }) => stdout.startsWith("Nothing to revert"))).toHaveLength(3);
    expect(space.tree()).toEqual(before);
  }, 60_000);
});
