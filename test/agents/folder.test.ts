import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { inFolder, openFolder } from "../../src/agents/folder.ts";
import { sweepTemporaries, writeFileAtomically } from "../../src/agents/write-file.ts";

const place = () => {
  const root = mkdtempSync(join(tmpdir(), "rolecall-folder-"));
  for (const name of ["project", "outside"]) mkdirSync(join(root, name));
  return { root, project: join(root, "project"), outside: join(root, "outside") };
};

// Elsewhere a link is found when the next file is written, not within one.
it.runIf(process.platform === "linux")(
  "a link that is put in the place of an open folder leads nowhere",
  () => {
    const { project, outside } = place();
    const folder = openFolder(project, [".claude", "agents"], { create: {} });
    renameSync(join(project, ".claude"), join(project, "moved"));
    symlinkSync(outside, join(project, ".claude"));
    mkdirSync(join(outside, "agents"));
    writeFileAtomically(folder?.entry("a.md") ?? "", Buffer.from("x"));
    folder?.close();
    expect(readdirSync(join(outside, "agents"))).toEqual([]);
    expect(readFileSync(join(project, "moved/agents/a.md"), "utf8")).toBe("x");
  },
);

it("a link on the way is refused, whether it was there before or not", () => {
  const { project, outside } = place();
  expect(openFolder(project, ["a"])).toBeUndefined();
  symlinkSync(outside, join(project, "a"));
  for (const steps of [["a"], ["a", "b"]])
    expect(() => openFolder(project, steps, { create: {} })).toThrow("a symbolic link");
  writeFileSync(join(project, "file"), "");
  expect(() => openFolder(project, ["file"])).toThrow("not a folder");
  expect(() => openFolder(project, ["file"])).toThrow(
    expect.objectContaining({ hint: "Try to rename it; a folder belongs in its place." }),
  );
  expect(readdirSync(outside)).toEqual([]);
});

it("temporary files of live processes stay, those of dead ones go", () => {
  const { project } = place();
  const dead = 2 ** 22 + 1; // above the largest process id of Linux
  const names = { mine: `.${process.ppid}-0a1b2c3d.rolecall-tmp`, gone: `.${dead}-0a1b2c3d.rolecall-tmp` };
  for (const name of Object.values(names)) writeFileSync(join(project, name), "");
  inFolder(project, [], {}, sweepTemporaries);
  expect(existsSync(join(project, names.mine))).toBe(true);
  expect(existsSync(join(project, names.gone))).toBe(false);
});

it("a file whose name is as long as names can be is written", () => {
  const { project } = place();
  const path = join(project, `${"a".repeat(252)}.md`);
  writeFileAtomically(path, Buffer.from("x"));
  expect(readFileSync(path, "utf8")).toBe("x");
});
