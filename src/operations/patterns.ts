import { findPatterns } from "../analysis/patterns/index.ts";
import type { Finding } from "../domain/finding.ts";
import type { Period } from "../domain/period.ts";
import { readJudged } from "../history/judged.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import type { Filters } from "../history/filters.ts";

/** The anti-patterns of a period, the most expensive first. */
export function readPatterns(history: OpenedHistory, period: Period, filters: Filters = {}): Finding[] {
  const analyses = readJudged(history, period, filters);
  return findPatterns({ analyses, tasks: analyses.flatMap(({ tasks }) => tasks), models: history.models });
}
