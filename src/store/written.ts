import { FIRST_COUNT_RATE } from "../domain/output-count.ts";
import type { Period } from "../domain/period.ts";
import type { Tables } from "./open.ts";
import { countsIn, PROMPT, promptBand } from "./spend-sums.ts";

/** Measured answers, added up. */
export interface WrittenTotal {
  answers: number;
  output: number;
  bytes: number;
}

/** The condition of an answer whose count is the one that its stream began with. */
const IS_FIRST = `(stop = '' AND request.output < written * ${FIRST_COUNT_RATE})`;

const FROM_WRITTEN = `FROM counted_request AS request
  JOIN context ON context.id = request.context JOIN transcript ON transcript.id = context.transcript
  WHERE written > 0 AND account IN (SELECT value FROM json_each(@account)) AND ${countsIn("elsewhere", true)}`;

/** Adds up the finished answers that were measured of some accounts, each counted once. */
export function sumFinished({ db }: Tables, accounts: readonly string[]): WrittenTotal {
  return db
    .prepare<[{ account: string }], WrittenTotal>(
      `SELECT count(*) AS answers, coalesce(sum(request.output), 0) AS output, coalesce(sum(written), 0) AS bytes
      ${FROM_WRITTEN} AND NOT ${IS_FIRST}`,
    )
    .get({ account: JSON.stringify(accounts) }) as WrittenTotal;
}

/** Answers of one context, day and price band of which only a first count was recorded. */
export interface FirstCounts {
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
  /** Bytes that they wrote. */
  bytes: number;
  /** Tokens of the longest prompt. */
  prompt: number;
}

/** Returns the answers of some accounts in a period that have only a first count. */
export function readFirstCounts(
  store: Tables,
  accounts: readonly string[],
  { since = 0, until = Number.POSITIVE_INFINITY }: Period,
): FirstCounts[] {
  return store.db
    .prepare<[Record<string, string | number>], FirstCounts>(
      `SELECT min(request.at) AS at, model, context.session, agent, project, account, branch, flags, count(*) AS answers,
        sum(request.output) AS output, sum(written) AS bytes, max(${PROMPT}) AS prompt
      ${FROM_WRITTEN} AND request.at >= @since AND request.at < @until AND ${IS_FIRST}
      GROUP BY context.id, floor(request.at / 86400000.0), ${promptBand(store)}`,
    )
    .all({ account: JSON.stringify(accounts), since, until });
}
