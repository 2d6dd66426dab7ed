import { FLAG } from "../domain/file-scan.ts";
import type { LedgerRequest } from "../domain/ledger-input.ts";
import type { Usage } from "../domain/usage.ts";
import type { Tables } from "./open.ts";
import { idsOf } from "./requests.ts";
import { countsIn } from "./spend-sums.ts";
import { selectUsage } from "./usage-columns.ts";

/** A transcript as far as its ledger names it. */
export interface LedgerTranscript {
  id: number;
  path: string;
  session: string;
  project: string;
}

/** Returns the transcripts with known content in some accounts, or in all. */
export function readLedgerTranscripts({ db }: Tables, accounts?: readonly string[]): LedgerTranscript[] {
  return db
    .prepare<[{ accounts: string | null }], LedgerTranscript>(
      `SELECT id, path, session, project FROM transcript JOIN content ON content.transcript = id
      WHERE @accounts IS NULL OR account IN (SELECT value FROM json_each(@accounts)) ORDER BY id`,
    )
    .all({ accounts: accounts ? JSON.stringify(accounts) : null });
}

/** A request of a transcript, with its thread. */
export interface TranscriptRequest {
  key: string;
  session: string;
  agentId: string;
  agent: string;
  request: LedgerRequest;
}

interface LedgerRequestRow extends Usage {
  key: string;
  at: number;
  line: number;
  counted: number;
  context: number;
  elsewhere: string;
  session: string;
  agentId: string;
  agent: string;
  model: string;
  effort: string;
  branch: string;
  version: string;
  flags: number;
  cost: number | null;
}

const REQUESTS = `
  SELECT own.key, own.at, own.line, own.counted, own.context, own.elsewhere, session, agent_id AS agentId, agent, model, effort,
    branch, version, flags, ${selectUsage("most")}, most.cost
  FROM request AS own JOIN context ON context.id = own.context JOIN request AS most ON most.id = coalesce(own.usage_of, own.id)
  WHERE own.id >= ? AND own.id < ? ORDER BY own.line, own.id`;

/** Makes a function that returns the requests of a transcript in order of lines; those that count elsewhere are copied. */
export function createLedgerRequestReader({ db }: Tables): (transcript: number) => TranscriptRequest[] {
  const read = db.prepare<[number, number], LedgerRequestRow>(REQUESTS);
  return (transcript) => {
    const { from, to } = idsOf(transcript);
    return read.all(from, to).map(toTranscriptRequest);
  };
}

function toTranscriptRequest(row: LedgerRequestRow): TranscriptRequest {
  const { key, session, agentId, agent } = row;
  return { key, session, agentId, agent, request: toLedgerRequest(row) };
}

function toLedgerRequest(row: LedgerRequestRow): LedgerRequest {
  const { at, line, model, context, elsewhere, effort, version, branch, flags, cost } = row;
  const { input, output, thinking, cacheWrite5m, cacheWrite1h, cacheRead, webSearches } = row;
  const usage = { input, output, thinking, cacheWrite5m, cacheWrite1h, cacheRead, webSearches };
  const request: LedgerRequest = { at, line, model, context, elsewhere, usage };
  if (cost !== null) request.costNano = cost;
  if (flags & FLAG.fast) request.fast = true;
  if (flags & FLAG.usOnly) request.usOnly = true;
  if (flags & FLAG.batch) request.batch = true;
  if (effort) request.effort = effort;
  if (version) request.version = version;
  if (branch) request.branch = branch;
  if (row.counted === 0) request.copied = true;
  if (flags & FLAG.part) request.part = true;
  return request;
}

/** The cost of transcripts whose content is unknown: they were gone before their content was read. */
export interface WithoutLedger {
  session: string;
  project: string;
  agent: string;
  model: string;
  branch: string;
  file: string;
  quarter: number;
  nano: number;
}

/** Returns what was spent in transcripts without known content, by what can be filtered by. */
export function readWithoutLedger({ db }: Tables, accounts: readonly string[]): WithoutLedger[] {
  return db
    .prepare<[{ account: string }], WithoutLedger>(
      `SELECT context.session, project, agent, model, branch, path AS file, quarter, sum(cost) AS nano
      FROM spend JOIN context ON context.id = spend.context JOIN transcript ON transcript.id = context.transcript
      WHERE account IN (SELECT value FROM json_each(@account)) AND ${countsIn("elsewhere", true)}
        AND transcript.id NOT IN (SELECT transcript FROM content)
      GROUP BY 1, 2, 3, 4, 5, 6, 7`,
    )
    .all({ account: JSON.stringify(accounts) });
}
