import type { ModelAtEffort } from "../../src/domain/recommendation.ts";
import { TIER_MODELS } from "../../src/models/catalogue.ts";
import { drawNormal, type Random } from "../../src/advice/statistics/random.ts";
import { settle } from "./oracle.ts";
import { EQUAL, pick, type Shape, type WorldRole } from "./world.ts";

const OPUS: ModelAtEffort = { model: TIER_MODELS.opus, effort: "medium" };
const SONNET: ModelAtEffort = { model: TIER_MODELS.sonnet, effort: "medium" };
const FABLE: ModelAtEffort = { model: TIER_MODELS.fable, effort: "medium" };
const HAIKU: ModelAtEffort = { model: TIER_MODELS.haiku, effort: "medium" };
const OLDER: ModelAtEffort = { model: "claude-opus-5", effort: "high" };
const NEWER: ModelAtEffort = { ...OPUS, effort: "high" };
const PAIRS = [
  [OPUS, SONNET],
  [SONNET, HAIKU],
  [OPUS, HAIKU],
] as const;
const DAYS_TO_A_WEEK = 7 / 30;

/** How a user of this shape comes to the model that a task runs on; `everywhere` is what they use for all. */
export function drawHabit(
  role: WorldRole,
  shape: Shape,
  everywhere: ModelAtEffort,
  random: Random,
): WorldRole["habit"] {
  const [strong, weak] = pick(EQUAL.has(shape) ? PAIRS.slice(0, 1) : PAIRS, random);
  const share = 0.3 + 0.5 * random();
  const routed = shape === "routed" || (shape === "half-routed" && random() < 0.5);
  if (routed) {
    const best = settle(role, OPUS);
    return () => best;
  }
  switch (shape) {
    case "all-equal":
    case "mixed-at-random":
    case "compared-at-length":
      return (_at, _difficulty, random) => (random() < share ? strong : weak);
    case "all-equal-dear-tiers":
      return (_at, _difficulty, random) => pick([FABLE, OPUS, SONNET], random);
    case "sorted-by-difficulty":
      return (_at, difficulty, random) => (difficulty + 0.5 * drawNormal(random) > 0 ? strong : weak);
    case "drifting":
      return (at, _difficulty, random) => (random() < at * 1.2 ? strong : weak);
    case "week-by-week":
      return (at) => (Math.floor(at / DAYS_TO_A_WEEK) % 2 === 0 ? strong : weak);
    case "effort-mixed":
      return (_at, _difficulty, random) => (random() < share ? { ...strong, effort: "high" } : strong);
    case "new-model-halfway":
      return (at) => (at < 0.5 ? OLDER : NEWER);
    case "newer-beside-older":
      return (_at, _difficulty, random) => (random() < share ? OLDER : NEWER);
    default:
      return () => everywhere;
  }
}
