import { dayOf } from "../domain/calendar.ts";
import type { Period } from "../domain/period.ts";
import { findMissing, findNewestBefore, readDiagnostics } from "../history/diagnostics.ts";
import { findLowerBound } from "../history/lower-bound.ts";
import type { IngestOptions } from "../history/ingest.ts";
import { type OpenedHistory, openHistory } from "../history/open-history.ts";
import { countDueTrials, hasTrials } from "../operations/trials.ts";
import { renderDiagnostics, renderEmpty, renderMissing, renderAllOlder } from "../render/diagnostics.ts";
import { renderAnswer } from "../render/json.ts";
import { lowerBoundJson, lowerBoundText } from "../render/spend.ts";
import { createStyle, type Surface } from "../render/style.ts";
import { plainText } from "../render/text.ts";
import { wrapWide } from "../render/wrap.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { createProgress } from "./progress.ts";

/** The options that every report has. */
export interface ReportArgs {
  "claude-dir"?: string[] | undefined;
  db?: string | undefined;
  demo?: boolean | undefined;
  prices?: string | undefined;
  account?: string | undefined;
  "all-accounts"?: boolean | undefined;
  json?: boolean | undefined;
  csv?: boolean | undefined;
  color?: boolean | undefined;
  quiet?: boolean | undefined;
  diagnostics?: boolean | undefined;
}

/** A report in every form that it can be asked for; only the one wanted is made. */
export interface Report {
  period: Period;
  /** The fields of the JSON answer besides the common ones. */
  json: () => object;
  table: (surface: Surface) => string;
  /** Absent where what was asked for is no report, such as an advice being applied. */
  csv?: () => string;
  exit?: ExitCode;
}

/** Brings the store up to date, makes a report of it and writes that in the form asked for. */
export async function runReport(
  command: string,
  args: ReportArgs,
  io: Io,
  make: (history: OpenedHistory) => Report | Promise<Report>,
  { needs = "tasks", tasksFrom }: Pick<IngestOptions, "needs" | "tasksFrom"> = {},
): Promise<ExitCode> {
  const progress = createProgress(io, args.quiet ?? false);
  const wanted = { needs, ...(tasksFrom && { tasksFrom }), onProgress: progress.show };
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
    const isExplained = !args.json && !(args.csv && report.csv) && history.isEmpty(); // the answer names the folders
    const notices = isExplained ? history.store.notices : history.notices;
    for (const notice of [...notices, ...dueTrialNotices(command, needs, history, io)])
      io.err(`rolecall: ${plainText(notice)}\n`);
    const missing = findMissing(history, report.period);
    if (missing) io.err(`rolecall: ${renderMissing(missing)}\n`);
    const lowerBound = command === "spend" ? undefined : findLowerBound(history, report.period); // spend has its own
    if (lowerBound) io.err(`rolecall: ${lowerBoundText(lowerBound)}\n`);
    const newest = findNewestBefore(history, report.period);
    if (newest !== undefined) io.err(`rolecall: ${renderAllOlder(newest, report.period)}\n`);
    const diagnostics = () => readDiagnostics(history);
    if (args.json)
      io.out(
        renderAnswer(
          command,
          {
            period: periodJson(report.period),
            ...report.json(),
            ...(lowerBound && { lowerBound: lowerBoundJson(lowerBound) }),
          },
          diagnostics(),
        ),
      );
    else if (args.csv && report.csv) io.out(report.csv());
    else if (history.isEmpty())
      io.out(wrapWide(renderEmpty(history.workspace, surfaceOf(args, io)), io.columns));
    else io.out(wrapWide(report.table(surfaceOf(args, io)), io.columns));
    if (args.diagnostics && !args.json) io.err(renderDiagnostics(diagnostics()));
    return report.exit ?? EXIT.ok;
  } finally {
    history.close();
  }
}

/** Claude Code deletes transcripts after 30 days: what is about to be deleted is read, whatever the period. */
const DELETED_AFTER_MS = 35 * 86_400_000;

/** Returns the time from which on a report of a period has events read: what is older waits until somebody asks for it. */
export function tasksSince({ since = 0 }: Period, io: Io): number {
  return Math.min(since, io.now() - DELETED_AFTER_MS);
}

const ENDS_TRIALS = new Set(["recommend", "impact"]);

/** Says that a trial is due, in reports on tasks that do not end it. */
function dueTrialNotices(
  command: string,
  needs: IngestOptions["needs"],
  history: OpenedHistory,
  io: Io,
): string[] {
  if (needs !== "tasks" || ENDS_TRIALS.has(command) || !hasTrials(history)) return [];
  const due = countDueTrials(history, io.now());
  if (due === 0) return [];
  return [
    `${due === 1 ? "a trial is" : `${due} trials are`} due: rolecall impact ends ${due === 1 ? "it" : "them"}`,
  ];
}

/** The options that say where to read and where to keep. */
export function sourceFrom(args: ReportArgs) {
  return {
    ...(args["claude-dir"] && { claudeDirs: args["claude-dir"] }),
    ...(args.db !== undefined && { db: args.db }),
    ...(args.demo && { demo: true }),
    ...(args.prices !== undefined && { prices: args.prices }),
    ...(args.account !== undefined && { account: args.account }),
    ...(args["all-accounts"] && { allAccounts: true }),
  };
}

/** The place that tables are drawn for. */
export function surfaceOf(args: { color?: boolean | undefined }, io: Io): Surface {
  return { width: io.columns, style: createStyle(args.color ?? io.color) };
}

/** A period for programs: both days counted in, null where there is no bound. */
export function periodJson({ since, until, timezone }: Period): object {
  const day = (at: number | undefined) => (at === undefined ? null : dayOf(at, timezone));
  return { since: day(since), until: day(until === undefined ? undefined : until - 1), timezone };
}
