import type { CauseAxis, CauseSum, CostCauses } from "../domain/cost-causes.ts";
import { toUsd } from "../domain/money.ts";
import type { Advice, Range } from "../domain/simulation.ts";
import type { WhyReport } from "../operations/why.ts";
import { renderCsv } from "./csv.ts";
import { adviceTitle } from "./why-words.ts";

/** The answer of `rolecall why --json`. */
export function whyJson({ causes, session, unusual, simulation }: WhyReport): object {
  return {
    session,
    ...causesJson(causes),
    unusual: unusual.map(({ extraNano, ...one }) => ({ ...one, extraUsd: toUsd(extraNano) })),
    changes: simulation?.advice.map(changeJson) ?? null,
    costTodayUsd: simulation ? toUsd(simulation.unchanged) : null,
    costThenUsd: simulation ? toUsd(simulation.unchangedThen) : null,
  };
}

/** Causes as programs get them. */
export function causesJson(causes: CostCauses): object {
  const { nano, requests, sessions, activeDays, overhead, unrecorded } = causes;
  return {
    costUsd: toUsd(nano),
    requests,
    sessions,
    activeDays,
    overhead,
    causes: causes.causes.map(({ id, parent, certainty, byName, byModel, ...sum }) => ({
      id,
      parent,
      ...sumJson(sum),
      certainty,
      byTool: byName.map(({ name, ...own }) => ({ name, ...sumJson(own) })),
      byModel: byModel.map(({ model, ...own }) => ({ model, ...sumJson(own) })),
    })),
    axes: Object.fromEntries(
      Object.entries(causes.axes).map(([axis, rows]) => [
        axis,
        rows.map(({ key, ...sum }) => ({ key, ...sumJson(sum) })),
      ]),
    ),
    main: sumJson(causes.main),
    agents: causes.agents.map(({ key, runs, ...sum }) => ({ agent: key, runs, ...sumJson(sum) })),
    promptsByContext: causes.bands.map(({ nano, ...band }) => ({ ...band, usd: toUsd(nano) })),
    losses: {
      count: causes.losses.count,
      largest: causes.losses.largest.map(({ avoidableNano, ...loss }) => ({
        ...loss,
        avoidableUsd: toUsd(avoidableNano),
      })),
    },
    missingOutput: { requests: unrecorded.requests, atLeastUsd: toUsd(unrecorded.nano) },
    overheadByWeek: causes.overheadByWeek.map(({ key, nano, overhead }) => ({
      week: key,
      usd: toUsd(nano),
      overhead,
    })),
    overheadByProject: causes.overheadByProject.map(({ key, nano, overhead }) => ({
      project: key,
      usd: toUsd(nano),
      overhead,
    })),
    unpriced: causes.unpriced,
  };
}

function sumJson({ nano, share, tokens, requests }: CauseSum) {
  return { usd: toUsd(nano), share, tokens, requests };
}

function changeJson(advice: Advice) {
  const { kind, subject, saves, savedThen, risk, isTrial, occasions, places, evidence, patch, verify } =
    advice;
  return {
    kind,
    subject,
    title: adviceTitle(advice),
    savesUsd: rangeJson(saves),
    savedThenUsd: rangeJson(savedThen),
    risk,
    trial: isTrial,
    occasions,
    places,
    evidence,
    patch,
    verify,
  };
}

function rangeJson({ low, mid, high }: Range) {
  return { low: toUsd(low), mid: toUsd(mid), high: toUsd(high) };
}

/** The rows of an axis, or the leaves of the tree, as CSV. */
export function renderWhyCsv({ axes }: CostCauses, axis: CauseAxis): string {
  return renderCsv(
    [axis, "usd", "share", "tokens", "requests"],
    axes[axis].map(({ key, nano, share, tokens, requests }) => [key, toUsd(nano), share, tokens, requests]),
  );
}
