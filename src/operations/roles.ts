import { contextOf, recommendIn } from "../advice/recommend.ts";
import { judgeRoles, ROLE_GROUPINGS, type RoleGroup, type RoleGrouping } from "../advice/roles.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import type { Period } from "../domain/period.ts";
import type { Filters } from "../history/filters.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { adviceInputs, rememberAdvice } from "./recommend.ts";

export { ROLE_GROUPINGS, type RoleGrouping } from "../advice/roles.ts";

/** The table that advice is drawn from: how each model did in each role and each kind of work. */
export interface RoleReport {
  /** By role, by category and by complexity; the most expensive roles and the most frequent kinds first. */
  groups: readonly (RoleGroup & {
    /** The advice on it that `rolecall recommend` lists; null if it lists none. */
    recommendation: string | null;
  })[];
  /** The projects of the tasks, if none of them is from the repository that the command runs in. */
  elsewhere: readonly string[];
}

/** Reads how the tasks of a period went by role, kind of work and model. */
export function readRoles(
  history: OpenedHistory,
  period: Period,
  now: number,
  filters: Filters = {},
  by: readonly RoleGrouping[] = ROLE_GROUPINGS,
): RoleReport {
  return rememberAdvice(history, `roles ${by.join()}`, period, now, filters, () =>
    groupRoles(history, period, now, filters, by),
  );
}

/** Reads the tasks of a period that the table of roles shows. */
export function readRoleTasks(
  history: OpenedHistory,
  period: Period,
  now: number,
  filters: Filters,
): readonly JudgedTask[] {
  return adviceInputs(history, period, now, filters).inPeriod;
}

function groupRoles(
  history: OpenedHistory,
  period: Period,
  now: number,
  filters: Filters,
  by: readonly RoleGrouping[],
): RoleReport {
  const { tasks, inPeriod, elsewhere, span, options } = adviceInputs(history, period, now, filters);
  const context = contextOf(tasks, history.policy, span, options);
  const { recommendations } = recommendIn(context, history.policy, options.ignored);
  const adviceOn = (agent: string | null): string | null =>
    recommendations.find(({ subject }) => agent !== null && subject.agent === agent)?.id ?? null;
  const own = { since: period.since ?? 0, until: span.until };
  const shown = own.since === span.since ? context : contextOf(inPeriod, history.policy, own, options);
  const groups = judgeRoles(shown, by).map((group) => ({
    ...group,
    recommendation: adviceOn(group.agent),
  }));
  return { groups, elsewhere };
}
