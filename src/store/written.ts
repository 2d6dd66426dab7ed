import { FIRST_COUNT_RATE } from "../domain/output-count.ts";
import type { Period } from "../domain/period.ts";
import type { Tables } from "./open.ts";
import { ROOM } from "./requests.ts";
import { countsIn, isWithinQuarter, promptBand, QUARTER_MS } from "./spend-sums.ts";

/** The length of answers whose recorded output is only a first count, and of finished ones beside them. */
export const WRITTEN_SCHEMA = `
CREATE TABLE written (
  request INTEGER PRIMARY KEY,
  -- Of its text, its thinking and the inputs of its tools as JSON.
  bytes INTEGER NOT NULL
) STRICT;
`;

/** Makes a function that adds to how many bytes the answer of a request wrote. */
export function createWrittenWriter({ db }: Tables): (request: number, bytes: number) => void {
  const add = db.prepare(
    "INSERT INTO written VALUES (?, ?) ON CONFLICT DO UPDATE SET bytes = bytes + excluded.bytes",
  );
  return (request, bytes) => {
    if (bytes > 0) add.run(request, bytes);
  };
}

/** Measured answers, added up. */
export interface WrittenTotal {
  answers: number;
  output: number;
  bytes: number;
}

/** The condition of an answer whose count is the one that its stream began with. */
const IS_FIRST = `(stop = '' AND request.output < bytes * ${FIRST_COUNT_RATE})`;

/** The measured answers that count, added up: reports need none of them alone. */
export const WRITTEN_SUMS_SCHEMA = `
CREATE TABLE written_sum (
  -- 1 for answers of which only a first count was recorded.
  is_first INTEGER NOT NULL,
  -- As in spend.
  context INTEGER NOT NULL,
  quarter INTEGER NOT NULL,
  prompt_above INTEGER NOT NULL,
  elsewhere TEXT NOT NULL,
  answers INTEGER NOT NULL,
  output REAL NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (is_first, context, quarter, prompt_above, elsewhere)
) STRICT, WITHOUT ROWID;
`;

/** Adds up the measured answers of some transcripts again, or of all. */
export function rebuildWrittenSums({ db }: Tables, transcripts?: ReadonlySet<number>): void {
  if (db.prepare("SELECT 1 FROM written LIMIT 1").get() === undefined) {
    db.exec("DELETE FROM written_sum");
    return;
  }
  const ofContexts =
    "WHERE is_first IN (0, 1) AND context IN (SELECT id FROM context WHERE transcript = @transcript)";
  const ofRequests = `WHERE request.id >= @transcript * ${ROOM} AND request.id < (@transcript + 1) * ${ROOM}`;
  const statements = [
    `DELETE FROM written_sum ${transcripts ? ofContexts : ""}`,
    `INSERT INTO written_sum ${groupAnswers(db, transcripts ? ofRequests : "")}`,
  ].map((sql) => db.prepare(sql));
  for (const transcript of transcripts ?? [0])
    for (const statement of statements) statement.run(...(transcripts ? [{ transcript }] : []));
}

/** Returns a SELECT with the columns of `written_sum` over the answers that fulfil a condition. */
function groupAnswers(db: Tables["db"], where: string): string {
  return `SELECT ${IS_FIRST} AS is_first, context, CAST(floor(at / ${QUARTER_MS}.0) AS INTEGER) AS quarter,
      ${promptBand({ db })} AS prompt_above, elsewhere,
      count(*) AS answers, sum(request.output) AS output, sum(bytes) AS bytes
    FROM written JOIN counted_request AS request ON request.id = written.request
      JOIN context ON context.id = request.context ${where} GROUP BY 1, 2, 3, 4, 5`;
}

const IN_ACCOUNTS = `JOIN context ON context.id = sums.context JOIN transcript ON transcript.id = context.transcript
  WHERE account IN (SELECT value FROM json_each(@account)) AND ${countsIn("elsewhere", true)}`;

/** Adds up the finished answers that were measured of some accounts, each counted once. */
export function sumFinished({ db }: Tables, accounts: readonly string[]): WrittenTotal {
  return db
    .prepare<[{ account: string }], WrittenTotal>(
      `SELECT coalesce(sum(answers), 0) AS answers, coalesce(sum(output), 0) AS output, coalesce(sum(bytes), 0) AS bytes
      FROM written_sum AS sums ${IN_ACCOUNTS} AND is_first = 0`,
    )
    .get({ account: JSON.stringify(accounts) }) as WrittenTotal;
}

/** Answers of one context, day and band of prompt length of which only a first count was recorded. */
export interface FirstCounts {
  /** In ms since the epoch: no price changes within a day of UTC. */
  at: number;
  model: string;
  session: string;
  agent: string;
  project: string;
  account: string;
  branch: string;
  flags: number;
  answers: number;
  output: number;
  /** Bytes that they wrote. */
  bytes: number;
  /** Tokens that the prompts are longer than. */
  promptAbove: number;
}

const QUARTERS_OF_DAY = 86_400_000 / QUARTER_MS;

/** Returns the answers of some accounts in a period that have only a first count. */
export function readFirstCounts({ db }: Tables, accounts: readonly string[], period: Period): FirstCounts[] {
  const { since = 0, until = Number.POSITIVE_INFINITY } = period;
  const within = "WHERE request.at >= @since AND request.at < @until";
  const sums = isWithinQuarter(period) ? `(${groupAnswers(db, within)})` : "written_sum";
  return db
    .prepare<[Record<string, string | number>], FirstCounts>(
      `SELECT min(quarter) * ${QUARTER_MS} AS at, model, context.session, agent, project, account, branch, flags,
        sum(answers) AS answers, sum(output) AS output, sum(bytes) AS bytes, prompt_above AS promptAbove
      FROM ${sums} AS sums ${IN_ACCOUNTS} AND is_first = 1
        AND quarter * ${QUARTER_MS} < @until AND (quarter + 1) * ${QUARTER_MS} > @since
      GROUP BY context.id, floor(quarter * 1.0 / ${QUARTERS_OF_DAY}), prompt_above`,
    )
    .all({ account: JSON.stringify(accounts), since, until });
}
