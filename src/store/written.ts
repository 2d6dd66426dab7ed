import type { Period } from "../domain/period.ts";
import type { Tables } from "./open.ts";
import { countsIn, PROMPT, promptBand } from "./spend-sums.ts";

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

/** The measured answers of one client version, with one reason for their end. */
export interface WrittenTotal {
  version: string;
  stop: string;
  answers: number;
  output: number;
  bytes: number;
}

const FROM_WRITTEN = `FROM written JOIN counted_request AS request ON request.id = written.request
  JOIN context ON context.id = request.context JOIN transcript ON transcript.id = context.transcript
  WHERE account IN (SELECT value FROM json_each(@account)) AND ${countsIn("elsewhere", true)}`;

/** Adds up the measured answers of some accounts, each counted once. */
export function sumWritten({ db }: Tables, accounts: readonly string[]): WrittenTotal[] {
  return db
    .prepare<[{ account: string }], WrittenTotal>(
      `SELECT version, stop, count(*) AS answers, sum(request.output) AS output, sum(bytes) AS bytes
      ${FROM_WRITTEN} GROUP BY version, stop`,
    )
    .all({ account: JSON.stringify(accounts) });
}

/** Answers of one context, day and price band that wrote more than the count that was recorded of them. */
export interface ShortAnswers {
  /** Of the first one, in ms since the epoch: no price changes within a day of UTC. */
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
  estimatedOutput: number;
  /** Tokens of the longest prompt. */
  prompt: number;
}

/**
 * Returns the answers without a reason for their end, of some accounts and client versions in a period, that are longer at `rate` tokens a
 * byte than what was recorded.
 */
export function readShortAnswers(
  store: Tables,
  accounts: readonly string[],
  versions: readonly string[],
  { since = 0, until = Number.POSITIVE_INFINITY }: Period,
  rate: number,
): ShortAnswers[] {
  const estimated = "round(bytes * @rate)";
  return store.db
    .prepare<[Record<string, string | number>], ShortAnswers>(
      `SELECT min(request.at) AS at, model, context.session, agent, project, account, branch, flags, count(*) AS answers,
        sum(request.output) AS output, sum(${estimated}) AS estimatedOutput, max(${PROMPT}) AS prompt
      ${FROM_WRITTEN} AND request.at >= @since AND request.at < @until AND ${estimated} > request.output
        AND stop = '' AND version IN (SELECT value FROM json_each(@versions))
      GROUP BY context.id, floor(request.at / 86400000.0), ${promptBand(store)}`,
    )
    .all({ account: JSON.stringify(accounts), versions: JSON.stringify(versions), since, until, rate });
}
