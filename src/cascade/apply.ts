import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { codeOf, messageOf, RolecallError } from "../errors.ts";
import { identifyProcess, isAlive, type ProcessId } from "../executor/processes.ts";
import type { FileChange } from "./file-state.ts";
import { listFolder, readWinner, saveWinner, type Winner, writeSynced } from "./winner.ts";
import { findConflicts, planWrites, restoreFiles, writeFiles, type WriteJob } from "./write-files.ts";

/** Kept while a winner is being written: enough to revert it. */
interface Journal extends Omit<WriteJob, "changes"> {
  run: string;
  owner: ProcessId;
  /** Whether an applied winner is being reverted. */
  reverts: boolean;
}

/** A winner whose writing was cut off, and has been reverted. */
export interface Recovered {
  winner: Winner;
  /** Paths that were changed in the meantime, and are left as they are. */
  foreign: readonly string[];
}

/**
 * Writes a winner's changes into the user's tree, all or none. Returns the paths in the way; then nothing is
 * written. Throws RolecallError if writing fails; then nothing is changed.
 */
export function applyWinner(place: string, winner: Winner): string[] {
  return write(place, winner, false);
}

/** Reverts an applied winner, all or none; returns and throws as `applyWinner` does. */
export function revertWinner(place: string, winner: Winner): string[] {
  return write(place, winner, true);
}

function write(place: string, winner: Winner, reverts: boolean): string[] {
  const { run, root, patchFile } = winner;
  for (const { owner, root: busy } of readJournals(place))
    if (busy === root && isAlive(owner))
      throw new RolecallError(`${root}: another cascade is writing there`, {
        hint: "Try again when it has ended.",
      });
  const changes = directed(winner.changes, reverts);
  const conflicts = findConflicts(root, changes);
  if (conflicts.length > 0) return conflicts;
  const job = planWrites(root, run.slice(0, 8), changes);
  const { id, folders } = job;
  mkdirSync(journalsOf(place), { recursive: true });
  const journal: Journal = { run, root, id, folders, owner: identifyProcess(process.pid), reverts };
  writeSynced(journalPath(place, run), JSON.stringify(journal));
  try {
    writeFiles(job);
  } catch (error) {
    restoreFiles(job);
    rmSync(journalPath(place, run));
    throw new RolecallError(`your files: cannot be written: ${messageOf(error)}`, {
      hint: `Try git apply ${patchFile}. Your files are as they were, and the changes are kept.`,
      cause: error,
    });
  }
  saveWinner(place, { ...winner, state: stateAfter(reverts) });
  rmSync(journalPath(place, run));
  return [];
}

/** Reverts what processes that were killed have written in part. What they have written in full stays. */
export function recoverWinners(place: string): Recovered[] {
  const recovered: Recovered[] = [];
  for (const { run, owner, reverts, ...rest } of readJournals(place)) {
    if (isAlive(owner)) continue;
    const winner = readWinner(place, run);
    const job = winner && { ...rest, changes: directed(winner.changes, reverts) };
    if (job && isWritten(job)) saveWinner(place, { ...winner, state: stateAfter(reverts) });
    else if (job) recovered.push({ winner, foreign: restoreFiles(job) });
    rmSync(journalPath(place, run), { force: true });
  }
  return recovered;
}

function stateAfter(reverts: boolean): Winner["state"] {
  return reverts ? "reverted" : "applied";
}

/** Returns whether all of a job was done, by rolecall or since then by the user. */
function isWritten({ root, changes }: WriteJob): boolean {
  const after = changes.map(({ path, after }) => ({ path, ...(after && { before: after }) }));
  return findConflicts(root, after).length === 0;
}

function directed(changes: readonly FileChange[], reverts: boolean): readonly FileChange[] {
  if (!reverts) return changes;
  return changes.map(({ path, before, after }) => ({
    path,
    ...(after && { before: after }),
    ...(before && { after: before }),
  }));
}

function readJournals(place: string): Journal[] {
  const names = listFolder(journalsOf(place)).filter((name) => name.endsWith(".json"));
  return names
    .map((name) => readJournal(join(journalsOf(place), name)))
    .filter((journal) => journal !== undefined);
}

/** Another process may have removed it just now. */
function readJournal(path: string): Journal | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Journal;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Returns the folder of journals, which is empty unless something is being written. */
function journalsOf(place: string): string {
  return join(place, "writing");
}

function journalPath(place: string, run: string): string {
  return join(journalsOf(place), `${run}.json`);
}
