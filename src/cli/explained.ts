import type { Options } from "yargs";
import type { JudgedTask } from "../domain/judged-task.ts";
import { type ExplainedReport, renderExplanation } from "../render/explanation.ts";
import type { Surface } from "../render/style.ts";
import { REPORT_OPTIONS } from "./options.ts";

/** What reports look back on where nobody says. */
export const LAST_DAYS = 30;

export const EXPLAIN_OPTION = {
  type: "boolean",
  default: false,
  describe: "Explain the numbers, and show the rows behind them",
  group: "Output:",
} as const satisfies Options;

/** What the overview of the last days takes. */
export const LAST_DAYS_OPTIONS = {
  ...REPORT_OPTIONS,
  days: {
    type: "number",
    requiresArg: true,
    describe: `Cover the last N days, today included (default: ${LAST_DAYS})`,
    group: "Filter:",
  },
} as const satisfies Record<string, Options>;

/** What reports over the last days take. */
export const RECENT_OPTIONS = { ...LAST_DAYS_OPTIONS, explain: EXPLAIN_OPTION } as const;

/** The definitions behind a report, and the tasks behind its numbers; nothing unless asked for. */
export function explained(
  args: { explain?: boolean | undefined },
  report: ExplainedReport,
  tasks: readonly JudgedTask[],
  surface: Surface,
): string {
  return args.explain ? renderExplanation(report, tasks, surface) : "";
}
