import { lstatSync, realpathSync } from "node:fs";
import { basename, dirname, relative, sep } from "node:path";
import { editFrontMatter } from "../agents/edit-frontmatter.ts";
import { editJson } from "../agents/edit-json.ts";
import { type Folder, inFolder } from "../agents/folder.ts";
import { writeFileAtomically } from "../agents/write-file.ts";
import { RolecallError } from "../errors.ts";
import { readRegularFile } from "../policy/read-file.ts";
import type { Symptom, Repair } from "../domain/symptom.ts";

/** Makes the safe edits of findings in files below `roots`. Returns the corrected findings. Does not follow links. */
export function applyRepairs(findings: readonly Symptom[], roots: readonly string[]): Symptom[] {
  return findings.filter(({ path, repair }) => {
    const root = path === null ? undefined : roots.find((folder) => path.startsWith(folder + sep));
    return path !== null && repair && root !== undefined && repairFile(root, path, repair);
  });
}

function repairFile(root: string, path: string, repair: Repair): boolean {
  const steps = relative(root, dirname(path)).split(sep).filter(Boolean);
  try {
    return inFolder(realpathSync(root), steps, {}, (folder) => repairIn(folder, path, repair)) ?? false;
  } catch (thrown) {
    if (thrown instanceof RolecallError) return false; // a link, or something that is not a file, came in its place
    throw thrown;
  }
}

function repairIn(folder: Folder, path: string, repair: Repair): boolean {
  const at = folder.entry(basename(path));
  const stats = lstatSync(at, { throwIfNoEntry: false });
  const before = readRegularFile(at, { noLinks: true, shownAs: path });
  const edited = before && edit(before, repair);
  if (!edited || !stats) return false;
  writeFileAtomically(at, edited, stats.mode & 0o777);
  return true;
}

function edit(file: Buffer, repair: Repair): Buffer | undefined {
  if (repair.kind === "json") {
    const text = file.toString("utf8");
    if (!Buffer.from(text).equals(file)) return undefined; // another encoding would lose characters
    const edited = editJson(text, repair.at, repair.value);
    return edited === undefined ? undefined : Buffer.from(edited);
  }
  const edited = editFrontMatter(file, repair.changes);
  return "file" in edited ? edited.file : undefined;
}
