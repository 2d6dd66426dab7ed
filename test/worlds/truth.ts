import { EFFORTS, FAMILIES, tierRank, type Tier } from "../../src/domain/model.ts";
import type { ModelAtEffort } from "../../src/domain/recommendation.ts";
import type { Complexity } from "../../src/domain/task.ts";
import { TIER_MODELS } from "../../src/models/catalogue.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { drawNormal, type Random } from "../../src/advice/statistics/random.ts";
import { PRICED_AT, priceRequests, usualTokens } from "./prices.ts";
import type { Truth, WorldRole } from "./world.ts";

const table = createModelTable();

/** Range of log odds that a step down from the tier costs; drawn, so that no rule can know it. */
const TIER_STEP: Record<Complexity, Partial<Record<Tier, readonly [number, number]>>> = {
  mechanical: { fable: [0, 0.1], opus: [0, 0.15], sonnet: [0, 0.25] },
  exploration: { fable: [0, 0.1], opus: [0, 0.2], sonnet: [0, 0.3] },
  generative: { fable: [0, 0.3], opus: [0, 0.5], sonnet: [0.3, 1.2] },
  reasoning: { fable: [0, 0.4], opus: [0.3, 1.4], sonnet: [0.4, 1.6] },
};
/** What a model of an earlier generation lacks, in log odds. */
const OLDER_MOST = 0.4;

/** Draws how well each assignment does a role's work, and what it takes; on Opus at medium it succeeds in `range`. */
export function drawTruth(complexity: Complexity, range: readonly [number, number], random: Random): Truth {
  const between = (low: number, high: number) => low + random() * (high - low);
  const ability = drawAbility(complexity, random);
  const easy = complexity === "mechanical" || complexity === "exploration";
  const effortAt: number[] = [0];
  for (const most of [easy ? 0.1 : 0.6, 0.2, 0.1, 0.1])
    effortAt.push((effortAt.at(-1) ?? 0) + between(0, most));
  const base = Math.log(1 / (1 - between(...range)) - 1) - ability.opus - (effortAt[1] ?? 0);
  const slope = between(0.2, 1);
  const tokens = Object.fromEntries(FAMILIES.map((tier) => [tier, Math.exp(0.2 * drawNormal(random))]));
  const outputAt = EFFORTS.map(() => Math.exp(0.1 * drawNormal(random)));
  const older = between(0, OLDER_MOST);
  return {
    succeeds: (assignment, difficulty) => {
      const [tier, effort] = rungOf(assignment);
      const lacks = assignment.model === TIER_MODELS[tier] ? 0 : older;
      const odds = base + ability[tier] + (effortAt[effort] ?? 0) - lacks - slope * difficulty;
      return 1 / (1 + Math.exp(-odds));
    },
    usesTokens: (assignment, difficulty) => {
      const [tier, effort] = rungOf(assignment);
      const entry = table.find(assignment.model);
      const index = entry?.effortCost?.[EFFORTS[effort] ?? "medium"] ?? 1;
      const size = (tokens[tier] ?? 1) * Math.exp(0.3 * difficulty);
      return { output: size * index * (outputAt[effort] ?? 1), rest: size * (0.7 + 0.3 * index) };
    },
  };
}

function drawAbility(complexity: Complexity, random: Random): Record<Tier, number> {
  const ability: Record<Tier, number> = { haiku: 0, sonnet: 0, opus: 0, fable: 0 };
  for (const tier of FAMILIES.slice(1)) {
    const [low, high] = TIER_STEP[complexity][tier] ?? [0, 0];
    ability[tier] = ability[FAMILIES[tierRank(tier) - 1] as Tier] + low + random() * (high - low);
  }
  return ability;
}

/** Every model does equally well, and costs the same because the cheaper ones need more tokens. */
export function equalTruth(usual: WorldRole["usual"], random: Random): Truth {
  const base = 1 + 1.5 * random();
  const plain = (model: string) => {
    const tokens = usualTokens(usual, { output: 1, rest: 1 });
    return priceRequests(model, tokens, usual.requests, PRICED_AT);
  };
  return {
    succeeds: (_assignment, difficulty) => 1 / (1 + Math.exp(-(base - 0.5 * difficulty))),
    usesTokens: ({ model }, difficulty) => {
      const size = (plain(TIER_MODELS.opus) / plain(model)) * Math.exp(0.3 * difficulty);
      return { output: size, rest: size };
    },
  };
}

/** Tier and effort. */
function rungOf({ model, effort }: ModelAtEffort): [Tier, number] {
  const entry = table.find(model);
  return [entry?.family ?? "sonnet", EFFORTS.indexOf(effort ?? entry?.defaultEffort ?? "medium")];
}
