import type { Period } from "../domain/period.ts";
import { findMissing, findNewestBefore } from "../history/diagnostics.ts";
import { findLowerBound, type LowerBound } from "../history/lower-bound.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import {
  findUnmatched,
  matchNothingTogether,
  type NameFilters,
  type Unmatched,
} from "../history/unmatched.ts";
import { renderMissing, renderAllOlder, renderUnmatched } from "../render/diagnostics.ts";
import { lowerBoundJson, lowerBoundText } from "../render/spend.ts";

/** The filters that some reports have besides. */
export type FilterArgs = { [Option in keyof NameFilters]?: NameFilters[Option] | undefined };

/** What is to be known about the numbers of a report: lines for people, fields for programs. */
interface ReportNotes {
  lines: string[];
  fields: object;
}

/** Returns what is to be known about the numbers of a report. */
export function notesOn(
  command: string,
  history: OpenedHistory,
  period: Period,
  filters: FilterArgs,
): ReportNotes {
  const lowerBound = command === "spend" ? undefined : findLowerBound(history, period); // spend has its own
  const unmatched = history.isEmpty() ? [] : findUnmatched(history, period, filters);
  return {
    lines: [
      ...missingLines(history, period, lowerBound),
      ...unmatchedLines(history, period, filters, unmatched),
    ],
    fields: {
      ...(lowerBound && { lowerBound: lowerBoundJson(lowerBound) }),
      ...(unmatched.length > 0 && { unmatched }),
    },
  };
}

/** Returns one line for each thing that the numbers of a period leave out. */
function missingLines(history: OpenedHistory, period: Period, lowerBound: LowerBound | undefined): string[] {
  const missing = findMissing(history, period);
  const newest = findNewestBefore(history, period);
  return [
    ...(missing ? [renderMissing(missing)] : []),
    ...(lowerBound ? [lowerBoundText(lowerBound)] : []),
    ...(newest === undefined ? [] : [renderAllOlder(newest, period)]),
  ];
}

/** Returns one line for each filter that matches nothing, or one for filters that match nothing together. */
function unmatchedLines(
  history: OpenedHistory,
  period: Period,
  filters: FilterArgs,
  unmatched: readonly Unmatched[],
): string[] {
  if (unmatched.length > 0) return unmatched.map(renderUnmatched);
  return matchNothingTogether(history, period, filters)
    ? ["no request in this period matches all the filters"]
    : [];
}
