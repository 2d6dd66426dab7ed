import { lstatSync, readFileSync } from "node:fs";
import { editFrontMatter } from "../agents/edit-frontmatter.ts";
import { editJson } from "../agents/edit-json.ts";
import { writeFileAtomically } from "../agents/write-file.ts";
import type { Symptom, Repair } from "../domain/symptom.ts";

/** Makes the safe edits of findings and returns those that were made. Links are left alone. */
export function applyRepairs(findings: readonly Symptom[]): Symptom[] {
  return findings.filter(({ path, repair }) => path && repair && repairFile(path, repair));
}

function repairFile(path: string, repair: Repair): boolean {
  const stat = lstatSync(path);
  if (!stat.isFile()) return false;
  const edited = edit(readFileSync(path), repair);
  if (edited === undefined) return false;
  writeFileAtomically(path, edited, stat.mode & 0o777);
  return true;
}

function edit(file: Buffer, repair: Repair): Buffer | undefined {
  if (repair.kind === "json") {
    const edited = editJson(file.toString("utf8"), repair.at, repair.value);
    return edited === undefined ? undefined : Buffer.from(edited);
  }
  const edited = editFrontMatter(file, repair.changes);
  return "file" in edited ? edited.file : undefined;
}
