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
import { HELD_MONEY_SCHEMA } from "./held-money.ts";
import { JUDGEMENTS_SCHEMA } from "./judgements.ts";
import { hashWords } from "./hash-words.ts";
import { LEDGER_ANSWERS_SCHEMA } from "./ledger-answers.ts";
import { LEDGER_SCHEMA } from "./ledger-sums.ts";
import { migrateToRows } from "./migrate-to-rows.ts";
import { COUNTED_VIEW, REQUESTS_SCHEMA } from "./requests.ts";
import { rebuildSpend, SPEND_SCHEMA } from "./spend-sums.ts";
import { TASKS_SCHEMA } from "./tasks-schema.ts";
import { SESSION_INDEX, TRANSCRIPTS_SCHEMA } from "./transcripts.ts";
import { TITLES_SCHEMA } from "./titles.ts";
import { CAUSES_VIEW, REQUESTS_VIEW, VIEWS } from "./views.ts";

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
  HELD_MONEY_SCHEMA,
  BREAKERS_SCHEMA,
  BATCHES_SCHEMA,
  JUDGEMENTS_SCHEMA,
  TASKS_SCHEMA,
  DECISIONS_SCHEMA,
  HAND_OUTCOMES_SCHEMA,
  TITLES_SCHEMA,
  VIEWS,
  CAUSES_VIEW,
];

function hasColumn(db: Database.Database, table: string, column: string): boolean {
  return db.prepare("SELECT 1 FROM pragma_table_info(?) WHERE name = ?").get(table, column) !== undefined;
}

/** Brings the tables of one format to the next. */
export type Migration = (db: Database.Database) => void;

/** Tables and views that format 4 adds. */
const FORMAT_4 = [
  CONTENT_SCHEMA,
  LEDGER_SCHEMA,
  LEDGER_ANSWERS_SCHEMA,
  CHANGE_DECISIONS_SCHEMA,
  HELD_MONEY_SCHEMA,
  CAUSES_VIEW,
];

/** Adds the ledger, copies of entries and goals, and makes hashes of words. Stores of formats 1 and 2 have the tables already. */
function migrateToFormat4(db: Database.Database): void {
  if (!hasColumn(db, "model_switch", "entry")) db.exec("ALTER TABLE model_switch ADD COLUMN entry INTEGER");
  if (!hasColumn(db, "task", "goal")) db.exec("ALTER TABLE task ADD COLUMN goal INTEGER");
  db.exec(FORMAT_4.join("").replaceAll(/CREATE (TABLE|INDEX|VIEW) (?!IF)/g, "CREATE $1 IF NOT EXISTS "));
  db.exec("UPDATE reading SET size = -1, fingerprint = '' WHERE kind = 'requests'"); // answers are measured when they are read again
  hashWords(db);
}

/** Reads transcripts again whose agents had no id or no type. */
function migrateToFormat6(db: Database.Database): void {
  db.exec(`
    UPDATE reading SET size = -1, fingerprint = '' WHERE kind = 'requests' AND transcript IN (
      SELECT id FROM transcript JOIN agent_run USING (session) WHERE gone = 0 AND agent_type IS NULL
        AND transcript.agent_id IN (agent_run.agent_id, iif(agent_run.agent_id = 'sidechain', '', NULL)));
    DELETE FROM agent_run WHERE agent_id = 'sidechain'`);
  for (const column of ["unrecorded", "unrecorded_cost"])
    if (hasColumn(db, "ledger", column)) db.exec(`ALTER TABLE ledger DROP COLUMN ${column}`);
}

/** Moves the length of answers from a table of its own into their rows, adds it up with the requests, and finds main transcripts sooner. */
function migrateToFormat7(db: Database.Database): void {
  moveStops(db);
  if (!hasColumn(db, "request", "written"))
    db.exec("ALTER TABLE request ADD COLUMN written INTEGER NOT NULL DEFAULT 0");
  if (hasColumn(db, "written", "bytes"))
    db.exec("UPDATE request SET written = bytes FROM written WHERE request.id = request; DROP TABLE written");
  db.exec(`DROP VIEW counted_request; ${COUNTED_VIEW} DROP TABLE spend; ${SPEND_SCHEMA}`);
  db.exec(`DROP INDEX IF EXISTS transcript_session; ${SESSION_INDEX}`);
  rebuildSpend({ db });
}

/** Adds the calls of requests to the ledger, which is made again from content that is read again. */
function migrateToFormat8(db: Database.Database): void {
  if (!hasColumn(db, "ledger", "calls"))
    db.exec("ALTER TABLE ledger ADD COLUMN calls TEXT NOT NULL DEFAULT ''");
  db.exec(`DROP VIEW IF EXISTS causes; ${CAUSES_VIEW}`);
}

/** Moves the reason for the end of an answer from its context into its row: each reason had a context of its own. */
function moveStops(db: Database.Database): void {
  if (!hasColumn(db, "context", "stop")) return;
  db.exec(`
    ALTER TABLE request ADD COLUMN stop TEXT NOT NULL DEFAULT '';
    UPDATE request SET stop = context.stop FROM context WHERE context.id = request.context AND context.stop <> '';
    DROP VIEW IF EXISTS requests;
    DROP VIEW counted_request;
    ALTER TABLE context DROP COLUMN stop;
    ${COUNTED_VIEW} ${REQUESTS_VIEW}`);
}

/** Reads transcripts again whose requests have another key now: all that are not identified by a message id alone. */
function migrateToFormat10(db: Database.Database): void {
  db.exec(`
    UPDATE reading SET size = -1, fingerprint = '' WHERE kind = 'requests' AND transcript IN (
      SELECT transcript FROM request JOIN context ON context.id = context WHERE key GLOB '*:*' OR requested <> '')`);
}

/** One migration per format: the first makes format 2 of format 1. A change of SCHEMA after a release needs one here. */
export const MIGRATIONS: readonly Migration[] = [
  () => {}, // The next one reads both formats.
  (db) => migrateToRows(db, SCHEMA),
  migrateToFormat4,
  (db) => db.exec(TITLES_SCHEMA.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS")),
  migrateToFormat6,
  migrateToFormat7,
  migrateToFormat8,
  moveStops,
  migrateToFormat10,
];
