import { ATTEMPTS_SCHEMA } from "./attempts.ts";
import { BATCHES_SCHEMA } from "./batches.ts";
import { ANALYSES_SCHEMA } from "./session-analyses.ts";
import { BREAKERS_SCHEMA } from "./breakers.ts";
import { DECISIONS_SCHEMA } from "./decisions.ts";
import { HAND_OUTCOMES_SCHEMA } from "./hand-outcomes.ts";
import { FORGOTTEN_SCHEMA } from "./forget.ts";
import { REQUESTS_SCHEMA, SUMS_SCHEMA } from "./request-packs.ts";
import { TRANSCRIPTS_SCHEMA } from "./transcripts-schema.ts";

/**
 * What brings an older store up to date, one script per version: the first makes format 2 of format 1. A change after a
 * release goes here and into SCHEMA, which always makes the newest format.
 */
export const MIGRATIONS: readonly string[] = [
  // The next reading prices every pack anew, and sums are written with packs.
  `${SUMS_SCHEMA} DELETE FROM meta WHERE key = 'prices';`,
  // Events have a position of their own. Where lines were only noted so far, there are no events yet.
  `ALTER TABLE transcript ADD COLUMN observed_offset INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE transcript ADD COLUMN observed_line INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE transcript ADD COLUMN observed_unterminated INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE transcript ADD COLUMN observed_fingerprint TEXT NOT NULL DEFAULT '';
  UPDATE transcript SET observed_offset = "offset", observed_line = line, observed_unterminated = unterminated,
    observed_fingerprint = fingerprint WHERE observer <> '';
  DROP TABLE watched;`,
];

const META = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
`;

/** The tables of a fresh store, one block per concern. */
export const SCHEMA: readonly string[] = [
  META,
  TRANSCRIPTS_SCHEMA,
  REQUESTS_SCHEMA,
  SUMS_SCHEMA,
  FORGOTTEN_SCHEMA,
  ATTEMPTS_SCHEMA,
  BREAKERS_SCHEMA,
  BATCHES_SCHEMA,
  ANALYSES_SCHEMA,
  DECISIONS_SCHEMA,
  HAND_OUTCOMES_SCHEMA,
];
