import { mkdir, readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { UsageError } from "../errors.ts";
import { copyTree } from "./copy-tree.ts";
import { compareTrees } from "./file-state.ts";
import { findLeftOut, type LeftOutReason, signPaths } from "./left-out.ts";
import type { Start } from "./start.ts";

/** Folders that programs fill: copied, because a check may need them, but changes in them are not carried over. */
const FILLED_BY_PROGRAMS: ReadonlySet<string> = new Set([
  ".git",
  ".venv",
  "__pycache__",
  "node_modules",
  "target",
  "venv",
]);

/** Pins the state of a folder that is in no git repository, by copying it. */
export async function copyStart(
  cwd: string,
  scratch: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Start> {
  const root = resolve(cwd);
  refuseHome(root, env);
  const start = join(scratch, "start");
  await mkdir(start);
  await copyTree(root, start, await readdir(root), { signal });
  return {
    kind: "copy",
    root,
    prefix: "",
    async prepare(folder) {
      await mkdir(folder, { recursive: true });
      await copyTree(start, folder, await readdir(start), {
        relocation: { from: root, to: folder },
        signal,
        relocatesText: (path) => path.split("/").some((name) => name !== "node_modules" && isFilled(name)),
      });
      return [];
    },
    sign: async (folder) => signPaths(folder, (await listTree(folder)).filled.keys()),
    async changesIn(folder) {
      const paths = [...(await listTree(start)).files, ...(await listTree(folder)).files];
      return compareTrees({ from: root, to: folder }, start, [...new Set(paths)].toSorted());
    },
    async leftOutOf(folder, signed) {
      const filled = new Map([...(await listTree(start)).filled, ...(await listTree(folder)).filled]);
      return findLeftOut(signed, signPaths(folder, filled.keys()), filled);
    },
  };
}

/** Throws UsageError for the user's home folder and what is above it: all of it would be copied. */
export function refuseHome(root: string, env: NodeJS.ProcessEnv): void {
  const home = resolve(env["HOME"] || homedir());
  if ([home, dirname(home), "/"].includes(root) || root === dirname(root))
    throw new UsageError(`${root}: this folder is not a project: all of it would be copied`, {
      hint: "Try it in the folder of a project, after git init if the project has no repository of its own.",
    });
}

function isFilled(name: string): boolean {
  return FILLED_BY_PROGRAMS.has(name);
}

interface Listing {
  files: string[];
  /** Folders that programs fill. */
  filled: Map<string, LeftOutReason>;
}

async function listTree(
  root: string,
  folder = "",
  into: Listing = { files: [], filled: new Map() },
): Promise<Listing> {
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (isFilled(basename(path))) into.filled.set(path, "installed");
    else if (entry.isDirectory()) await listTree(root, path, into);
    else into.files.push(path);
  }
  return into;
}
