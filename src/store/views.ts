import { LEAVES, QUARTER_MS } from "../domain/ledger.ts";
import { USAGE_COLUMNS } from "./usage-columns.ts";

const TIME = (column: string) => `strftime('%Y-%m-%dT%H:%M:%fZ', ${column} / 1000.0, 'unixepoch')`;
const usage = (table: string) =>
  USAGE_COLUMNS.split(", ")
    .map((column) => `${table}.${column}`)
    .join(", ");

/** The ledger for people who ask the file with SQL (docs/store.md). */
export const CAUSES_VIEW = `
-- What requests paid for, by cause, as far as their content was read.
CREATE VIEW causes AS
SELECT ${TIME(`(ledger.quarter * ${QUARTER_MS})`)} AS time, context.session, project, account, context.agent, context.agent_id,
  context.model, context.branch, activity, "trigger", '${JSON.stringify(LEAVES)}' ->> ('$[' || (value ->> 0) || ']') AS cause,
  substr(value ->> 1, 1, instr((value ->> 1) || char(9), char(9)) - 1) AS name,
  nullif(substr(value ->> 1, instr((value ->> 1) || char(9), char(9)) + 1), '') AS inner_name, value ->> 2 AS tokens, value ->> 4 AS requests, (value ->> 3) / 1e9 AS cost_usd
FROM ledger JOIN context ON context.id = ledger.context JOIN transcript ON transcript.id = ledger.transcript, json_each(parts)
WHERE elsewhere = '';
`;

export const REQUESTS_VIEW = `
-- Every request once.
CREATE VIEW requests AS
SELECT request.id, ${TIME("request.at")} AS time, context.session, transcript.project, transcript.account, context.agent,
  context.agent_id, context.model, context.served, context.requested, context.effort, context.branch, context.cwd,
  context.version, request.stop, ${usage("request")}, request.cost / 1e9 AS cost_usd, transcript.path AS file, request.line
FROM counted_request AS request JOIN context ON context.id = request.context
  JOIN transcript ON transcript.id = context.transcript
WHERE elsewhere = '';
`;

/** Views for SQL on the file (docs/store.md): times as UTC text, costs in dollars. */
export const VIEWS = `${REQUESTS_VIEW}
-- Turns and agent runs with their outcomes, as far as they are judged.
CREATE VIEW tasks AS
SELECT task.id, ${TIME("started_at")} AS time, task.session, project, kind, "index", agent, agent_id, parent, outcome, verification,
  strength, categories ->> 'category' AS category, categories ->> 'complexity' AS complexity, models, start_tier, final_tier, effort, requests,
  input, output, thinking, cache_write_5m, cache_write_1h, cache_read, cost / 1e9 AS cost_usd, full_cost / 1e9 AS full_cost_usd,
  context_tokens, prompt_words, files_touched, lines_written, retries, duration_ms, file, line
FROM task JOIN session_judgement USING (session);

-- Sessions with a request.
CREATE VIEW sessions AS
SELECT context.session, max(project) AS project, max(account) AS account, ${TIME("min(spend.first_at)")} AS started,
  ${TIME("max(spend.last_at)")} AS ended, sum(requests) AS requests, count(DISTINCT nullif(context.agent_id, '')) AS agent_runs,
  ${USAGE_COLUMNS.split(", ")
    .map((column) => `sum(${column}) AS ${column}`)
    .join(", ")}, sum(cost) / 1e9 AS cost_usd
FROM spend JOIN context ON context.id = spend.context JOIN transcript ON transcript.id = context.transcript
WHERE elsewhere = ''
GROUP BY context.session;

-- Changes of model in a thread, and the fallbacks that transcripts state.
CREATE VIEW switches AS
SELECT ${TIME("at")} AS time, session, project, thread, cause, "trigger", from_model, to_model, rewritten_tokens,
  cost / 1e9 AS cost_usd, file, line
FROM model_switch JOIN session_judgement USING (session);
`;
