import type { Options } from "yargs";
import type { JudgedTask } from "../domain/judged-task.ts";
import type { ExplainedReport } from "../render/explanation.ts";
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

/** Writes the definitions behind a report, and the tasks behind its numbers. */
type Explain = (readTasks: () => readonly JudgedTask[], surface: Surface) => string;

/** Loads what explains a report, if that is asked for; otherwise nothing is written. */
export async function loadExplained(
  { explain }: { explain?: boolean | undefined },
  report: ExplainedReport,
): Promise<Explain> {
  if (!explain) return () => "";
  const [{ readTitles }, { renderExplanation }] = await Promise.all([
    import("../history/prompt-titles.ts"),
    import("../render/explanation.ts"),
  ]);
  return (readTasks, surface) => {
    const tasks = readTasks();
    return renderExplanation(report, tasks, surface, readTitles(tasks));
  };
}
