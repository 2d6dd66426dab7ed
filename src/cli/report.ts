import { dayOf, DAY_MS } from "../domain/calendar.ts";
import type { Period } from "../domain/period.ts";
import type { Filters } from "../history/filters.ts";
import { findProblems, readDiagnostics } from "../history/diagnostics.ts";
import type { IngestNeeds } from "../history/ingest.ts";
import { type OpenedHistory, openHistory } from "../history/open-history.ts";
import { findEmptyReason, readScope } from "../operations/scope.ts";
import { renderDiagnostics, renderEmpty } from "../render/diagnostics.ts";
import { renderAnswer } from "../render/json.ts";
import { renderScope } from "../render/scope.ts";
import { createStyle, type Surface } from "../render/style.ts";
import { plainText } from "../render/text.ts";
import { wrapWide } from "../render/wrap.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { type FilterArgs, notesOn } from "./report-notes.ts";
import { createProgress } from "./progress.ts";
import { sameOptions } from "./same-options.ts";

/** The options that say how a table looks. */
interface TableArgs {
  color?: boolean | undefined;
  columns?: string | undefined;
  compact?: boolean | undefined;
}

/** The options that every report has. */
export interface ReportArgs extends TableArgs {
  "claude-dir"?: string[] | undefined;
  exclude?: string[] | undefined;
  db?: string | undefined;
  demo?: boolean | undefined;
  prices?: string | undefined;
  account?: string | undefined;
  "all-accounts"?: boolean | undefined;
  json?: boolean | undefined;
  csv?: boolean | undefined;
  quiet?: boolean | undefined;
  diagnostics?: boolean | undefined;
}

/** A report in every form that it can be asked for; only the one wanted is made. */
export interface Report {
  period: Period;
  /** Of the requests that it is about; absent if it is about no period, and then its table does not begin with what it covers. */
  filters?: Filters;
  /** IDs of the sessions that it is about, if it is about no period. */
  sessions?: readonly string[];
  /** The fields of the JSON answer besides the common ones. */
  json: () => object;
  table: (surface: Surface) => string;
  /** Absent if the command does not print a report, for example when it applies advice. */
  csv?: () => string;
  exit?: ExitCode;
}

/** The data that a report has to read first. */
interface ReportReach {
  needs?: IngestNeeds;
  /** The period whose tasks it is about, if it needs no others. */
  tasksOf?: Period;
  /** It gives new advice, which rests on more. */
  advises?: boolean;
  /** Returns the time (ms since the epoch) from which on it explains costs. */
  contentFrom?: () => number;
}

/**
 * Brings the store up to date, makes a report of it and writes that in the form asked for. Tasks that say what became of advice in
 * force are read as well.
 */
export async function runReport(
  command: string,
  args: ReportArgs & FilterArgs,
  io: Io,
  make: (history: OpenedHistory) => Report | Promise<Report>,
  { needs = "tasks", tasksOf, advises = false, contentFrom }: ReportReach = {},
): Promise<ExitCode> {
  const progress = createProgress(io, args.quiet ?? false);
  const loop = needs === "tasks" ? await loadLoop() : undefined;
  const evidence = () => (advises && loop ? loop.evidenceFrom(io.now()) : Infinity);
  const tasksFrom =
    tasksOf && loop && (() => Math.min(tasksSince(tasksOf, io), loop.impactFrom(io), evidence()));
  const wanted = {
    needs,
    contentFrom: contentFrom?.(),
    ...(tasksFrom && { tasksFrom }),
    onProgress: progress.show,
  };
  let history = await openHistory({ ...sourceFrom(args), ...wanted }, io.env, io.cwd);
  try {
    progress.clear();
    let report: Report;
    try {
      report = await make(history);
    } catch (thrown) {
      history = await history.recover(thrown);
      report = await make(history);
    }
    const { lines, fields } = await notesOn(command, history, report, args);
    const isExplained = !args.json && !(args.csv && report.csv) && history.isEmpty(); // the answer names the folders
    const notices = isExplained ? history.store.notices : history.notices;
    const due = loop ? await loop.dueTrialNotices(command, history, io) : [];
    for (const line of [...notices.map(plainText), ...due, ...lines]) io.err(`rolecall: ${line}\n`);
    io.out(answerOf(command, report, history, args, io, fields));
    if (args.diagnostics && !args.json) printDiagnostics(history, io);
    return report.exit ?? EXIT.ok;
  } finally {
    history.close();
  }
}

function printDiagnostics(history: OpenedHistory, io: Io): void {
  io.err(renderDiagnostics(readDiagnostics(history), findProblems(history)));
}

/** Loads what reads the advice in force, with the parsers of policies and agent files: a third of the start of a report on spend alone. */
async function loadLoop() {
  const [{ evidenceFrom, impactFrom }, { dueTrialNotices }] = await Promise.all([
    import("../operations/impact.ts"),
    import("./due-trials.ts"),
  ]);
  return { evidenceFrom, impactFrom, dueTrialNotices };
}

/** Returns a report in the form asked for. */
function answerOf(
  command: string,
  report: Report,
  history: OpenedHistory,
  args: ReportArgs,
  io: Io,
  fields: object | undefined,
): string {
  if (args.json) {
    const answer = { period: periodJson(report.period), ...report.json(), ...fields };
    return renderAnswer(command, answer, readDiagnostics(history));
  }
  if (args.csv && report.csv) return report.csv();
  const { period, filters } = report;
  const surface: Surface = {
    ...surfaceOf(args, io, command),
    ...(filters && { emptyReason: () => findEmptyReason(history, period, filters) }),
  };
  if (history.isEmpty()) return wrapWide(renderEmpty(history.workspace, surface), io.columns);
  const scope = filters ? renderScope(readScope(history, period, filters), io.now(), surface) : "";
  return wrapWide(scope + report.table(surface), io.columns);
}

/** Claude Code deletes transcripts after 30 days: what is about to be deleted is read, whatever the period. */
const DELETED_AFTER_MS = 35 * DAY_MS;

/** Returns the time from which on a report of a period has events and content read: what is older waits until somebody asks for it. */
export function tasksSince({ since = 0 }: Partial<Period>, io: Pick<Io, "now">): number {
  return Math.min(since, io.now() - DELETED_AFTER_MS);
}

/** Returns what a report of spend needs: the types of some agents are known from events alone. */
export function spendNeeds({ agent, role }: FilterArgs): IngestNeeds {
  return agent === undefined && role === undefined ? "spend" : "agents";
}

/** The options that say where to read and where to keep. */
export function sourceFrom(args: ReportArgs) {
  return {
    ...(args["claude-dir"] && { claudeDirs: args["claude-dir"] }),
    ...(args.exclude && { exclude: args.exclude }),
    ...(args.db !== undefined && { db: args.db }),
    ...(args.demo && { demo: true }),
    ...(args.prices !== undefined && { prices: args.prices }),
    ...(args.account !== undefined && { account: args.account }),
    ...(args["all-accounts"] && { allAccounts: true }),
  };
}

/** Commands whose columns the configuration names by the command that people call. */
const COLUMN_NAMES: Readonly<Record<string, string>> = { sessions: "session", blocks: "limits" };

/** The place that tables are drawn for. */
export function surfaceOf(args: TableArgs, io: Io, command = ""): Surface {
  const { env, columns: width, config } = io;
  const configured = config?.columns[command] ?? config?.columns[COLUMN_NAMES[command] ?? ""];
  const { evidence, ...covering }: TableArgs & { evidence?: string } = args;
  const same = sameOptions(covering);
  const columns = args.columns?.split(",").map((name) => name.trim()) ?? configured;
  return {
    width,
    style: createStyle(args.color ?? io.color),
    ascii: isAscii(env),
    same,
    sameTasks: `${same}${evidence === "strong" ? " --evidence strong" : ""}`,
    ...(columns && { columns }),
    ...(args.compact && { compact: true }),
  };
}

/** A locale that names another character set than UTF-8, or a terminal that can do nothing. */
function isAscii({ LC_ALL, LC_CTYPE, LANG, TERM }: NodeJS.ProcessEnv): boolean {
  const locale = LC_ALL || LC_CTYPE || LANG || "";
  return TERM === "dumb" || /^(?:C|POSIX)$|\.(?!utf-?8)/i.test(locale);
}

/** A period for programs: both days counted in, null where there is no bound. */
export function periodJson({ since, until, timezone }: Period): object {
  const day = (at: number | undefined) => (at === undefined ? null : dayOf(at, timezone));
  return { since: day(since), until: day(until === undefined ? undefined : until - 1), timezone };
}
