import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepWinner } from "../../src/cascade/winner.ts";
import { killAt } from "../helpers/run-and-kill.ts";
import { type CascadeScene, makeScene } from "./world.ts";

let scene: CascadeScene;
beforeEach(() => {
  scene = makeScene();
});
afterEach(() => scene.remove());

describe("after a cascade", () => {
  it("what was applied is reverted and applied again, by its id or as the last one", async () => {
    const { json, err } = await scene.cascade(
      { work: "echo x > a.txt; echo y >> README.md" },
      "true",
      "--apply",
    );
    expect(err).toContain(`Applied.\nTo revert: rolecall cascade --undo ${json.run}`);
    const undone = await scene.rolecall("cascade", "--undo");
    expect(undone).toMatchObject({ exit: 0, out: `Reverted 2 files of cascade ${json.run}.\n` });
    expect([scene.has("a.txt"), scene.read("README.md")]).toEqual([false, "# A project\n"]);
    const again = await scene.rolecall("cascade", "--redo", json.run.slice(0, 8), "--json");
    expect(JSON.parse(again.out)).toMatchObject({ run: json.run, redo: true, conflicts: [] });
    expect(scene.read("a.txt")).toBe("x\n");
    const twice = await scene.rolecall("cascade", "--redo", json.run);
    expect(twice).toMatchObject({ exit: 2, err: expect.stringContaining("already applied") });
  });

  it("later edits are not overwritten by an undo", async () => {
    await scene.cascade({ work: "echo x > a.txt" }, "true", "--apply");
    scene.write("a.txt", "edited since\n");
    const { exit, err } = await scene.rolecall("cascade", "--undo");
    expect({ exit, err }).toEqual({
      exit: 1,
      err: "Nothing was written. Changed since the start, or reached through a link: a.txt\n",
    });
    expect(scene.read("a.txt")).toBe("edited since\n");
  });

  it("there is nothing to revert where nothing was applied", async () => {
    await scene.cascade({ work: "echo x > a.txt" }, "true");
    const { exit, err } = await scene.rolecall("cascade", "--undo");
    expect([exit, err]).toEqual([2, expect.stringContaining("no applied run")]);
    const missing = await scene.rolecall("cascade", "fix it");
    expect([missing.exit, missing.err]).toEqual([2, expect.stringContaining("--verify: missing")]);
  });

  it("a kill while writing is reverted by the next command, which says so", async () => {
    const place = join(scene.root, "home/.local/share/rolecall");
    mkdirSync(join(scene.root, "home/.cache/rolecall/cascades"), { recursive: true });
    const after = { bytes: Buffer.from("x\n"), kind: "file" as const, mode: 0o644 };
    const paths = ["a.txt", "b.txt", "c.txt", "d.txt"];
    const changes = paths.map((path) => ({ path, after }));
    keepWinner(place, { run: "killed-run", root: scene.project, at: 1, changes }, "patch");
    const script = join(import.meta.dirname, "apply-process.ts");
    const present = () => paths.map((path) => scene.has(path));
    const isHalf = () => new Set(present()).size === 2;
    for (let step = 8; !isHalf(); step++) await killAt(step, { script, args: [place, "killed-run"] });

    const { err } = await scene.rolecall("spend", "--json");
    expect(err).toContain(
      `A cascade was killed while it wrote to ${scene.project}; your files are as they were`,
    );
    expect(err).toContain("rolecall cascade --redo killed-run");
    expect(present()).toEqual([false, false, false, false]);
    expect((await scene.rolecall("cascade", "--redo")).exit).toBe(0);
    expect(present()).toEqual([true, true, true, true]);
  });
});
