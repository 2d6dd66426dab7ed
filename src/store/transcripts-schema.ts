/**
 * What was read from transcripts. A request may be seen in several of them (forks, resumes, echoes): every sighting is kept
 * as its file has it, so that a file can be read again on its own, and `counted` marks the one that stands for the request.
 */
export const TRANSCRIPTS_SCHEMA = `
CREATE TABLE transcript (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  slug TEXT NOT NULL,
  session TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  size INTEGER NOT NULL,
  mtime_ms REAL NOT NULL,
  inode INTEGER NOT NULL,
  -- How far it was read, and what proves that those bytes are still the same.
  "offset" INTEGER NOT NULL,
  line INTEGER NOT NULL,
  unterminated INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  first_at INTEGER,
  last_at INTEGER,
  -- The context of its last request.
  last_context INTEGER,
  counts TEXT NOT NULL,
  observer TEXT NOT NULL,
  -- 1 when the file is no longer there; its rows stay.
  gone INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The folder that a slug stands for, as the entries name it.
CREATE TABLE project (slug TEXT PRIMARY KEY, path TEXT NOT NULL, exact INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- What many requests of a thread have in common.
CREATE TABLE context (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL,
  session TEXT NOT NULL,
  -- Empty on the main thread.
  agent_id TEXT NOT NULL,
  agent_type TEXT NOT NULL,
  -- The model that answered, as the transcript spells it, and the canonical id that it comes to.
  served TEXT NOT NULL,
  model TEXT NOT NULL,
  requested TEXT NOT NULL,
  effort TEXT NOT NULL,
  branch TEXT NOT NULL,
  cwd TEXT NOT NULL,
  version TEXT NOT NULL,
  nickname TEXT NOT NULL,
  stop TEXT NOT NULL,
  flags INTEGER NOT NULL
) STRICT;

CREATE TABLE request (
  id INTEGER PRIMARY KEY,
  transcript INTEGER NOT NULL,
  key TEXT NOT NULL,
  at INTEGER NOT NULL,
  line INTEGER NOT NULL,
  context INTEGER NOT NULL,
  input INTEGER NOT NULL,
  output INTEGER NOT NULL,
  thinking INTEGER NOT NULL,
  cache_write_5m INTEGER NOT NULL,
  cache_write_1h INTEGER NOT NULL,
  cache_read INTEGER NOT NULL,
  web_searches INTEGER NOT NULL,
  -- Nano-dollars; null where the model has no known price.
  cost REAL,
  counted INTEGER NOT NULL DEFAULT 1,
  -- The sighting with the most output, where that is another one.
  usage_from INTEGER
) STRICT;
CREATE UNIQUE INDEX request_key ON request (key, transcript);
CREATE INDEX request_copied ON request (usage_from) WHERE usage_from IS NOT NULL;

-- Keys with more than one sighting.
CREATE TABLE copied (key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

-- Each request once: when and where it was made, and what it consumed.
CREATE VIEW spent AS
  SELECT id, transcript, key, at, line, context, input, output, thinking, cache_write_5m, cache_write_1h, cache_read,
    web_searches, cost
  FROM request WHERE counted = 1 AND usage_from IS NULL
  UNION ALL
  SELECT own.id, own.transcript, own.key, own.at, own.line, own.context, most.input, most.output, most.thinking,
    most.cache_write_5m, most.cache_write_1h, most.cache_read, most.web_searches, most.cost
  FROM request own JOIN request most ON most.id = own.usage_from
  WHERE own.counted = 1 AND own.usage_from IS NOT NULL;

CREATE TABLE agent_run (
  session TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  agent_type TEXT,
  -- The model that the caller asked for.
  asked_model TEXT,
  parent_agent_id TEXT,
  tool_use_id TEXT,
  depth INTEGER,
  PRIMARY KEY (session, agent_id)
) STRICT, WITHOUT ROWID;

-- What Claude Code itself counted, in nano-dollars: cumulative over resumes and forks, the last of a session counts.
CREATE TABLE client_cost (
  transcript INTEGER NOT NULL,
  session TEXT NOT NULL,
  cost REAL NOT NULL,
  PRIMARY KEY (transcript, session)
) STRICT, WITHOUT ROWID;

-- Lines that outcomes need and that were only noted so far, reading by reading: columns of domain/watched-lines.ts, and the
-- names of tools.
CREATE TABLE watched (
  transcript INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  rows BLOB NOT NULL,
  tools TEXT NOT NULL,
  PRIMARY KEY (transcript, batch)
) STRICT;

CREATE TABLE event_batch (
  transcript INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  events TEXT NOT NULL,
  PRIMARY KEY (transcript, batch)
) STRICT, WITHOUT ROWID;
`;
