import type { Period } from "../../domain/period.ts";
import { findLowerBound } from "../../history/lower-bound.ts";
import type { OpenedHistory } from "../../history/open-history.ts";
import { lowerBoundJson } from "../../render/spend.ts";
import { periodJson } from "../report.ts";

/** Returns what every answer about a period has: its days, and what its numbers leave out. */
export function commonFields(history: OpenedHistory, period: Period): Record<string, unknown> {
  const lowerBound = findLowerBound(history, period);
  return {
    period: periodJson(period),
    ...(history.notices.length > 0 && { notices: history.notices }),
    ...(history.isEmpty() && { empty: "No transcript of Claude Code was found." }),
    ...(lowerBound && { lowerBound: lowerBoundJson(lowerBound) }),
  };
}
