import { findPatterns } from "../analysis/patterns/index.ts";
import type { Finding, FindingPlace } from "../domain/finding.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import type { Period } from "../domain/period.ts";
import { readJudged } from "../history/judged.ts";
import { readTitles } from "../history/prompt-titles.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import type { Filters } from "../history/filters.ts";

/** The anti-patterns of a period, the most expensive first. */
export function readPatterns(history: OpenedHistory, period: Period, filters: Filters = {}): Finding[] {
  const analyses = readJudged(history, period, filters);
  return findPatterns({ analyses, tasks: analyses.flatMap(({ tasks }) => tasks), models: history.models });
}

/** Returns how the prompt of the task at each place begins; places without a transcript have none. */
export function readPlaceTitles(
  history: OpenedHistory,
  period: Period,
  filters: Filters,
  places: readonly FindingPlace[],
): ReadonlyMap<FindingPlace, string> {
  const tasks = readJudged(history, period, filters).flatMap((analysis) => analysis.tasks);
  const ofFile = Map.groupBy(tasks, ({ file }) => file);
  const taskAt = ({ session, file, line }: FindingPlace): JudgedTask | undefined =>
    ofFile
      .get(file)
      ?.filter((task) => task.session === session && task.line <= line)
      .reduce((last, task) => (task.line > last.line ? task : last));
  const found = places.map((place) => ({ place, task: taskAt(place) }));
  const titles = readTitles([...new Set(found.flatMap(({ task }) => task ?? []))]);
  return new Map(
    found.flatMap(({ place, task }): [FindingPlace, string][] => {
      const title = task && titles.get(task);
      return title === undefined ? [] : [[place, task?.kind === "turn" ? title : `${task?.agent}: ${title}`]];
    }),
  );
}
