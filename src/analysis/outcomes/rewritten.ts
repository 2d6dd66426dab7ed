import type { EditEvent } from "../../domain/event.ts";
import { unpackHashes } from "../../domain/hashes.ts";
import type { Candidate } from "./candidate.ts";

/** Returns how many of the lines that a task put there a later turn removed. A file that was written again counts as a whole. */
export function rewritten(task: Candidate, later: Candidate | undefined): { lines: number; share: number } {
  const own = editsOf(task);
  const added = new Map(own.map(({ file }) => [file, new Set<number>()]));
  for (const edit of own) for (const line of unpackHashes(edit.added)) added.get(edit.file)?.add(line);
  const total = sizeOf(added);
  if (total === 0 || !later) return { lines: 0, share: 0 };
  for (const { file, whole, removed } of editsOf(later)) {
    if (whole) added.get(file)?.clear();
    else for (const line of unpackHashes(removed)) added.get(file)?.delete(line);
  }
  const lines = total - sizeOf(added);
  return { lines, share: lines / total };
}

/** Returns whether a later turn removes lines that a task put there, or puts lines there that it removed. */
export function givesBack(task: Candidate, later: Candidate): boolean {
  if (rewritten(task, later).lines > 0) return true;
  const removed = new Set(editsOf(task).flatMap(({ removed }) => [...unpackHashes(removed)]));
  return editsOf(later).some(({ added }) => unpackHashes(added).some((line) => removed.has(line)));
}

function sizeOf(lines: ReadonlyMap<string, ReadonlySet<number>>): number {
  return [...lines.values()].reduce((sum, { size }) => sum + size, 0);
}

/** Returns the edits of a task and of its agents. */
export function editsOf({ work, runs }: Candidate): readonly EditEvent[] {
  return runs.length === 0 ? work.edits : [...work.edits, ...runs.flatMap((run) => run.work.edits)];
}

export function hasChanged(task: Candidate): boolean {
  return task.work.lastChange > 0 || editsOf(task).length > 0;
}

export function sharesFile(task: Candidate, later: Candidate): boolean {
  const files = new Set(editsOf(task).map(({ file }) => file));
  return editsOf(later).some(({ file }) => files.has(file));
}

/** The number of turns before one that a complaint in it can be about. */
const TURNS_BACK = 4;

/**
 * Returns the turn that a fix is about: the last one whose lines it rewrites, otherwise the last one whose files it changes. Of a file that
 * was written as a whole all lines are those of that turn.
 */
export function mendedBy(later: Candidate): Candidate | undefined {
  let found = mended.get(later);
  if (found === undefined) mended.set(later, (found = findMended(later) ?? null));
  return found ?? undefined;
}

/** Several rules and turns ask. */
const mended = new WeakMap<Candidate, Candidate | null>();

function findMended(later: Candidate): Candidate | undefined {
  const before: Candidate[] = [];
  for (let turn = later.previous; turn && before.length < TURNS_BACK; turn = turn.previous) before.push(turn);
  return (
    before.find((turn) => wroteFileOf(turn, later) || rewritten(turn, later).lines > 0) ??
    before.find((turn) => sharesFile(turn, later))
  );
}

function wroteFileOf(turn: Candidate, later: Candidate): boolean {
  const written = new Set(editsOf(turn).flatMap(({ file, whole }) => (whole ? [file] : [])));
  return written.size > 0 && editsOf(later).some(({ file }) => written.has(file));
}
