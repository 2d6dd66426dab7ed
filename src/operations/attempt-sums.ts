import type { Attempt } from "../domain/attempt.ts";
import { DAY_MS, dayOf, HOUR_MS, minuteOf } from "../domain/calendar.ts";
import { sum } from "../domain/numbers.ts";
import type { Period } from "../domain/period.ts";
import type { Categories } from "../domain/task.ts";
import { addUsage, NO_USAGE } from "../domain/usage.ts";
import type { Filters } from "../history/filters.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { isBilled, modelOf, readAttempts } from "../history/own-attempts.ts";
import { QUARTER_MS, type SpendColumn, type SpendSum } from "../store/spend-sums.ts";

/** A sum that also knows its source, and the categories of its task if these were asked for. */
export type SourcedSum = SpendSum<SpendColumn> & { categories?: Categories | undefined; source: string };

/** The source of everything that Claude Code did. */
export const TRANSCRIPTS = "transcripts";

/** Adds up the attempts that transcripts do not hold, by what spend can be broken down by. */
export function sumAttempts(history: OpenedHistory, period: Period, filters: Filters): SourcedSum[] {
  const attempts = readAttempts(history, period, filters).own.filter(isBilled);
  const groups = Map.groupBy(attempts, (attempt) =>
    [
      attempt.source,
      modelOf(attempt, history.models),
      Math.floor(attempt.at / QUARTER_MS),
      attempt.effort,
      attempt.session,
      attempt.costNano === undefined,
    ].join("\u0000"),
  );
  return [...groups.values()].map((group) => addUp(group, history, period));
}

/** Adds up attempts with the same values; they are in order of time. */
function addUp(group: readonly Attempt[], { models }: OpenedHistory, { timezone }: Period): SourcedSum {
  const [first, last] = [group[0] as Attempt, group.at(-1) as Attempt];
  const usage = { ...NO_USAGE };
  for (const attempt of group) addUsage(usage, attempt.usage);
  return {
    values: {
      ...NO_VALUES,
      model: modelOf(first, models),
      session: first.session ?? "none",
      effort: first.effort ?? "",
      day: Date.parse(dayOf(first.at, timezone)) / DAY_MS,
      hour: Math.floor(Date.parse(`${minuteOf(first.at, timezone).replace(" ", "T")}Z`) / HOUR_MS),
    },
    source: first.source,
    requests: group.length,
    unpriced: first.costNano === undefined ? group.length : 0,
    cut: 0,
    cost: sum(group.map(({ costNano = 0 }) => costNano)),
    firstAt: first.at,
    lastAt: last.at,
    ...usage,
  };
}

const NO_VALUES: Record<SpendColumn, string | number> = {
  model: "",
  session: "",
  agent: "",
  agentId: "",
  effort: "",
  branch: "",
  flags: 0,
  project: "",
  account: "",
  promptAbove: 0,
  quarter: 0,
  hour: 0,
  day: 0,
};
