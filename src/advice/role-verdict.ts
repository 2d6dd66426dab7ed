import { tierRank } from "../domain/model.ts";
import { formatModel, type ModelAtEffort } from "../domain/recommendation.ts";
import type { AdviceContext } from "./context.ts";
import type { AdviceTask } from "./failure.ts";
import { forecast } from "./forecast.ts";
import { LEAST_KNOWN, lookAtMoves } from "./move.ts";
import type { Count } from "./statistics/rates.ts";
import { assignmentOf, countVotes, keyOf, type Unit } from "./unit.ts";

/**
 * The conclusion that the tasks of a group support: `default` its present assignment, `always` that too because a lower tier did worse
 * here, `move` another assignment with enough outcomes, `unknown` nothing yet.
 */
export type RoleVerdictKind = "always" | "default" | "move" | "unknown";

/** The assignment that a group should run on. */
export interface RoleVerdict {
  /** The kind of verdict. */
  kind: RoleVerdictKind;
  /** The assignment that it runs on now. */
  current: ModelAtEffort;
  /** The assignment to run on (`move`), or the one that is worth a trial (otherwise); null if there is neither. */
  proposed: ModelAtEffort | null;
  /** One clause. */
  why: string;
}

/** From this probability on a lower tier counts as worse. */
const CLEARLY_WORSE = 0.85;

/** Decides what the tasks of a unit support, by the same forecasts as advice. */
export function verdictOn(unit: Unit, context: AdviceContext): RoleVerdict {
  const { current } = unit;
  const { isKnown, best, why } = lookAtMoves(unit, context);
  if (!isKnown) return { kind: "unknown", current, proposed: null, why: tooFew(unit) };
  const worse = worseBelow(unit, context);
  const proposed = best?.proposed ?? null;
  const whyProposed = best && outcomesOn(best.found.outcomes.proposed);
  if (best?.confidence === "act") return { kind: "move", current, proposed, why: whyProposed ?? "" };
  if (worse !== undefined) return { kind: "always", current, proposed, why: worse };
  return { kind: "default", current, proposed, why: whyProposed ?? why };
}

function outcomesOn({ accepted, known }: Count): string {
  if (known === 0) return "not seen here yet: its success is assumed";
  return `${accepted} of ${known} known outcomes on it were accepted`;
}

function tooFew({ now }: Unit): string {
  return `${countVotes(now).known} of ${LEAST_KNOWN} known outcomes on its model`;
}

/** Names a lower tier that did worse here than Opus or Fable; undefined if none has so many known outcomes. */
function worseBelow(unit: Unit, context: AdviceContext): string | undefined {
  const { table } = context;
  const rankOf = (model: string) => tierRank(table.find(model)?.family ?? "haiku");
  const rank = rankOf(unit.current.model);
  const isWorse = (to: ModelAtEffort) => (forecast(unit, to, context)?.safe ?? 1) < 1 - CLEARLY_WORSE;
  if (rank < tierRank("opus")) return undefined;
  const lower = Map.groupBy(
    unit.tasks.filter(({ models }) => rankOf(models[0] ?? "") < rank),
    (task) => keyOf(assignmentOf(task)),
  );
  for (const tasks of lower.values()) {
    const after = countVotes(tasks);
    if (after.known >= LEAST_KNOWN && isWorse(assignmentOf(tasks[0] as AdviceTask)))
      return `${formatModel(assignmentOf(tasks[0] as AdviceTask))} succeeded in ${after.accepted} of ${after.known} cases here`;
  }
  return undefined;
}
