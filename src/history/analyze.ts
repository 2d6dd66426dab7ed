import { analyzeSession, RULES_VERSION, type SessionAnalysis } from "../analysis/outcomes/session.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import type { Period } from "../domain/period.ts";
import type { SessionInput } from "../domain/session-input.ts";
import type { ModelTable } from "../models/resolve.ts";
import type { OpenedStore } from "../store/open.ts";
import {
  type ClearedInto,
  createJudgementWriter,
  findSessions,
  type Judgement,
  listJudged,
  readJudgement,
  readJudgements,
  readStaleSessions,
  type SessionStamp,
} from "../store/judgements.ts";
import { countChanges, keepLast } from "./keep-last.ts";
import type { OpenedHistory } from "./open-history.ts";
import { readSessions } from "../store/session-rows.ts";

/**
 * Judges every session with new data that was still active at `since` (ms since the epoch); the rest keeps the judgement that it had, and
 * older ones wait until they are asked for. Returns how many were judged.
 */
export function judgeSessions(
  store: OpenedStore,
  models: ModelTable,
  since = Number.MIN_SAFE_INTEGER,
): number {
  // Twice: a session that turns out to begin with /clear changes the one before it.
  return judgeStale(store, models, since) === 0 ? 0 : 1 + judgeStale(store, models, since);
}

function judgeStale(store: OpenedStore, models: ModelTable, since: number): number {
  const findStale = () =>
    readStaleSessions(store, String(RULES_VERSION)).filter(({ lastAt }) => lastAt >= since);
  if (findStale().length === 0) return 0;
  const judged = judgedHere(store);
  // Looked up again under the write lock: another process may have judged them meanwhile.
  const count = store.writing(() => {
    const stale = findStale();
    const stamps = new Map(stale.map((stamp) => [stamp.session, stamp]));
    const { write, flush } = createJudgementWriter(store);
    for (const input of readSessions(store, [...stamps.keys()])) {
      const stamp = stamps.get(input.session) as SessionStamp;
      const analysis = analyzeSession(input, models, stamp.cleared);
      const { session, project, tasks, switches, ...rest } = analysis;
      const judgement = { session, project, tasks, switches, rest: JSON.stringify(rest) };
      write(stamp, clearedIn(input, analysis), judgement);
      judged.set(session, analysis);
    }
    flush();
    return stale.length;
  });
  lastJudged.set(store.db, { changes: countChanges(store), judged });
  return count;
}

type JudgedHere = Map<string, SessionAnalysis>;

/** The judgements that this process made itself, by store, and the state of the store after that. */
const lastJudged = new WeakMap<OpenedStore["db"], { changes: string; judged: JudgedHere }>();

/** Returns what this process judged, by session, if the store has not changed since. */
function judgedHere(store: OpenedStore): JudgedHere {
  const last = lastJudged.get(store.db);
  return last?.changes === countChanges(store) ? last.judged : new Map();
}

/** The /clear that a session began with. */
function clearedIn(input: SessionInput, { clearedAt: line }: SessionAnalysis): ClearedInto | undefined {
  const file = input.threads.find(({ agentId }) => agentId === undefined)?.file;
  return line === undefined || file === undefined ? undefined : { file, line };
}

function toAnalysis({ rest, tasks, ...judgement }: Judgement): SessionAnalysis {
  const { project } = judgement;
  return {
    ...(JSON.parse(rest) as Omit<SessionAnalysis, keyof Judgement>),
    ...judgement,
    tasks: tasks.map((task) => ({ ...task, project, role: task.agent })),
  };
}

/** Returns the ids of the judged sessions that begin with `prefix`. */
export function findJudgedSessions(store: OpenedStore, models: ModelTable, prefix: string): string[] {
  judgeSessions(store, models);
  return findSessions(store, prefix);
}

/** Returns what the rules make of one session; undefined when it is not known. */
export function readAnalysis(store: OpenedStore, session: string): SessionAnalysis | undefined {
  const judgement = readJudgement(store, session);
  return judgement && toAnalysis(judgement);
}

/**
 * Returns what the rules make of the sessions of a period. Turns that forks and branches copied are in only one of them. A report
 * asks for the same period several times: the answer is kept until the store changes.
 */
export function readAnalyses(
  { store, models, accounts }: Pick<OpenedHistory, "store" | "models" | "accounts">,
  { since = Number.MIN_SAFE_INTEGER, until = Number.MAX_SAFE_INTEGER }: Period,
): readonly SessionAnalysis[] {
  return readOnce(store, [since, until, accounts], () => {
    judgeSessions(store, models, since);
    return withoutCopies(readActive(store, since, until, accounts)).map((analysis) =>
      within(analysis, since, until),
    );
  });
}

/** Reads judgements, unless this process has just made all of them: reading them takes a tenth of the time that making them takes. */
function readActive(
  store: OpenedStore,
  since: number,
  until: number,
  accounts: readonly string[],
): SessionAnalysis[] {
  const judged = judgedHere(store);
  const own = judged.size === 0 ? [] : listJudged(store, since, until, accounts);
  const found = own.flatMap((session) => judged.get(session) ?? []);
  return found.length > 0 && found.length === own.length
    ? found
    : readJudgements(store, since, until, accounts).map(toAnalysis);
}

const readOnce = keepLast<readonly SessionAnalysis[]>();

/**
 * Of a task that several sessions hold, keeps the one whose requests count there; of an entry that several hold, such as a retry,
 * the one in such a task.
 */
function withoutCopies(analyses: readonly SessionAnalysis[]): SessionAnalysis[] {
  const own = new Map<string, JudgedTask>();
  for (const task of analyses.flatMap(({ tasks }) => tasks)) {
    const known = own.get(identityOf(task));
    if (!known || task.requests > known.requests) own.set(identityOf(task), task);
  }
  const isOwn = (task: JudgedTask): boolean =>
    task.key === "" || own.get(identityOf(task)) === task || isOther(task);
  const isInOwnTask = (analysis: SessionAnalysis, { file, line }: Told): boolean => {
    const task = analysis.tasks.findLast((one) => one.file === file && one.line <= line);
    return task === undefined || isOwn(task);
  };
  const [retries, failures, refusals, switches] = (
    [(of) => of.retries, (of) => of.failures, (of) => of.refusals, (of) => of.switches] as PickTold[]
  ).map((pick) => toldOnce(analyses, pick, isInOwnTask));
  return analyses.map((analysis) => ({
    ...analysis,
    tasks: analysis.tasks.filter(isOwn),
    warmUps: analysis.warmUps.filter(isOther),
    retries: analysis.retries.filter(isKept(retries)),
    failures: analysis.failures.filter(isKept(failures)),
    refusals: analysis.refusals.filter(isKept(refusals)),
    switches: analysis.switches.filter(isKept(switches)),
  }));
}

/** An agent run that made requests of its own is not a copy: another session can have used its id. */
function isOther({ kind, requests }: JudgedTask): boolean {
  return kind === "agent-run" && requests > 0;
}

const identityOf = ({ kind, key }: JudgedTask): string => `${kind} ${key}`;

/** A fact that an entry holds; `entry` is the same in every copy of it. */
interface Told {
  file: string;
  line: number;
  entry?: number;
}

function isKept(kept: ReadonlySet<Told> | undefined): (told: Told) => boolean {
  return (told) => kept?.has(told) === true;
}

type PickTold = (analysis: SessionAnalysis) => readonly Told[];

/** Returns those that count: one of each entry. */
function toldOnce(
  analyses: readonly SessionAnalysis[],
  pick: PickTold,
  isInOwnTask: (analysis: SessionAnalysis, told: Told) => boolean,
): Set<Told> {
  const kept = new Map<number | Told, { told: Told; isOwn: boolean }>();
  for (const analysis of analyses)
    for (const told of pick(analysis)) {
      const identity = told.entry ?? told; // an earlier version kept none
      const known = kept.get(identity);
      if (known?.isOwn) continue;
      const isOwn = isInOwnTask(analysis, told);
      if (!known || isOwn) kept.set(identity, { told, isOwn });
    }
  return new Set([...kept.values()].map(({ told }) => told));
}

function within(analysis: SessionAnalysis, since: number, until: number): SessionAnalysis {
  const inside = <Item extends { at: number }>(items: readonly Item[]): Item[] =>
    items.filter(({ at }) => at >= since && at < until);
  const begun = (tasks: readonly JudgedTask[]): JudgedTask[] =>
    tasks.filter(({ startedAt }) => startedAt >= since && startedAt < until);
  return {
    ...analysis,
    tasks: begun(analysis.tasks),
    warmUps: begun(analysis.warmUps),
    switches: inside(analysis.switches),
    retries: inside(analysis.retries),
    failures: inside(analysis.failures),
    substitutions: inside(analysis.substitutions),
    cold: inside(analysis.cold),
    refusals: inside(analysis.refusals),
  };
}
