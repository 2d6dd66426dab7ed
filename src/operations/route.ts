import { estimateCurve, routeByHistory, type RoutingCurve, type RoutingUnit } from "../analysis/routing.ts";
import { agentLabels } from "../analysis/outcomes/agent-labels.ts";
import { categorize } from "../analysis/outcomes/categories.ts";
import { expectComplexity } from "../analysis/outcomes/complexity.ts";
import { readWork } from "../analysis/outcomes/work.ts";
import { type Effort, type Tier, tierRank } from "../domain/model.ts";
import type { Period } from "../domain/period.ts";
import { roleOf } from "../domain/policy.ts";
import type { Categories } from "../domain/task.ts";
import { needsOf, readFlags, type Route } from "../executor/route.ts";
import { readJudged } from "../history/judged.ts";
import { type OpenedHistory, roleName } from "../history/open-history.ts";
import { modelFacts } from "../policy/catalogue-facts.ts";
import { chooseTier } from "../policy/tier.ts";
import { readPrompt } from "../transcripts/observe/observe-user.ts";

/** Facts about a prompt's work besides its words. */
export interface PromptContext {
  /** The agent type that gets it; by default the main thread. */
  agent?: string | undefined;
  /** A check decides whether the answer is good. */
  checked?: boolean | undefined;
  /** Tokens of context besides the prompt. */
  contextTokens?: number | undefined;
}

/**
 * Classifies a prompt: complexity and category by the rules that judge tasks in transcripts, error cost and flags by its
 * words. The policy's rules make a tier and an effort of that. Deterministic; no text of the prompt is kept.
 *
 * @example
 * ```ts
 * import { classifyPrompt } from "rolecall";
 *
 * const { tier, redFlags, reasons } = classifyPrompt("Find the race condition in the queue", { checked: true });
 * console.log(tier, redFlags, reasons);
 * ```
 */
export function classifyPrompt(prompt: string, context: PromptContext = {}): Route {
  const { agent = "main", checked = false, contextTokens = 0 } = context;
  const { complexity, category, from } = categoriesOf(prompt, agent);
  const flags = readFlags(prompt);
  const needs = needsOf(prompt, flags, { complexity, checked, contextTokens });
  const { tier, effort, steps } = chooseTier(needs, modelFacts());
  const redFlags = [...flags.scope, ...flags.risk];
  return {
    tier,
    effort,
    complexity,
    category,
    errorCost: needs.errorCost,
    redFlags,
    greenFlags: flags.green,
    reasons: [
      `${complexity} work${from.length > 0 ? ` (${from.join(", ")})` : ", by default"}`,
      ...(redFlags.length > 0 ? [`the prompt ${redFlags.join(", ")}`] : []),
      ...(checked ? ["a check decides whether the answer is good"] : []),
      ...steps,
    ],
  };
}

/** A prompt without a characteristic word is ordinary work. */
function categoriesOf(prompt: string, agent: string): Categories {
  const read = readPrompt(prompt);
  const found = categorize({
    prompt: read,
    agent,
    events: [],
    work: readWork([]),
    files: new Set(),
    onlyDocs: false,
    onlyPlans: false,
    linesWritten: 0,
    linesAdded: 0,
    linesRemoved: 0,
    requests: 0,
    planMode: false,
    unseen: true,
  });
  const from = found.from.filter((clue) => !clue.startsWith("category:"));
  const category = from.length > 0 ? found.category : undefined;
  const expected = expectComplexity(read.topics, category);
  return {
    category: category ?? "code-generation",
    complexity: agentLabels(agent)?.complexity ?? expected.complexity,
    from: [...new Set([...from, ...expected.from])],
  };
}

/** The question to `rolecall route`. */
export interface RouteRequest {
  prompt?: string | undefined;
  /** The agent type or role that gets the prompt. */
  agent?: string | undefined;
  curve: boolean;
}

/** The source that decided the tier of a prompt. */
type RouteSource = "prompt" | "policy" | "history" | "red flags";

/** The model to start a prompt on, by its words, the policy and earlier tasks. */
export interface RouteDecision extends Route {
  role: string;
  /** The exact id. */
  model: string;
  decidedBy: RouteSource;
  /** The judged tasks of this role and complexity. */
  history?: RoutingUnit;
}

export interface RouteReport {
  decision?: RouteDecision;
  /** Without a prompt: what history supports for each role and complexity. */
  units: readonly RoutingUnit[];
  /** Only if it was asked for, and enough outcomes are known. */
  curve?: RoutingCurve;
}

/** Routes a prompt, or every role and complexity, by the judged tasks of a period. */
export function readRoute(history: OpenedHistory, period: Period, request: RouteRequest): RouteReport {
  const { prompt, agent, curve } = request;
  const role = agent === undefined ? undefined : roleName(history.policy, agent);
  const tasks = readJudged(history, period, {}).flatMap((analysis) => analysis.tasks);
  const own = role === undefined ? tasks : tasks.filter((task) => task.role === role);
  const units = routeByHistory(own);
  const estimated = curve ? estimateCurve(own) : undefined;
  return {
    ...(prompt !== undefined && { decision: decide(prompt, role ?? "main", agent, units, history) }),
    units,
    ...(estimated && { curve: estimated }),
  };
}

/** History beats the policy, the policy beats the prompt's own class, and a red flag never lets the tier sink below that. */
function decide(
  prompt: string,
  role: string,
  agent: string | undefined,
  units: readonly RoutingUnit[],
  { policy }: OpenedHistory,
): RouteDecision {
  const route = classifyPrompt(prompt, { agent });
  const unit = units.find((one) => one.role === role && one.complexity === route.complexity);
  const assigned = agent === undefined ? undefined : roleOf(policy, agent);
  const known = firstKnown([
    ["history", unit?.supported],
    ["policy", assigned?.tier],
    ["prompt", route.tier],
  ]);
  const raised = route.redFlags.length > 0 && tierRank(route.tier) > tierRank(known.tier);
  const tier = raised ? route.tier : known.tier;
  const decidedBy = raised ? "red flags" : known.source;
  const effort: Effort = decidedBy === "policy" ? (assigned?.effort ?? route.effort) : route.effort;
  return {
    ...route,
    tier,
    effort,
    role,
    decidedBy,
    model: modelFacts().tiers[tier],
    reasons:
      agent === undefined || assigned
        ? route.reasons
        : [...route.reasons, `the policy has no role for the agent ${agent}`],
    ...(unit && { history: unit }),
  };
}

function firstKnown(choices: readonly [RouteSource, Tier | undefined][]): {
  source: RouteSource;
  tier: Tier;
} {
  for (const [source, tier] of choices) if (tier !== undefined) return { source, tier };
  throw new Error("a prompt always has a tier");
}
