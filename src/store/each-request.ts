import type { NanoUsd } from "../domain/money.ts";
import type { Period } from "../domain/period.ts";
import type { Usage } from "../domain/usage.ts";
import type { Tables } from "./open.ts";
import { countsIn } from "./spend-sums.ts";
import { selectUsage } from "./usage-columns.ts";

/** One request as it counts, with what reports group and filter it by. */
export interface SpentRequest extends Usage {
  /** ms since the epoch. */
  at: number;
  /** Null when the model has no known price. */
  cost: NanoUsd | null;
  model: string;
  session: string;
  agentId: string;
  agent: string;
  project: string;
  account: string;
  effort: string;
  branch: string;
  flags: number;
}

const USAGE = `${selectUsage("request")}, cost`;
const CONTEXT =
  "model, context.session, context.agent_id AS agentId, agent, project, account, effort, branch, flags";

/** Returns every request of a period once in the accounts named, in order of time; default: all accounts. */
export function readRequests(
  { db }: Tables,
  { since, until }: Partial<Period> = {},
  accounts?: readonly string[],
): SpentRequest[] {
  const inAccounts = accounts ? "account IN (SELECT value FROM json_each(@account)) AND" : "";
  return db
    .prepare<[{ since: number | null; until: number | null; account?: string }], SpentRequest>(
      `SELECT at, ${USAGE}, ${CONTEXT} FROM counted_request AS request
      JOIN context ON context.id = request.context JOIN transcript ON transcript.id = context.transcript
      WHERE ${inAccounts} ${countsIn("elsewhere", accounts !== undefined)}
        AND (@since IS NULL OR at >= @since) AND (@until IS NULL OR at < @until) ORDER BY at, request.id`,
    )
    .all({
      since: since ?? null,
      until: until ?? null,
      ...(accounts && { account: JSON.stringify(accounts) }),
    });
}

/** A request as the files of one session hold it, whether it counts there or is another session's copy. */
export interface SessionRequest extends SpentRequest {
  /** The model that was asked for, as spelled there. */
  requested: string;
}

/** Returns what the files of some sessions hold: each request once a session, with its largest output. */
export function readSessionRequests({ db }: Tables, sessions: readonly string[]): SessionRequest[] {
  return db
    .prepare<[string], SessionRequest>(
      `SELECT at, ${USAGE}, ${CONTEXT.replace("context.session", "iif(transcript.session = '', context.session, transcript.session) AS session")},
        requested, max(output)
      FROM request JOIN context ON context.id = request.context JOIN transcript ON transcript.id = context.transcript
      WHERE iif(transcript.session = '', context.session, transcript.session) IN (SELECT value FROM json_each(?))
      GROUP BY iif(transcript.session = '', context.session, transcript.session), key ORDER BY min(request.id)`,
    )
    .all(JSON.stringify(sessions));
}
