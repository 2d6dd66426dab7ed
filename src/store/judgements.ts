import { basename } from "node:path";
import type { Switch } from "../domain/switch.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import type { Tables } from "./open.ts";
import { createTaskRemover, createTaskWriter, type KeptTask, readTasks } from "./tasks.ts";

/** The rules' verdicts on each session, kept so that only sessions with new data are judged again. */
export const JUDGEMENTS_SCHEMA = `
CREATE TABLE session_judgement (
  session TEXT PRIMARY KEY,
  project TEXT NOT NULL,
  -- Stands for everything that the judgement rests on.
  stamp TEXT NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  -- The transcript and line of the /clear that it began with.
  cleared_file TEXT,
  cleared_line INTEGER,
  -- JSON: everything but tasks and switches, such as retries, failures and cold caches.
  rest TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Changes of model in a thread, and the fallbacks that transcripts state.
CREATE TABLE model_switch (
  session TEXT NOT NULL,
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  -- "main", or the agent's id.
  thread TEXT NOT NULL,
  file TEXT NOT NULL,
  line INTEGER NOT NULL,
  cause TEXT NOT NULL,
  from_model TEXT NOT NULL,
  to_model TEXT NOT NULL,
  "trigger" TEXT NOT NULL,
  -- Context that was paid for again because the new model had none of it in its cache, and what that cost in nano-dollars.
  rewritten_tokens REAL NOT NULL,
  cost REAL NOT NULL,
  -- Hash of the uuid of the entry that states it; null when none does.
  entry INTEGER,
  PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
`;

/** A session that began with /clear in the same process, so that its user went on after the one before. */
export interface ClearedInto {
  file: string;
  line: number;
}

/** The data that a judgement of a session would rest on now. */
export interface SessionStamp {
  session: string;
  stamp: string;
  firstAt: number;
  lastAt: number;
  cleared?: ClearedInto;
}

/** Returns the stamps of all sessions whose judgement is missing or out of date under these rules. */
export function readStaleSessions({ db }: Tables, rules: string): SessionStamp[] {
  const kept = new Map(
    db.prepare("SELECT session, stamp FROM session_judgement").raw().all() as [string, string][],
  );
  const cleared = readCleared(db);
  const rows = db.prepare(STAMPS).all() as (Omit<SessionStamp, "cleared"> & { parts: string })[];
  return rows
    .map(({ session, parts, firstAt, lastAt }) => {
      const into = cleared.get(session);
      const stamp = `${rules} ${parts} ${into ? `${into.file}:${into.line}` : ""}`;
      return { session, stamp, firstAt, lastAt, ...(into && { cleared: into }) };
    })
    .filter(({ session, stamp }) => kept.get(session) !== stamp);
}

/**
 * Queries of stamps: the copies that count can change with files of other sessions, and costs with prices, so both are in the stamp as
 * well.
 */
const STAMPS = `
  SELECT session, coalesce(min(first_at), 0) AS firstAt, coalesce(max(last_at), 0) AS lastAt,
    count(*) || ' ' || sum("offset") || ' ' || sum(line) || ' ' || sum(mtime_ms) || ' ' || coalesce(sum(requests), 0) || ' '
      || coalesce(sum(cost), 0) || ' ' || max(project) AS parts
  FROM transcript JOIN reading ON reading.transcript = transcript.id
  LEFT JOIN (
    SELECT context.transcript, sum(requests) AS requests, sum(cost) AS cost
    FROM spend JOIN context ON context.id = spend.context GROUP BY 1
  ) AS spent ON spent.transcript = transcript.id
  GROUP BY session`;

/** By session, the transcript that its user began with /clear: the next one in the same project. */
function readCleared(db: Tables["db"]): Map<string, ClearedInto> {
  const sessions = db.prepare(SESSIONS).all() as SessionTimes[];
  const found = new Map<string, ClearedInto>();
  for (const [index, begun] of sessions.entries()) {
    if (begun.file === null || begun.line === null) continue;
    const before = lastBefore(sessions, index);
    if (before) found.set(before.session, { file: begun.file, line: begun.line });
  }
  return found;
}

/** The session of the same project that ended last before the one at `index` began; sorted by project and end. */
function lastBefore(sessions: readonly SessionTimes[], index: number): SessionTimes | undefined {
  const { slug, firstAt } = sessions[index] as SessionTimes;
  for (let place = index - 1; sessions[place]?.slug === slug; place--)
    if ((sessions[place] as SessionTimes).lastAt <= firstAt) return sessions[place];
  return undefined;
}

interface SessionTimes {
  session: string;
  slug: string;
  firstAt: number;
  lastAt: number;
  file: string | null;
  line: number | null;
}

const SESSIONS = `
  SELECT transcript.session, slug, transcript.first_at AS firstAt, transcript.last_at AS lastAt, cleared_file AS file,
    cleared_line AS line
  FROM transcript LEFT JOIN session_judgement USING (session)
  WHERE agent_id = '' AND transcript.first_at IS NOT NULL ORDER BY slug, transcript.last_at`;

/** The kept part of a session's judgement. */
export interface Judgement {
  session: string;
  project: string;
  tasks: readonly KeptTask[];
  switches: readonly Switch[];
  /** Everything else, as JSON. */
  rest: string;
}

/** The written part of a session's judgement. */
export type WrittenJudgement = Omit<Judgement, "tasks"> & { tasks: readonly JudgedTask[] };

/** Writes judgements in place of earlier ones. */
export interface JudgementWriter {
  /** `cleared` is the /clear that the session itself began with. A session may be written once. */
  readonly write: (
    stamp: SessionStamp,
    cleared: ClearedInto | undefined,
    judgement: WrittenJudgement,
  ) => void;
  /** Writes what was gathered; call it at the end. */
  readonly flush: () => void;
}

/** Makes a writer of judgements. Must run inside a transaction. */
export function createJudgementWriter(store: Tables): JudgementWriter {
  const { db } = store;
  const write = db.prepare("INSERT OR REPLACE INTO session_judgement VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const removeSwitches = db.prepare("DELETE FROM model_switch WHERE session = ?");
  const writeSwitch = db.prepare("INSERT INTO model_switch VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const removeTasks = createTaskRemover(store);
  const tasks = createTaskWriter(store);
  return {
    write({ session, stamp, firstAt, lastAt }, cleared, judgement) {
      const { project, switches, rest } = judgement;
      const place = [cleared?.file ?? null, cleared?.line ?? null];
      write.run(session, project, stamp, firstAt, lastAt, ...place, rest);
      removeTasks(session);
      for (const task of judgement.tasks) tasks.write(task);
      removeSwitches.run(session);
      switches.forEach((one, number) => writeSwitch.run(session, number, ...switchValues(one)));
    },
    flush: tasks.flush,
  };
}

function switchValues(change: Switch) {
  const { at, thread, file, line, cause, from, to, trigger, rewrittenTokens, costNano, entry } = change;
  return [at, thread, file, line, cause, from, to, trigger, rewrittenTokens, costNano, entry ?? null];
}

/** Returns the judgements of the sessions of some accounts that were active between two times (ms since the epoch), in order of time. */
export function readJudgements(
  store: Tables,
  since: number,
  until: number,
  accounts: readonly string[],
): Judgement[] {
  return readWhere(store, ACTIVE, [since, until, JSON.stringify(accounts)]);
}

/** Returns the ids of these sessions, in the same order. */
export function listJudged(
  { db }: Tables,
  since: number,
  until: number,
  accounts: readonly string[],
): string[] {
  return db
    .prepare<[number, number, string], string>(
      `SELECT session FROM session_judgement WHERE ${ACTIVE} ORDER BY ${IN_ORDER}`,
    )
    .pluck()
    .all(since, until, JSON.stringify(accounts));
}

const ACTIVE = `session_judgement.last_at >= ? AND session_judgement.first_at < ? AND session_judgement.session IN (
  SELECT session FROM transcript WHERE account IN (SELECT value FROM json_each(?)))`;
const IN_ORDER = "first_at, session";

/** Returns a text that differs whenever the judgement of a session that was active since a time (ms since the epoch) does. */
export function stampJudgements({ db }: Tables, since: number): string {
  return db
    .prepare<[number], string>(
      "SELECT session || ' ' || project || ' ' || stamp FROM session_judgement WHERE last_at >= ? ORDER BY session",
    )
    .pluck()
    .all(since)
    .join("\n");
}

/** Returns the judgement of one session, or undefined. */
export function readJudgement(store: Tables, session: string): Judgement | undefined {
  return readWhere(store, "session_judgement.session = ?", [session])[0];
}

type KeptSwitch = Omit<Switch, "entry"> & { entry: number | null };

/** `where` is a condition on the columns of session_judgement. */
function readWhere(store: Tables, where: string, values: readonly unknown[]): Judgement[] {
  const { db } = store;
  const tasks = Map.groupBy(readTasks(store, where, values), ({ session }) => session);
  const switches = db
    .prepare<unknown[], KeptSwitch>(
      `SELECT model_switch.session, at, thread, file, line, cause, from_model AS "from", to_model AS "to", "trigger",
        rewritten_tokens AS rewrittenTokens, cost AS costNano, entry
      FROM model_switch JOIN session_judgement USING (session) WHERE ${where} ORDER BY model_switch.session, number`,
    )
    .all(...values);
  const switchesOf = Map.groupBy(switches.map(withoutNull), ({ session }) => session);
  return db
    .prepare<unknown[], Omit<Judgement, "tasks" | "switches">>(
      `SELECT session, project, rest FROM session_judgement WHERE ${where} ORDER BY ${IN_ORDER}`,
    )
    .all(...values)
    .map((one) => ({
      ...one,
      tasks: tasks.get(one.session) ?? [],
      switches: switchesOf.get(one.session) ?? [],
    }));
}

function withoutNull({ entry, ...change }: KeptSwitch): Switch {
  return entry === null ? change : { ...change, entry };
}

/** Returns the sessions whose id, or the name of whose file, begins with `prefix`: judged ones, and those that have requests in the file of another. */
export function findSessions({ db }: Tables, prefix: string): string[] {
  const rows = db
    .prepare<[], [session: string, path: string | null]>(
      `SELECT session, path FROM session_judgement LEFT JOIN transcript USING (session) WHERE coalesce(agent_id, '') = ''
       UNION ALL SELECT DISTINCT session, NULL FROM context`,
    )
    .raw()
    .all();
  const found = rows.filter(
    ([session, path]) => session.startsWith(prefix) || (path && basename(path).startsWith(prefix)),
  );
  return [...new Set(found.map(([session]) => session))].sort();
}
