import { toUsd } from "../../domain/money.ts";
import { type FallbackReport, readFallbacks } from "../../operations/fallbacks.ts";
import { switchFields } from "../../render/switch-fields.ts";
import { periodFrom } from "../options.ts";
import { tasksSince } from "../report.ts";
import { commonFields } from "./common-fields.ts";
import { reportCommand } from "./command-line.ts";
import { type McpTool, PERIOD_PROPERTIES, shortId } from "./tool.ts";

export const fallbacksTool: McpTool = {
  name: "fallbacks",
  title: "Fallbacks and escalations",
  description:
    "How often each model tier was not enough: success rate and escalation rate with 95% intervals, causes of model switches with what their cache re-writes cost, retries, and the latest switches first.",
  properties: PERIOD_PROPERTIES,
  async answer(args, { io, read, source }) {
    const period = periodFrom(args, io);
    const fields = await read("tasks", tasksSince(period, io), (history) => ({
      ...commonFields(history, period),
      ...fallbackFields(readFallbacks(history, period, { project: args.project })),
    }));
    return { fields, command: reportCommand("fallbacks", args, source) };
  },
};

function fallbackFields({
  tasks,
  tiers,
  switches,
  switchCostNano,
  retries,
  failures,
  events,
}: FallbackReport) {
  return {
    tasks: tasks.length,
    tiers: tiers.map(tierFields),
    switches,
    switchCostUsd: Object.fromEntries(
      Object.entries(switchCostNano).map(([cause, nano]) => [cause, toUsd(nano)]),
    ),
    retries,
    errors: failures.map(({ error, status, count }) => ({ error, status, count })),
    events: events.toReversed().map((event) => {
      const { at, session, cause, from, to, costUsd } = switchFields(event);
      return { at, session: shortId(session), cause, from, to, costUsd };
    }),
  };
}

function tierFields({
  tier,
  started,
  outcomes,
  successRate,
  escalationRate,
  verdict,
}: FallbackReport["tiers"][number]) {
  return { tier, started, outcomes, successRate, escalationRate, verdict };
}
