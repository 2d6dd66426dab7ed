import { USAGE_SCHEMA } from "./usage-columns.ts";

/** Judged tasks as rows, their evidence and their bills apart: most reports need neither all columns nor all rows. */
export const TASKS_SCHEMA = `
CREATE TABLE task (
  id INTEGER PRIMARY KEY,
  session TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('turn', 'agent-run')),
  -- The same in every copy: the prompt's uuid, or the agent's id.
  key TEXT NOT NULL,
  file TEXT NOT NULL,
  line INTEGER NOT NULL,
  -- Turns: number within the session, from 0.
  "index" INTEGER,
  -- Agent runs.
  agent_id TEXT,
  agent TEXT NOT NULL,
  -- Agent runs: the task that called it, as turn:3 or the parent's agent id.
  parent TEXT,
  asked_model TEXT,
  resolved_model TEXT,
  -- ms since the epoch, and ms.
  started_at INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  -- JSON array of canonical ids in order of first use.
  models TEXT NOT NULL,
  start_tier TEXT,
  final_tier TEXT,
  effort TEXT,
  requests INTEGER NOT NULL,
  input REAL NOT NULL,
  output REAL NOT NULL,
  thinking REAL NOT NULL,
  cache_write_5m REAL NOT NULL,
  cache_write_1h REAL NOT NULL,
  cache_read REAL NOT NULL,
  -- Nano-dollars: of its own requests, and with its agent runs.
  cost REAL NOT NULL,
  full_cost REAL NOT NULL,
  -- Prompt tokens of its first request.
  context_tokens REAL NOT NULL,
  prompt_words INTEGER NOT NULL,
  files_touched INTEGER NOT NULL,
  verification TEXT NOT NULL,
  retries INTEGER NOT NULL,
  retry_delay_ms REAL NOT NULL,
  substituted INTEGER NOT NULL,
  longest_edit INTEGER NOT NULL,
  lines_written INTEGER NOT NULL,
  plan_mode INTEGER NOT NULL,
  availability_fallback INTEGER NOT NULL,
  loops INTEGER NOT NULL,
  -- The goal within the session that it serves, from 0.
  goal INTEGER,
  outcome TEXT NOT NULL,
  -- How much the outcome can be relied on: strong or weak.
  strength TEXT NOT NULL,
  -- JSON: category, complexity, and what they were derived from.
  categories TEXT NOT NULL,
  -- Hash of the plan that it ended with; the plan that it carries out, as JSON; the session that carried its plan out.
  plan INTEGER,
  carries_out TEXT,
  carried_out_in TEXT,
  -- Tokens that the client reported of an agent run without a file.
  reported_tokens REAL
) STRICT;
CREATE INDEX task_session ON task (session);

-- What an outcome rests on, the strongest first.
CREATE TABLE task_evidence (
  task INTEGER NOT NULL,
  number INTEGER NOT NULL,
  file TEXT NOT NULL,
  line INTEGER NOT NULL,
  why TEXT NOT NULL,
  -- 1 when a verdict should not rest on it alone.
  weak INTEGER NOT NULL,
  PRIMARY KEY (task, number)
) STRICT, WITHOUT ROWID;

-- A task's own requests, added up by what decides their price.
CREATE TABLE task_bill (
  task INTEGER NOT NULL,
  number INTEGER NOT NULL,
  model TEXT NOT NULL,
  -- UTC day.
  day TEXT NOT NULL,
  prompt_above INTEGER NOT NULL,
  fast INTEGER NOT NULL,
  us_only INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  effort TEXT,
  requests INTEGER NOT NULL,
  ${USAGE_SCHEMA},
  -- Nano-dollars; null when the price is not known.
  cost REAL,
  PRIMARY KEY (task, number)
) STRICT, WITHOUT ROWID;
`;
