import type { Options } from "yargs";
import type { JudgedTask } from "../domain/judged-task.ts";
import { readTitles } from "../history/prompt-titles.ts";
import { type ExplainedReport, renderExplanation } from "../render/explanation.ts";
import type { Surface } from "../render/style.ts";
import { REPORT_OPTIONS } from "./options.ts";

export const EXPLAIN_OPTION = {
  type: "boolean",
  default: false,
  describe: "Explain the numbers, and show the rows behind them",
  group: "Output:",
} as const satisfies Options;

/** Options of reports that explain their numbers. */
export const EXPLAINED_OPTIONS = { ...REPORT_OPTIONS, explain: EXPLAIN_OPTION } as const;

/** The definitions behind a report, and the tasks behind its numbers; nothing unless asked for. */
export function explained(
  args: { explain?: boolean | undefined },
  report: ExplainedReport,
  readTasks: () => readonly JudgedTask[],
  surface: Surface,
): string {
  if (!args.explain) return "";
  const tasks = readTasks();
  return renderExplanation(report, tasks, surface, readTitles(tasks));
}
