import { ATTEMPTS_SCHEMA } from "./attempts.ts";
import { BATCHES_SCHEMA } from "./batches.ts";
import { ANALYSES_SCHEMA } from "./session-analyses.ts";
import { BREAKERS_SCHEMA } from "./breakers.ts";
import { TRANSCRIPTS_SCHEMA } from "./transcripts-schema.ts";

/**
 * The tables, one block per concern. All of it is version 1: a change after a release goes into MIGRATIONS, never here
 * alone.
 */
export const SCHEMA_VERSION = 1;

const META = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
`;

export const SCHEMA: readonly string[] = [
  META,
  TRANSCRIPTS_SCHEMA,
  ATTEMPTS_SCHEMA,
  BREAKERS_SCHEMA,
  BATCHES_SCHEMA,
  ANALYSES_SCHEMA,
];
