import { FLAG, type RequestContext } from "../domain/file-scan.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { Usage } from "../domain/usage.ts";
import type { Tables } from "./open.ts";
import { USAGE_SCHEMA } from "./usage-columns.ts";

/** Shows the requests that count. */
export const COUNTED_VIEW = `
-- Every request once in each account that holds it.
CREATE VIEW counted_request AS
SELECT request.id, request.context, request.at, request.line, request.elsewhere, request.written, request.stop,
  iif(most.id IS NULL, request.input, most.input) AS input,
  iif(most.id IS NULL, request.output, most.output) AS output,
  iif(most.id IS NULL, request.thinking, most.thinking) AS thinking,
  iif(most.id IS NULL, request.cache_write_5m, most.cache_write_5m) AS cache_write_5m,
  iif(most.id IS NULL, request.cache_write_1h, most.cache_write_1h) AS cache_write_1h,
  iif(most.id IS NULL, request.cache_read, most.cache_read) AS cache_read,
  iif(most.id IS NULL, request.web_searches, most.web_searches) AS web_searches,
  iif(most.id IS NULL, request.cost, most.cost) AS cost
FROM request LEFT JOIN request AS most ON most.id = request.usage_of
WHERE request.counted = 1;
`;

/**
 * A row for each request in each transcript that holds it. A request can occur in several (forks, resumes, echoes): every occurrence
 * stays as its file has it, so that a file can be read again on its own, and one of them counts (copies.ts).
 */
export const REQUESTS_SCHEMA = `
-- What many requests of a transcript have in common, as their entries state it; empty when they do not.
CREATE TABLE context (
  id INTEGER PRIMARY KEY,
  transcript INTEGER NOT NULL,
  session TEXT NOT NULL,
  -- Empty on the main thread.
  agent_id TEXT NOT NULL,
  -- The agent type that the entries name, and the one that counts: "main", this one, that of the call, or "unknown".
  agent_type TEXT NOT NULL,
  agent TEXT NOT NULL,
  -- The model that answered as spelled there, its canonical id, and the model that was asked for.
  served TEXT NOT NULL,
  model TEXT NOT NULL,
  requested TEXT NOT NULL,
  effort TEXT NOT NULL,
  branch TEXT NOT NULL,
  cwd TEXT NOT NULL,
  version TEXT NOT NULL,
  nickname TEXT NOT NULL,
  -- Sum of: ${Object.entries(FLAG)
    .map(([name, bit]) => `${bit} ${name}`)
    .join(", ")}.
  flags INTEGER NOT NULL,
  -- 1 for the context of the transcript's last request.
  is_last INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX context_transcript ON context (transcript);

CREATE TABLE request (
  -- transcript × 16777216 + number within it: the requests of a transcript are adjacent.
  id INTEGER PRIMARY KEY,
  context INTEGER NOT NULL,
  -- The same in every copy of a request (docs/definitions.md, Request).
  key TEXT NOT NULL,
  -- Time of its first entry in ms since the epoch, and that entry's line.
  at INTEGER NOT NULL,
  line INTEGER NOT NULL,
  -- Tokens.
  ${USAGE_SCHEMA},
  -- Nano-dollars; null when the model has no known price.
  cost REAL,
  -- 0 when another occurrence of the same account counts.
  counted INTEGER NOT NULL DEFAULT 1,
  -- Accounts whose occurrence counts instead when they are shown as well, as a JSON array; empty if no account is.
  elsewhere TEXT NOT NULL DEFAULT '',
  -- The occurrence with the most output, whose usage counts instead of this one's; null when it is this one.
  usage_of INTEGER,
  -- Bytes of its text, its thinking and the inputs of its tools as JSON; 0 where every count of output is final.
  written INTEGER NOT NULL DEFAULT 0,
  -- The reason for its end, as its entry states it; empty if none is.
  stop TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX request_key ON request (key);

${COUNTED_VIEW}`;

/** Number of ids that a transcript has. */
export const ROOM = 2 ** 24;

/** Returns the ids that the requests of a transcript can have: from the first to before the second. */
export function idsOf(transcript: number): { from: number; to: number } {
  return { from: transcript * ROOM, to: (transcript + 1) * ROOM };
}

/** The transcript that a request's id belongs to. */
export const transcriptOf = (id: number): number => Math.floor(id / ROOM);

/** The prices of the requests of one context. */
export interface ContextPricing {
  /** The canonical id of the model; an unknown one as it is spelled. */
  model: string;
  /** Returns nano-dollars, or undefined when the price is not known; `at` in ms since the epoch. */
  cost(at: number, usage: Usage): NanoUsd | undefined;
}

/** The prices of requests: the store keeps costs but knows no prices. */
export interface Pricing {
  /** Differs whenever a price or a rule does. */
  fingerprint: string;
  /** Prompt lengths in tokens above which some model has another price, ascending. */
  promptBorders: readonly number[];
  of(context: RequestContext): ContextPricing;
}

/** Returns those of some sessions that a transcript holds requests of. */
export function findCountedSessions({ db }: Tables, sessions: readonly string[]): Set<string> {
  if (sessions.length === 0) return new Set();
  const found = db
    .prepare<[string], string>(
      "SELECT DISTINCT session FROM context WHERE session IN (SELECT value FROM json_each(?))",
    )
    .pluck()
    .all(JSON.stringify([...new Set(sessions)]));
  return new Set(found);
}

/** Deletes the requests of a transcript. */
export function createRequestRemover({ db }: Tables): (transcript: number) => void {
  const rows = db.prepare("DELETE FROM request WHERE id >= ? AND id < ?");
  const contexts = db.prepare("DELETE FROM context WHERE transcript = ?");
  return (transcript) => {
    const { from, to } = idsOf(transcript);
    rows.run(from, to);
    contexts.run(transcript);
  };
}

/**
 * Drops the index of keys while an empty store is filled, because building it afterwards takes a tenth of the time. Returns what builds
 * it again; call that before copies are resolved, in the same transaction.
 */
export function dropKeyIndex({ db }: Tables): () => void {
  db.exec("DROP INDEX request_key");
  return () => db.exec("CREATE INDEX request_key ON request (key)");
}
