import type { Period } from "../domain/period.ts";
import type { Tables } from "./open.ts";

/** Returns how many transcripts of a period were read, and how many of their lines were parsed in which way. */
export function readLineCounts(
  { db }: Tables,
  { since, until }: Partial<Period> = {},
): { files: number; lines: Record<string, number> } {
  const period = { since: since ?? null, until: until ?? null };
  const inPeriod = `(@since IS NULL OR last_at IS NULL OR last_at >= @since)
    AND (@until IS NULL OR first_at IS NULL OR first_at < @until)`;
  const files = db.prepare(`SELECT count(*) FROM transcript WHERE ${inPeriod}`).pluck().get(period) as number;
  const rows = db
    .prepare<[typeof period], [string, number]>(
      `SELECT code, sum(count) FROM line_count JOIN transcript ON transcript.id = line_count.transcript
      WHERE ${inPeriod} GROUP BY code ORDER BY code`,
    )
    .raw()
    .all(period);
  return { files, lines: Object.fromEntries(rows) };
}

/** A transcript with lines that were not understood. */
export interface ProblemCount {
  path: string;
  code: string;
  lines: number;
}

/** Returns the transcripts with lines that were not understood, those with most first. Entries of unknown types do not count. */
export function readProblems({ db }: Tables): ProblemCount[] {
  return db
    .prepare<[], ProblemCount>(
      `SELECT path, code, sum(count) AS lines FROM line_count JOIN transcript ON transcript.id = line_count.transcript
      WHERE code NOT IN ('understood', 'skipped', 'unknown-entry') AND code NOT GLOB 'type:*'
      GROUP BY path, code ORDER BY lines DESC, path, code`,
    )
    .all();
}
