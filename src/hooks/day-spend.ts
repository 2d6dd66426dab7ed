import { mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../errors.ts";
import { fieldsOf, numberOf } from "../transcripts/fields.ts";
import { dayOf } from "./once-a-day.ts";
import { hashOf, type HookPlaces } from "./places.ts";
import { readJson } from "./state.ts";

/** The store's sums of today at its last reading. */
export interface StoredDay {
  day: string;
  /** Time of the reading, in ms since the epoch. */
  at: number;
  /** Dollars by the hash of the session. */
  sessions: Readonly<Record<string, number>>;
  /** The five-hour window that was running. */
  window: { endsAt: number; usd: number } | null;
}

const STORED = "store.json";

/** Spend of one session today: its status line adds up what its counter grew by. */
interface SessionDay {
  usd: number;
  /** The counter of the session when it was last seen. */
  counter: number;
}

/** The amounts of money in the status line. */
export interface DaySpend {
  /** Undefined if nothing is recorded. */
  todayUsd: number | undefined;
  stored: StoredDay | undefined;
}

/**
 * Records the counter of a session and adds up the day: of each session the larger of what its status line saw and what the store knew.
 * Reads a few small files, and no history.
 */
export function recordSpend(
  places: HookPlaces,
  { session, costUsd, durationMs }: { session: string; costUsd: number | undefined; durationMs: number },
  now: number,
): DaySpend {
  const day = dayOf(now);
  const folder = join(places.spend, day);
  const seen = new Map<string, number>();
  for (const name of namesIn(folder)) {
    const usd = numberOf(fieldsOf(readJson(join(folder, name)))["usd"]);
    if (usd !== undefined && name !== STORED) seen.set(name.slice(0, -".json".length), usd);
  }
  const own = hashOf(session);
  if (session !== "" && costUsd !== undefined) {
    const beganToday = dayOf(now - durationMs) === day;
    const next = grown(readJson(join(folder, `${own}.json`)), costUsd, beganToday);
    seen.set(own, next.usd);
    replace(folder, `${own}.json`, next);
  }
  const stored = readJson(join(places.spend, STORED)) as StoredDay | undefined;
  const known = stored?.day === day ? fieldsOf(stored.sessions) : {};
  const ids = new Set([...seen.keys(), ...Object.keys(known)]);
  let todayUsd = 0;
  for (const id of ids) todayUsd += Math.max(seen.get(id) ?? 0, numberOf(known[id]) ?? 0);
  return { todayUsd, stored };
}

/** A counter that fell began again, as it does after /clear. What a session spent before today does not count. */
function grown(before: unknown, counter: number, beganToday: boolean): SessionDay {
  const fields = fieldsOf(before);
  const [usd, last] = [numberOf(fields["usd"]), numberOf(fields["counter"])];
  if (usd === undefined || last === undefined) return { usd: beganToday ? counter : 0, counter };
  return { usd: usd + (counter >= last ? counter - last : counter), counter };
}

/** Writes what the store knows about today. */
export function writeStoredDay(places: HookPlaces, stored: StoredDay): void {
  replace(places.spend, STORED, stored);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch (thrown) {
    if (codeOf(thrown) === undefined) throw thrown;
    return []; // the first status line of the day
  }
}

/** Replaces a file in one step; a full disk costs the number, not the status line. */
function replace(folder: string, name: string, value: object): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const temporary = join(folder, `${name}.${process.pid}`);
    writeFileSync(temporary, JSON.stringify(value), { mode: 0o600 });
    renameSync(temporary, join(folder, name));
  } catch (thrown) {
    if (codeOf(thrown) === undefined) throw thrown;
  }
}
