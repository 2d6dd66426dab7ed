import type Database from "better-sqlite3";
import { existsSync, realpathSync } from "node:fs";
import { writeAgentTypes } from "./agent-runs.ts";
import { resolveCopies } from "./copies.ts";
import { idsOf } from "./requests.ts";
import { resolveProjects } from "./transcripts.ts";
import { USAGE_COLUMNS } from "./usage-columns.ts";

/**
 * Makes format 3 of formats 1 and 2. They kept the requests of a transcript packed in one row (`request_pack`), the earliest stores of
 * format 1 as rows with other columns. Transcripts that are gone keep everything; what is on disk is judged again. Costs and sums are
 * computed by the next ingest, which knows the prices.
 */
export function migrateToRows(db: Database.Database, schema: readonly string[]): void {
  const old = setAside(db);
  for (const block of schema) db.exec(block);
  db.exec(`INSERT INTO meta SELECT key, value FROM old_meta WHERE key <> 'prices'`);
  for (const table of [
    "agent_run",
    "client_cost",
    "event_batch",
    "forgotten",
    "hand_outcome",
    "decision",
    "attempts",
    "breakers",
    "batches",
  ])
    // prettier-ignore
    if (old.has(table)) copyTable(db, table);
  // Reasons held text of answers, checks and errors.
  db.exec("UPDATE attempts SET attempt = json_remove(attempt, '$.reason')");
  db.exec(TRANSCRIPTS);
  useRealPaths(db);
  db.exec(old.has("request_pack") ? "" : ROWS);
  if (old.has("request_pack")) unpackRequests(db);
  db.exec(LAST_CONTEXTS);
  for (const table of old) db.exec(`DROP TABLE old_${table}`);
  resolveProjects({ db });
  writeAgentTypes({ db });
  resolveCopies({ db });
}

/** Renames all tables and drops what refers to them; returns their names. */
function setAside(db: Database.Database): Set<string> {
  const list = (type: string) =>
    db
      .prepare<[string], string>(
        "SELECT name FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite_%' ORDER BY name",
      )
      .pluck()
      .all(type);
  for (const type of ["trigger", "view", "index"])
    for (const name of list(type)) db.exec(`DROP ${type} "${name}"`);
  const tables = list("table");
  for (const table of tables) db.exec(`ALTER TABLE "${table}" RENAME TO "old_${table}"`);
  return new Set(tables);
}

/** A configuration folder was known by the path that it was named with; now it is known by its real path. */
function useRealPaths(db: Database.Database): void {
  const accounts = db.prepare<[], string>("SELECT DISTINCT account FROM transcript").pluck().all();
  const move = db.prepare(
    "UPDATE OR IGNORE transcript SET path = @real || substr(path, length(@account) + 1), account = @real WHERE account = @account",
  );
  for (const account of accounts) {
    if (!existsSync(account)) continue;
    const real = realpathSync.native(account);
    if (real !== account) move.run({ real, account });
  }
}

function copyTable(db: Database.Database, table: string): void {
  const columns = db
    .prepare<[string, string], string>(
      "SELECT '\"' || name || '\"' FROM pragma_table_info(?) WHERE name IN (SELECT name FROM pragma_table_info(?))",
    )
    .pluck()
    .all(table, `old_${table}`)
    .join(", ");
  db.exec(`INSERT INTO "${table}" (${columns}) SELECT ${columns} FROM "old_${table}"`);
}

const TRANSCRIPTS = `
INSERT INTO transcript (id, path, account, slug, session, agent_id, cwd, first_at, last_at, gone)
SELECT id, old_transcript.path, iif(instr(old_transcript.path, '/projects/') > 0,
    substr(old_transcript.path, 1, instr(old_transcript.path, '/projects/') - 1), ''),
  slug, session, agent_id, coalesce(old_project.path, ''), first_at, last_at, gone
FROM old_transcript LEFT JOIN old_project USING (slug);

INSERT INTO reading
SELECT id, 'requests', size, mtime_ms, inode, "offset", line, unterminated, fingerprint, '' FROM old_transcript;
INSERT INTO reading
SELECT id, 'events', size, mtime_ms, inode, "offset", line, unterminated, fingerprint, observer FROM old_transcript
WHERE observer <> '' AND id NOT IN (SELECT transcript FROM old_watched);

INSERT INTO line_count
SELECT old_transcript.id, json_each.key, json_each.value FROM old_transcript, json_each(counts -> 'lines')
UNION ALL SELECT old_transcript.id, 'type:' || json_each.key, json_each.value FROM old_transcript, json_each(counts -> 'unknown');
`;

/** The earliest stores: a context could belong to several transcripts. */
const ROWS = `
INSERT INTO context (transcript, session, agent_id, agent_type, agent, served, model, requested, effort, branch, cwd, version,
  nickname, flags)
SELECT DISTINCT old_request.transcript, session, agent_id, agent_type, iif(agent_id = '', 'main', coalesce(nullif(agent_type, ''), 'unknown')),
  served, model, requested, effort, branch, cwd, version, nickname, flags
FROM old_request JOIN old_context ON old_context.id = old_request.context;
INSERT INTO request (id, context, key, at, line, ${USAGE_COLUMNS}, stop)
SELECT old_request.transcript * 16777216 + row_number() OVER (PARTITION BY old_request.transcript ORDER BY old_request.id) - 1,
  context.id, key, at, line, ${USAGE_COLUMNS}, old_context.stop
FROM old_request JOIN old_context ON old_context.id = old_request.context
JOIN context ON context.transcript = old_request.transcript
  AND (context.session, context.agent_id, context.agent_type, context.served, context.model, context.requested, context.effort,
    context.branch, context.cwd, context.version, context.nickname, context.flags)
  = (old_context.session, old_context.agent_id, old_context.agent_type, old_context.served, old_context.model,
    old_context.requested, old_context.effort, old_context.branch, old_context.cwd, old_context.version, old_context.nickname,
    old_context.flags);
`;

/** The last request that is not a part of another (64). */
const LAST_CONTEXTS = `
UPDATE context SET is_last = 1 WHERE id IN (
  SELECT (SELECT context FROM request JOIN context AS own ON own.id = request.context
    WHERE request.id >= transcript.id * 16777216 AND request.id < (transcript.id + 1) * 16777216 AND NOT own.flags & 64
    ORDER BY request.id DESC LIMIT 1)
  FROM transcript);
`;

/** Numbers of a packed request: at, line, context, seven of usage, cost. */
const PACKED = 11;

interface PackedContext {
  [field: string]: string | number;
}

function unpackRequests(db: Database.Database): void {
  const context = db.prepare(
    `INSERT INTO context (transcript, session, agent_id, agent_type, agent, served, model, requested, effort, branch, cwd, version,
      nickname, flags)
    VALUES (@transcript, @session, @agentId, @agentType, @agent, @served, @model, @requested, @effort, @branch, @cwd, @version,
      @nickname, @flags)`,
  );
  const request = db.prepare(
    `INSERT INTO request (id, context, key, at, line, ${USAGE_COLUMNS}, stop) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const packs = db
    .prepare<[], [number, string, Buffer, string]>(
      "SELECT transcript, keys, numbers, contexts FROM old_request_pack",
    )
    .raw()
    .all();
  for (const [transcript, keys, blob, packed] of packs) {
    const numbers = new Float64Array(new Uint8Array(blob).buffer);
    const [first = {}, ...others] = JSON.parse(packed) as PackedContext[];
    const contexts = [first, ...others.map((own) => ({ ...first, ...own }))];
    const ids = contexts.map((own) => {
      const agent = own["agentId"] === "" ? "main" : own["agentType"] || "unknown";
      return Number(context.run({ ...own, transcript, agent }).lastInsertRowid);
    });
    keys.split("\n").forEach((key, row) => {
      const [at, line, place = 0, ...usage] = numbers.subarray(row * PACKED, (row + 1) * PACKED);
      request.run(
        idsOf(transcript).from + row,
        ids[place],
        key,
        at,
        line,
        ...usage.slice(0, 7),
        contexts[place]?.["stop"],
      );
    });
  }
}
