import type { CostCauses, Unusual } from "../../domain/cost-causes.ts";
import type { Leaf } from "../../domain/ledger.ts";
import { toUsd } from "../../domain/money.ts";
import { sum } from "../../domain/numbers.ts";
import type { SimulatedAdvice } from "../../domain/simulation.ts";
import { readWhy, type WhyReport } from "../../operations/why.ts";
import { LEAF_LABELS } from "../../render/why-words.ts";
import { simulatedFields } from "../../render/why-fields.ts";
import { periodFrom } from "../options.ts";
import { tasksSince } from "../report.ts";
import { commonFields } from "./common-fields.ts";
import { commandLine, reportCommand } from "./command-line.ts";
import { type McpTool, PERIOD_PROPERTIES, shortId } from "./tool.ts";

export const whyTool: McpTool = {
  name: "why",
  title: "Causes of the cost",
  description:
    "Why a period or one session costs what it costs: each dollar counted under one cause (context read again, cache written again, new content, output), agents, avoidable cache losses, and simulated changes with what they would have saved.",
  properties: {
    ...PERIOD_PROPERTIES,
    session: {
      type: "string",
      description:
        "The start of a session's ID, or words of its title; compares it with the others instead of simulating changes.",
    },
  },
  async answer(args, { io, read, source }) {
    const { project, session } = args;
    const period = periodFrom(session === undefined ? args : { all: true }, io);
    const fields = await read("agents", tasksSince(period, io), (history) => ({
      ...commonFields(history, period),
      ...whyFields(readWhy(history, { period, project, session, now: io.now() })),
    }));
    const command =
      fields.session === null
        ? reportCommand("why", args, source)
        : commandLine("why", [fields.session, ...source]);
    return { fields, command };
  },
};

function whyFields({ causes, session, unusual, simulation }: WhyReport) {
  return {
    session,
    ...causesFields(causes),
    unusual: unusual.map(unusualFields),
    changes: (simulation?.advice ?? []).map(changeFields),
  };
}

function causesFields(causes: CostCauses) {
  const { nano, requests, sessions, overhead, losses } = causes;
  return {
    costUsd: toUsd(nano),
    requests,
    sessions,
    overhead,
    causes: causes.causes
      .filter((cause) => Object.hasOwn(LEAF_LABELS, cause.id) && cause.nano > 0)
      .toSorted((a, b) => b.nano - a.nano)
      .map(({ id, nano: own, share, certainty }) => ({
        id,
        label: LEAF_LABELS[id as Leaf],
        usd: toUsd(own),
        share,
        certainty,
      })),
    agents: causes.agents.map(({ key, nano: own, runs }) => ({ agent: key, usd: toUsd(own), runs })),
    losses: {
      count: losses.count,
      largestAvoidableUsd: toUsd(sum(losses.largest.map(({ avoidableNano }) => avoidableNano))),
    },
  };
}

/** Leaves out the title of the session: it is the beginning of a prompt. */
function unusualFields({ what, value, median, extraNano, place }: Unusual) {
  return { what, value, median, extraUsd: toUsd(extraNano), session: shortId(place.session) };
}

function changeFields(advice: SimulatedAdvice) {
  const { kind, subject, title, risk, trial, occasions } = simulatedFields(advice);
  const { low, mid, high } = advice.saves;
  const savesUsd = { low: toUsd(low), mid: toUsd(mid), high: toUsd(high) };
  return { kind, subject, title, savesUsd, risk, trial, occasions };
}
