import { toolOfContent } from "../domain/content-name.ts";
import { DAY_MS } from "../domain/calendar.ts";
import type { LedgerThread, TranscriptBlock } from "../domain/ledger-input.ts";
import type { Offered, SessionSetup } from "../domain/offered.ts";
import { longestMemory } from "./memory-files.ts";
import { fieldsOf, textOf } from "../transcripts/fields.ts";
import { readEntriesAt } from "../transcripts/entries-at.ts";
import { calledIn, type Listed, LISTINGS, listedIn, serverOf } from "../transcripts/offered.ts";

/** Number of the latest sessions of a project that must list a tool for it to count as offered; fewer sessions show little. */
const LATEST_SESSIONS = 3;
/** Number of days before the latest request in which a call counts as use, whatever the period. */
const USED_DAYS = 30;

/**
 * Reads from the lines of transcripts what sessions offered to the model, what of it was called, and to which permission modes they
 * were changed. `isShown` says which threads it is about; calls of all threads count.
 */
export function readSessionSetup(
  threads: readonly LedgerThread[],
  accounts: readonly string[],
  isShown: (thread: LedgerThread) => boolean,
): SessionSetup {
  const shown = threads.filter((thread) => thread.agentId === "" && isShown(thread));
  const listing = shown.filter((thread) => linesOf(thread, isListing).length > 0);
  const calls = countCalls(threads, isShown);
  return {
    offered: [...Map.groupBy(listing, ({ project }) => project)].flatMap(([project, own]) =>
      offeredIn(own).map((one) => ({
        ...one,
        project,
        calls: calls.get(project)?.get(keyOf(one)) ?? 0,
        allCalls: [...calls.values()].reduce((sum, counts) => sum + (counts.get(keyOf(one)) ?? 0), 0),
      })),
    ),
    sessions: shown.length,
    listing: listing.length,
    modes: countModes(shown),
    memory: longestMemory(accounts, [...new Set(shown.map(({ project }) => project))]),
  };
}

function keyOf({ kind, name }: Pick<Offered, "kind" | "name">): string {
  return `${kind} ${name}`;
}

type BlockTest = (block: TranscriptBlock) => boolean;

const isListing: BlockTest = ({ kind, name }) => kind === "attachment" && LISTINGS.has(name);
const isCallOf =
  (names: readonly string[]): BlockTest =>
  ({ kind, name }) =>
    kind === "call" && names.includes(toolOfContent(name));
const namesItsCallee = isCallOf(["Skill", "Agent", "Task"]);

function linesOf({ blocks }: LedgerThread, matches: BlockTest): number[] {
  return blocks.filter(matches).map(({ line }) => line);
}

function lastAt({ requests }: LedgerThread): number {
  return requests.at(-1)?.at ?? 0;
}

/** Returns the tools that each of the latest sessions of a project lists. */
function offeredIn(sessions: readonly LedgerThread[]): Listed[] {
  if (sessions.length < LATEST_SESSIONS) return [];
  const latest = sessions.toSorted((a, b) => lastAt(b) - lastAt(a)).slice(0, LATEST_SESSIONS);
  const [first = new Map<string, Listed>(), ...others] = latest.map(listedBy);
  return [...first].flatMap(([key, one]) => (others.every((other) => other.has(key)) ? [one] : []));
}

/** Returns the tools that one session lists, by kind and name; a client that lists again after a compaction lists the same. */
function listedBy(thread: LedgerThread): Map<string, Listed> {
  const byType = new Map<string, Map<string, Listed>>();
  for (const entry of readEntriesAt(thread.file, linesOf(thread, isListing))) {
    const type = textOf(fieldsOf(entry["attachment"])["type"]);
    const known = byType.get(type) ?? new Map<string, Listed>();
    byType.set(type, known);
    for (const [key, one] of addUp(listedIn(entry)))
      if (one.size > (known.get(key)?.size ?? 0)) known.set(key, one);
  }
  // The tools of a server and its instructions are listed apart.
  return addUp([...byType.values()].flatMap((known) => [...known.values()]));
}

function addUp(listed: readonly Listed[]): Map<string, Listed> {
  const sums = new Map<string, Listed>();
  for (const one of listed) {
    const before = sums.get(keyOf(one))?.size ?? 0;
    sums.set(keyOf(one), { ...one, size: before + one.size });
  }
  return sums;
}

/** Counts calls by project, then by what was called. */
function countCalls(
  threads: readonly LedgerThread[],
  isShown: (thread: LedgerThread) => boolean,
): Map<string, Map<string, number>> {
  const since = Math.max(0, ...threads.map(lastAt)) - USED_DAYS * DAY_MS;
  const calls = new Map<string, Map<string, number>>();
  for (const thread of threads) {
    if (lastAt(thread) < since && !isShown(thread)) continue;
    const own = calls.get(thread.project) ?? new Map<string, number>();
    calls.set(thread.project, own);
    const add = (key: string) => own.set(key, (own.get(key) ?? 0) + 1);
    for (const { kind, name } of thread.blocks) {
      const server = kind === "call" ? serverOf(name) : undefined;
      if (server !== undefined) add(`server ${server}`);
    }
    for (const entry of readEntriesAt(thread.file, linesOf(thread, namesItsCallee)))
      for (const one of calledIn(entry)) add(keyOf(one));
  }
  return calls;
}

function countModes(threads: readonly LedgerThread[]): Record<string, number> {
  const modes = new Map<string, number>();
  for (const { file, marks } of threads) {
    const lines = marks.filter(({ mark }) => mark === "mode").map(({ line }) => line);
    for (const entry of readEntriesAt(file, lines)) {
      const mode = textOf(entry["permissionMode"]);
      if (mode !== "") modes.set(mode, (modes.get(mode) ?? 0) + 1);
    }
  }
  return Object.fromEntries(modes);
}
