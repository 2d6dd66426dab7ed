import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { codeOf } from "../errors.ts";
import type { FileChange, FileState } from "./file-state.ts";

/** The changes of an attempt that passed its check, kept outside of the user's tree. */
export interface Winner extends WinnerFacts {
  /** Changed files, sorted by path. */
  changes: readonly FileChange[];
}

/** Facts about a winner besides its changes. */
export interface WinnerFacts {
  /** ID of the cascade. */
  run: string;
  /** Root of the user's tree. */
  root: string;
  /** ms since the epoch. */
  at: number;
  /** Whether its changes are in the user's tree. */
  state: "kept" | "applied" | "reverted";
  /** A patch of the same changes, for git. */
  patchFile: string;
}

/** The facts as they are written down; the bytes of its files are in files of their own. */
interface WinnerRecord extends WinnerFacts {
  changes: readonly { path: string; before?: StateRecord; after?: StateRecord }[];
}

type StateRecord = Omit<FileState, "bytes">;

const RECORD = "winner.json";
/** Older winners are removed; their patches stay. */
const KEPT = 30;

/** Keeps a winner and its patch below `place`: before anything is written into the user's tree, nothing can be lost. */
export function keepWinner(
  place: string,
  { run, root, at, changes }: Pick<Winner, "run" | "root" | "at" | "changes">,
  patch: string,
): Winner {
  const patchFile = join(place, "patches", `${run}.patch`);
  mkdirSync(dirname(patchFile), { recursive: true });
  writeSynced(patchFile, patch);
  const folder = folderOf(place, run);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const [index, { before, after }] of changes.entries()) {
    if (before) writeSynced(join(folder, `${index}.before`), before.bytes);
    if (after) writeSynced(join(folder, `${index}.after`), after.bytes);
  }
  const winner: Winner = { run, root, at, state: "kept", patchFile, changes };
  saveWinner(place, winner);
  for (const old of listWinners(place).slice(KEPT))
    rmSync(folderOf(place, old.run), { recursive: true, force: true });
  return winner;
}

/** Writes down what became of a winner. */
export function saveWinner(place: string, winner: Winner): void {
  const { run, root, at, state, patchFile } = winner;
  const changes = winner.changes.map(({ path, before, after }) => ({
    path,
    ...(before && { before: withoutBytes(before) }),
    ...(after && { after: withoutBytes(after) }),
  }));
  const record: WinnerRecord = { run, root, at, state, patchFile, changes };
  writeSynced(join(folderOf(place, run), RECORD), JSON.stringify(record));
}

function withoutBytes({ kind, mode }: FileState): StateRecord {
  return { kind, mode };
}

/** Lists the winners that are kept, newest first. */
export function listWinners(place: string): WinnerFacts[] {
  const records = listFolder(join(place, "winners")).map((run) => readRecord(place, run));
  return records.filter((record) => record !== undefined).toSorted((a, b) => b.at - a.at);
}

/** Reads a winner with its changes; undefined if it is not kept, or not whole. */
export function readWinner(place: string, run: string): Winner | undefined {
  const record = readRecord(place, run);
  if (!record) return undefined;
  const read = (name: string, state: StateRecord | undefined): FileState | undefined =>
    state && { ...state, bytes: readFileSync(join(folderOf(place, run), name)) };
  const changes = record.changes.map(({ path, before, after }, index): FileChange => {
    const [old, now] = [read(`${index}.before`, before), read(`${index}.after`, after)];
    return { path, ...(old && { before: old }), ...(now && { after: now }) };
  });
  return { ...record, changes };
}

/** A folder without a record is one that is being made, or whose making was cut off. */
function readRecord(place: string, run: string): WinnerRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(folderOf(place, run), RECORD), "utf8")) as WinnerRecord;
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

function folderOf(place: string, run: string): string {
  return join(place, "winners", run);
}

/** Replaces a file in one step, and has it on the disk before it returns. */
export function writeSynced(path: string, content: string | Buffer): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content, { mode: 0o600, flush: true });
  renameSync(temporary, path);
}

/** Lists the names in a folder; none if it is not there. */
export function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}
