import { DAY_MS } from "../domain/calendar.ts";
import { MEASURED } from "../domain/output-count.ts";
import type { Period } from "../domain/period.ts";
import type { Tables } from "./open.ts";
import { countsIn, QUARTER_MS, sourceOf } from "./spend-sums.ts";

/** Measured answers, added up. */
export interface WrittenTotal {
  answers: number;
  output: number;
  bytes: number;
}

const SUMS =
  "coalesce(sum(requests), 0) AS answers, coalesce(sum(output), 0) AS output, coalesce(sum(written), 0) AS bytes";
const IN_ACCOUNTS = `JOIN context ON context.id = sums.context JOIN transcript ON transcript.id = context.transcript
  WHERE account IN (SELECT value FROM json_each(@account)) AND ${countsIn("elsewhere", true)}`;

/** Adds up the finished answers that were measured of some accounts, each counted once. */
export function sumFinished({ db }: Tables, accounts: readonly string[]): WrittenTotal {
  return db
    .prepare<[{ account: string }], WrittenTotal>(
      `SELECT ${SUMS} FROM spend AS sums ${IN_ACCOUNTS} AND measured = ${MEASURED.finished}`,
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

const QUARTERS_OF_DAY = DAY_MS / QUARTER_MS;

/** Returns the answers of some accounts in a period that have only a first count. */
export function readFirstCounts({ db }: Tables, accounts: readonly string[], period: Period): FirstCounts[] {
  const { since = null, until = null } = period;
  return db
    .prepare<[Record<string, string | number | null>], FirstCounts>(
      `SELECT min(sums.first_at) AS at, model, context.session, agent, project, account, branch, flags, ${SUMS},
        prompt_above AS promptAbove
      FROM ${sourceOf(db, period)} AS sums ${IN_ACCOUNTS} AND measured = ${MEASURED.first}
        AND (@since IS NULL OR sums.last_at >= @since) AND (@until IS NULL OR sums.first_at < @until)
      GROUP BY context.id, floor(quarter * 1.0 / ${QUARTERS_OF_DAY}), prompt_above`,
    )
    .all({ account: JSON.stringify(accounts), since, until });
}
