import type {
  Confidence,
  ModelAtEffort,
  Recommendation,
  RecommendationKind,
} from "../domain/recommendation.ts";
import type { Task } from "../domain/task.ts";
import type { AdviceContext } from "./context.ts";
import { evidenceOf, type AdviceFinding } from "./finding.ts";

/** A finding that is no move of a role: the arithmetic behind it is the rule's own. */
export interface Pattern {
  kind: RecommendationKind;
  role: string | null;
  agent?: string | null;
  category?: string | null;
  /** The tasks that show it. */
  tasks: readonly Task[];
  /** Dollars over the period that would not have been spent. */
  savedUsd: { low: number; mid: number; high: number };
  confidence: Confidence;
  basis: readonly string[];
  current?: ModelAtEffort;
  proposed?: ModelAtEffort;
  /** None by default. */
  successChange?: { low: number; high: number };
  policyPatch?: Recommendation["policyPatch"];
  /** What to type, where there is nothing to apply. */
  command?: string;
}

/** A pattern has to matter: so many dollars in 30 days, and so much of the spend. */
const MATERIAL_USD = 2;
const MATERIAL_SHARE = 0.02;

/** The finding that a pattern makes, or nothing where it does not matter. */
export function findPattern(pattern: Pattern, context: AdviceContext): AdviceFinding[] {
  const { kind, role, agent = null, category = null, tasks, confidence, basis } = pattern;
  const perMonth = (usd: number) => (usd / context.days) * 30;
  const { low, mid, high } = pattern.savedUsd;
  const worth = perMonth(mid);
  if (worth < Math.max(MATERIAL_USD, MATERIAL_SHARE * context.monthlyUsd)) return [];
  const id = [kind, role, category].filter((word) => word !== null).join("-");
  const recommendation: Recommendation = {
    id,
    kind,
    subject: { role, agent, category },
    current: pattern.current ?? null,
    proposed: pattern.proposed ?? null,
    evidence: evidenceOf(tasks, []),
    savingsUsdPerMonth: { low: perMonth(low), mid: worth, high: perMonth(high) },
    successChange: pattern.successChange ?? { low: 0, high: 0 },
    confidence,
    basis,
    policyPatch: pattern.policyPatch ?? null,
    command: pattern.command ?? `rolecall recommend --apply ${id}`,
  };
  // Patterns move no task to another assignment, so they get in nobody's way.
  return [{ recommendation, worth, preference: worth, chance: 1, tasks: [] }];
}

/** The turns of each session in order of start. */
export function turnsBySession(tasks: readonly Task[]): Task[][] {
  const turns = tasks.filter(({ kind }) => kind === "turn").toSorted((a, b) => a.startedAt - b.startedAt);
  return [...Map.groupBy(turns, ({ session }) => session).values()];
}
