import type Database from "better-sqlite3";
import { AGENT_RUNS_SCHEMA } from "./agent-runs.ts";
import { ATTEMPTS_SCHEMA } from "./attempts.ts";
import { BATCHES_SCHEMA } from "./batches.ts";
import { BREAKERS_SCHEMA } from "./breakers.ts";
import { CHANGE_DECISIONS_SCHEMA } from "./change-decisions.ts";
import { CONTENT_SCHEMA } from "./content.ts";
import { DECISIONS_SCHEMA } from "./decisions.ts";
import { EVENTS_SCHEMA } from "./events.ts";
import { FORGOTTEN_SCHEMA } from "./forget.ts";
import { HAND_OUTCOMES_SCHEMA } from "./hand-outcomes.ts";
import { JUDGEMENTS_SCHEMA } from "./judgements.ts";
import { LEDGER_ANSWERS_SCHEMA } from "./ledger-answers.ts";
import { LEDGER_SCHEMA } from "./ledger-sums.ts";
import { migrateToRows } from "./migrate-to-rows.ts";
import { REQUESTS_SCHEMA } from "./requests.ts";
import { SPEND_SCHEMA } from "./spend-sums.ts";
import { TASKS_SCHEMA } from "./tasks-schema.ts";
import { TRANSCRIPTS_SCHEMA } from "./transcripts.ts";
import { CAUSES_VIEW, VIEWS } from "./views.ts";

const META = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
`;

/** The tables of a fresh store, one block per concern. */
export const SCHEMA: readonly string[] = [
  META,
  TRANSCRIPTS_SCHEMA,
  REQUESTS_SCHEMA,
  SPEND_SCHEMA,
  AGENT_RUNS_SCHEMA,
  EVENTS_SCHEMA,
  CONTENT_SCHEMA,
  LEDGER_SCHEMA,
  LEDGER_ANSWERS_SCHEMA,
  CHANGE_DECISIONS_SCHEMA,
  FORGOTTEN_SCHEMA,
  ATTEMPTS_SCHEMA,
  BREAKERS_SCHEMA,
  BATCHES_SCHEMA,
  JUDGEMENTS_SCHEMA,
  TASKS_SCHEMA,
  DECISIONS_SCHEMA,
  HAND_OUTCOMES_SCHEMA,
  VIEWS,
  CAUSES_VIEW,
];

/** Brings the tables of one format to the next. */
export type Migration = (db: Database.Database) => void;

/** What format 4 adds; stores of formats 1 and 2 have it already, because the migration before makes all tables. */
const FORMAT_4 = [CONTENT_SCHEMA, LEDGER_SCHEMA, LEDGER_ANSWERS_SCHEMA, CHANGE_DECISIONS_SCHEMA, CAUSES_VIEW];

/** One migration per format: the first makes format 2 of format 1. A change of SCHEMA after a release needs one here. */
export const MIGRATIONS: readonly Migration[] = [
  () => {}, // The next one reads both formats.
  (db) => migrateToRows(db, SCHEMA),
  (db) => db.exec(FORMAT_4.join("").replaceAll(/CREATE (TABLE|INDEX|VIEW) /g, "CREATE $1 IF NOT EXISTS ")),
];
