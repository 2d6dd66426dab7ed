/** What was read from transcripts, their requests aside. */
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
  counts TEXT NOT NULL,
  -- The same for events, which are read only when outcomes are asked for; the observer is empty before that.
  observer TEXT NOT NULL,
  observed_offset INTEGER NOT NULL DEFAULT 0,
  observed_line INTEGER NOT NULL DEFAULT 0,
  observed_unterminated INTEGER NOT NULL DEFAULT 0,
  observed_fingerprint TEXT NOT NULL DEFAULT '',
  -- 1 when the file is no longer there; its rows stay.
  gone INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The folder that a slug stands for, as the entries name it.
CREATE TABLE project (slug TEXT PRIMARY KEY, path TEXT NOT NULL, exact INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- Every agent run that was met, whatever is known of it.
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

CREATE TABLE event_batch (
  transcript INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  events TEXT NOT NULL,
  PRIMARY KEY (transcript, batch)
) STRICT, WITHOUT ROWID;
`;
