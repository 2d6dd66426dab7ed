import type { Tables } from "./open.ts";

/** Returns when the last entry of each session was written, in ms since the epoch. */
export function readSessionEnds({ db }: Tables): ReadonlyMap<string, number> {
  const rows = db
    .prepare<[], [session: string, lastAt: number]>(
      "SELECT session, max(last_at) FROM transcript WHERE last_at IS NOT NULL GROUP BY session",
    )
    .raw()
    .all();
  return new Map(rows);
}
