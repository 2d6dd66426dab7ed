import type { Task } from "../domain/task.ts";
import type { ModelTable } from "../models/resolve.ts";
import { compareGroups } from "./compare.ts";
import { update, type Belief } from "./prior.ts";
import { createRepricer } from "./reprice.ts";
import { keyOf, type RoleView } from "./role-view.ts";
import { normalQuantile } from "./statistics/normal.ts";

/** What a user's own logs say beyond the role in question. */
export interface Habits {
  /** Roles whose assignment the user has chosen for them, as far as one can see. */
  chosen: ReadonlySet<RoleView>;
  /**
   * Share of a price difference that does not arrive, because the cheaper model uses more tokens; 0 is full arrival. Learned
   * from roles that ran on more than one assignment.
   */
  leak: Belief;
}

/** Before any log is seen: prices arrive, give or take. A log that says otherwise is believed. */
const LEAK_UNSEEN: Belief = { mean: 0, sd: 0.15 };
const LEAK_SEEN: Belief = { mean: 0, sd: 0.5 };
/** Roles differ in it by about so much, however well one of them is measured. */
const LEAK_BETWEEN_ROLES_SD = 0.25;
/** Harder work costs more: by about so much in the log for a deviation, as far as bands leave any of it. */
const COST_OF_DIFFICULTY = 0.3;
const LEAST = 5;

/** `advised` names the roles that are where they are because advice was followed. */
export function observeHabits(
  roles: readonly RoleView[],
  table: ModelTable,
  until: number,
  advised: ReadonlySet<string>,
): Habits {
  const leaks = roles.flatMap((view) => measureLeaks(view, table, until));
  return { chosen: chosenRoles(roles, advised), leak: leaks.length > 0 ? forAnother(leaks) : LEAK_UNSEEN };
}

/** What to expect of a move that was not seen: as the others were, and as far off as they are from one another. */
function forAnother(leaks: readonly Belief[]): Belief {
  const { mean, sd } = leaks.reduce(update, LEAK_SEEN);
  return { mean, sd: Math.hypot(sd, LEAK_BETWEEN_ROLES_SD) };
}

/**
 * Who runs roles on different assignments has routed them by hand, and has had reasons; who runs one everywhere has not, and
 * neither has who runs one role now on this and now on that. Where the most frequent assignment covers no more than two
 * roles in five, all steady ones count as chosen. Roles that followed advice count as its user's usual ones.
 */
function chosenRoles(roles: readonly RoleView[], advised: ReadonlySet<string>): Set<RoleView> {
  const own = roles.filter(({ role }) => !advised.has(role));
  const byKey = Map.groupBy(own, (view) => keyOf(view.current.assignment));
  const usual = [...byKey.values()].toSorted((a, b) => b.length - a.length)[0] ?? [];
  const unchosen = usual.length + roles.length - own.length;
  const chosen = unchosen > USUAL_SHARE * roles.length ? own.filter((view) => !usual.includes(view)) : own;
  return new Set(chosen.filter(({ tasks, current }) => current.tasks.length >= STEADY * tasks.length));
}
const USUAL_SHARE = 0.4;
/** Share of a role's tasks on its current assignment from which on it is there on purpose. */
const STEADY = 0.9;

function measureLeaks(view: RoleView, table: ModelTable, until: number): Belief[] {
  const { tasks, assignment } = view.current;
  if (tasks.length < LEAST) return [];
  return view.groups.flatMap((group) => {
    if (group.assignment === assignment || group.tasks.length < LEAST) return [];
    const reprice = createRepricer(group.assignment, table);
    if (!reprice) return [];
    const comparison = compareGroups(tasks, group.tasks, reprice, { until, z: normalQuantile(0.95) });
    const { costRatio, imbalance } = comparison;
    const expected = logPriceChange(tasks, reprice);
    // A price difference of a few percent tells nothing of what becomes of price differences.
    if (!Number.isFinite(costRatio.sd) || !Number.isFinite(expected) || Math.abs(expected) < 0.2) return [];
    const error = Math.hypot(costRatio.sd, COST_OF_DIFFICULTY * imbalance);
    const sd = Math.hypot(error / Math.abs(expected), LEAK_BETWEEN_ROLES_SD);
    return [{ mean: -costRatio.mean / expected, sd }];
  });
}

/** Log of what tasks would cost by their tokens ÷ what they cost. */
function logPriceChange(tasks: readonly Task[], reprice: (task: Task) => number): number {
  const now = tasks.reduce((sum, task) => sum + task.costNano, 0);
  const then = tasks.reduce((sum, task) => sum + reprice(task), 0);
  return now > 0 && then > 0 ? Math.log(then / now) : 0;
}
