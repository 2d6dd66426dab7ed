import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { applyWinner, recoverWinners, revertWinner } from "../../src/cascade/apply.ts";
import { keepWinner, listWinners, readWinner } from "../../src/cascade/winner.ts";
import { spread } from "../helpers/run-and-kill.ts";
import { expectSafeKill, makeWinner, stepsOf, treeOf, type WinnerScene } from "./winners.ts";

/** A tree without the modes of its files. */
const contents = (tree: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(tree).map(([path, entry]) => [path, entry.replace(/^\d+ /, "")]));

let scene: WinnerScene;
afterEach(() => scene?.remove());

describe("the winner of a cascade", () => {
  it("is kept with a patch that git applies, before anything is written", () => {
    scene = makeWinner();
    const before = treeOf(scene.root);
    expect(readWinner(scene.place, scene.winner.run)).toEqual(scene.winner);
    execFileSync("git", ["apply", scene.winner.patchFile], { cwd: scene.root });
    const patched = treeOf(scene.root);
    execFileSync("git", ["apply", "-R", scene.winner.patchFile], { cwd: scene.root });
    expect(treeOf(scene.root)).toMatchObject({ "gone.txt": before["gone.txt"] });
    scene.remove();
    scene = makeWinner();
    applyWinner(scene.place, scene.winner);
    expect(contents(treeOf(scene.root))).toEqual(contents(patched));
  });

  it("is applied and reverted to the byte, the modes and the folders", () => {
    scene = makeWinner();
    const { place, root, winner } = scene;
    const before = treeOf(root);
    expect(applyWinner(place, winner)).toEqual([]);
    const after = treeOf(root);
    expect(after).toMatchObject({
      "edited.txt": `640 ${Buffer.from("two\n").toString("hex")}`,
      "run.sh": expect.stringMatching(/^755/),
    });
    expect(Object.keys(after)).not.toContain("deep/er");
    expect(listWinners(place)).toMatchObject([{ state: "applied" }]);
    expect(revertWinner(place, { ...winner, state: "applied" })).toEqual([]);
    const reverted = treeOf(root);
    // The folder that the winner filled was empty before, and git does not know empty folders.
    expect({ ...reverted, empty: before["empty"] }).toEqual(before);
    expect(listWinners(place)).toMatchObject([{ state: "reverted" }]);
  });

  it("is not applied over changes of the user, nor through a link, nor reverted over later ones", () => {
    scene = makeWinner();
    const { place, root, winner } = scene;
    writeFileSync(join(root, "edited.txt"), "the user's\n");
    writeFileSync(join(root, "gone.txt"), "also the user's\n");
    renameSync(join(root, "deep"), join(root, "moved"));
    symlinkSync("moved", join(root, "deep"));
    const before = treeOf(root);
    expect(applyWinner(place, winner)).toEqual(["deep/er/gone.txt", "edited.txt", "gone.txt"]);
    expect(treeOf(root)).toEqual(before);
    scene.remove();

    scene = makeWinner();
    applyWinner(scene.place, scene.winner);
    writeFileSync(join(scene.root, "new/deep/new.txt"), "edited since\n");
    expect(revertWinner(scene.place, scene.winner)).toEqual(["new/deep/new.txt"]);
  });

  it("leaves everything as it was if something cannot be written in the middle", () => {
    const stuck = {
      path: "zzz/in-a-file",
      after: { bytes: Buffer.from("x"), kind: "file" as const, mode: 0o644 },
    };
    scene = makeWinner([stuck]);
    const { place, root, winner } = scene;
    writeFileSync(join(root, "zzz"), "not a folder");
    const before = treeOf(root);
    expect(() => applyWinner(place, winner)).toThrow("your files: cannot be written");
    expect(treeOf(root)).toEqual(before);
    expect({ state: listWinners(place)[0]?.state, journals: readdirSync(join(place, "writing")) }).toEqual({
      state: "kept",
      journals: [],
    });
  });

  it("waits its turn while another cascade writes to the same tree", () => {
    scene = makeWinner();
    const { place, root, winner } = scene;
    mkdirSync(join(place, "writing"), { recursive: true });
    const journal = { run: "other", root, id: "o", folders: {}, owner: { pid: process.pid }, reverts: false };
    writeFileSync(join(place, "writing/other.json"), JSON.stringify(journal));
    expect(() => applyWinner(place, winner)).toThrow("another cascade is writing");
    expect(recoverWinners(place)).toEqual([]);
  });

  it("only the last thirty are kept; patches stay", () => {
    scene = makeWinner();
    const { place, root } = scene;
    for (let at = 2; at < 40; at++) keepWinner(place, { run: `run-${at}`, root, at, changes: [] }, "");
    expect(listWinners(place)).toHaveLength(30);
    expect(existsSync(scene.winner.patchFile)).toBe(true);
    expect(readdirSync(join(place, "patches"))).toHaveLength(39);
  });
});

describe("applying that is killed", () => {
  it("leaves the tree as before or complete after the next start, and the patch is there (6 moments)", async () => {
    const ends = new Set<string>();
    for (const step of spread(6, await stepsOf("apply"))) ends.add(await expectSafeKill(step, "apply"));
    expect([...ends].toSorted()).toEqual(["after", "before"]);
  }, 60_000);
});
