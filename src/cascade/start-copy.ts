import type { Dirent } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { UsageError } from "../errors.ts";
import { type FileChange, readFileState, sameState } from "./change.ts";
import { copyTree } from "./copy-tree.ts";
import type { Start } from "./start.ts";

/** Folders that programs fill: copied, for a check may need them, but what changes in them is not carried back. */
const FILLED_BY_PROGRAMS: ReadonlySet<string> = new Set([
  ".git",
  ".venv",
  "__pycache__",
  "node_modules",
  "target",
  "venv",
]);

/** Pins the state of a folder that is in no git repository, by copying it. */
export async function copyStart(cwd: string, scratch: string): Promise<Start> {
  const root = resolve(cwd);
  if (root === dirname(root) || root === resolve(homedir()))
    throw new UsageError(`${root} is no project: all of it would be copied`, {
      hint: "Go to the folder of the project first.",
    });
  const start = join(scratch, "start");
  await copyFolder(root, start);
  return {
    kind: "copy",
    root,
    prefix: "",
    prepare: (folder) => copyFolder(start, folder),
    changesIn: (folder) => differences(start, folder),
  };
}

async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await copyTree(from, to, await readdir(from));
}

async function differences(start: string, folder: string): Promise<FileChange[]> {
  const paths = new Set([...(await filesIn(start, "")), ...(await filesIn(folder, ""))]);
  const changes: FileChange[] = [];
  for (const path of [...paths].toSorted()) {
    const [before, after] = [await readFileState(join(start, path)), await readFileState(join(folder, path))];
    if (!sameState(before, after)) changes.push({ path, ...(before && { before }), ...(after && { after }) });
  }
  return changes;
}

async function filesIn(root: string, folder: string): Promise<string[]> {
  const files: string[] = [];
  const entries: Dirent[] = await readdir(join(root, folder), { withFileTypes: true });
  for (const entry of entries) {
    if (FILLED_BY_PROGRAMS.has(entry.name)) continue;
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) files.push(...(await filesIn(root, path)));
    else files.push(path);
  }
  return files;
}
