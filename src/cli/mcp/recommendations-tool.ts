import { type ChangeAdvice, isSafe } from "../../domain/change-decision.ts";
import { ADVICE_TITLES, type Recommendation } from "../../domain/recommendation.ts";
import { type AdviceList, readAdviceList } from "../../operations/advice-list.ts";
import { adviceTitle } from "../../render/why-words.ts";
import { periodFrom } from "../options.ts";
import { tasksSince } from "../report.ts";
import { commonFields } from "./common-fields.ts";
import { reportCommand } from "./command-line.ts";
import { type McpTool, PERIOD_PROPERTIES } from "./tool.ts";

export const recommendationsTool: McpTool = {
  name: "recommendations",
  title: "Recommendations",
  description:
    "What to change in models, efforts and settings, from the outcomes of tasks and from simulations on this history: dollars a month with an interval, confidence (act, try or watch), evidence, and the command that shows or applies each. Applies nothing: ask the user before you run a command that does.",
  properties: PERIOD_PROPERTIES,
  async answer(args, { io, read, source }) {
    const period = periodFrom(args, io);
    const fields = await read("tasks", tasksSince(period, io), async (history) => ({
      ...commonFields(history, period),
      ...listFields(await readAdviceList(history, period, io.now(), { project: args.project })),
    }));
    return { fields, command: reportCommand("recommend", args, source) };
  },
};

function listFields({ recommendations, changes, totalUsdPerMonth, ...list }: AdviceList) {
  return {
    totalUsdPerMonth,
    recommendations: recommendations.map(recommendationFields),
    changes: changes.map(changeFields),
    left: list.left,
    dismissed: list.dismissed,
    reasons: list.reasons,
    elsewhere: list.elsewhere,
  };
}

function recommendationFields(one: Recommendation) {
  const { id, kind, confidence, savingsUsdPerMonth, successChange, evidence, basis, command } = one;
  const { tasks, sessions, current, proposed } = evidence;
  return {
    id,
    title: ADVICE_TITLES[kind](one),
    confidence,
    savingsUsdPerMonth,
    successChange,
    evidence: { tasks, sessions, current, proposed },
    basis,
    command,
  };
}

function changeFields(change: ChangeAdvice) {
  const { id, savingsUsdPerMonth, risk, isTrial, occasions } = change;
  return {
    id,
    title: adviceTitle(change),
    confidence: isSafe(change) ? "act" : "try",
    savingsUsdPerMonth,
    risk,
    trial: isTrial,
    occasions,
    command: `rolecall recommend --why ${id}`,
  };
}
