import type { Tables } from "./open.ts";

/** Returns how many transcripts were read, and how many of their lines were parsed in which way. */
export function readLineCounts({ db }: Tables): { files: number; lines: Record<string, number> } {
  const files = db.prepare("SELECT count(*) FROM transcript").pluck().get() as number;
  const rows = db
    .prepare<[], [string, number]>("SELECT code, sum(count) FROM line_count GROUP BY code ORDER BY code")
    .raw()
    .all();
  return { files, lines: Object.fromEntries(rows) };
}
