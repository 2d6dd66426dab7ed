import type { Period } from "../domain/period.ts";
import { findMissing, findNewestBefore } from "../history/diagnostics.ts";
import { findLowerBound, type LowerBound } from "../history/lower-bound.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import type { NameFilters, Unmatched } from "../history/unmatched.ts";
import { renderMissing, renderAllOlder, renderUnmatched } from "../render/diagnostics.ts";
import { lowerBoundJson, lowerBoundText } from "../render/spend.ts";

/** The filters that some reports have besides. */
export type FilterArgs = { [Option in keyof NameFilters]?: NameFilters[Option] | undefined };

/** Notes on the numbers of a report: lines for people, fields for programs. */
interface ReportNotes {
  lines: string[];
  fields: object;
}

/** Returns what is to be known about the numbers of a report. */
export async function notesOn(
  command: string,
  history: OpenedHistory,
  { period, sessions }: { period: Period; sessions?: readonly string[] },
  filters: FilterArgs,
): Promise<ReportNotes> {
  const { project, model, agent, role, branch } = filters;
  const lowerBound =
    command === "spend" // has its own
      ? undefined
      : findLowerBound(history, period, { project, model, agent, role, branch }, sessions);
  const { unmatched, isNothing } = await unmatchedOf(history, period, filters);
  return {
    lines: [
      ...missingLines(history, period, lowerBound, unmatched),
      ...unmatched.map(renderUnmatched),
      ...(isNothing ? ["no request in this period matches all the filters"] : []),
    ],
    fields: {
      ...(lowerBound && { lowerBound: lowerBoundJson(lowerBound) }),
      ...(unmatched.length > 0 && { unmatched }),
    },
  };
}

/** Returns the filters that match nothing, and whether those that match something do so together. */
async function unmatchedOf(
  history: OpenedHistory,
  period: Period,
  { project, model, agent, role, branch }: FilterArgs,
): Promise<{ unmatched: Unmatched[]; isNothing: boolean }> {
  const filters = { project, model, agent, role, branch };
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  if (!isFiltered || history.isEmpty()) return { unmatched: [], isNothing: false };
  const { findUnmatched, matchNothingTogether } = await import("../history/unmatched.ts"); // few reports are filtered
  const unmatched = findUnmatched(history, period, filters);
  return { unmatched, isNothing: unmatched.length === 0 && matchNothingTogether(history, period, filters) };
}

/** Returns one line for each thing that the numbers of a period leave out. */
function missingLines(
  history: OpenedHistory,
  period: Period,
  lowerBound: LowerBound | undefined,
  unmatched: readonly Unmatched[],
): string[] {
  const missing = findMissing(history, period);
  const isHopeless = unmatched.some(({ isElsewhere }) => !isElsewhere); // another period would not help
  const newest = isHopeless ? undefined : findNewestBefore(history, period);
  return [
    ...(missing ? [renderMissing(missing)] : []),
    ...(lowerBound ? [lowerBoundText(lowerBound)] : []),
    ...(newest === undefined ? [] : [renderAllOlder(newest, period)]),
  ];
}
