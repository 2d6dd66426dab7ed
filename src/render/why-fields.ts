import type { AxisRow, Cause, CauseAxis, CauseSum, CostCauses, OverheadRow } from "../domain/cost-causes.ts";
import { toUsd } from "../domain/money.ts";
import type { SimulatedAdvice, Range } from "../domain/simulation.ts";
import type { WhyReport } from "../operations/why.ts";
import { usdOrNull } from "./cost.ts";
import { renderCsv } from "./csv.ts";
import { adviceTitle } from "./why-words.ts";

/** The answer of `rolecall why --json`. */
export function whyJson({ causes, session, unusual, simulation, without }: WhyReport): object {
  return {
    session,
    ...causesJson(causes),
    unusual: unusual.map(({ extraNano, place, title, ...one }) => ({
      ...one,
      extraUsd: toUsd(extraNano),
      place: { ...place, title },
    })),
    withoutLedger: { transcripts: without.transcripts, usd: toUsd(without.nano) },
    changes: simulation?.advice.map(changeJson) ?? null,
    costTodayUsd: usdOrNull(simulation?.unchanged),
    costThenUsd: usdOrNull(simulation?.unchangedThen),
  };
}

function causesJson(causes: CostCauses): object {
  const { nano, requests, sessions, activeDays, overhead, losses, axes } = causes;
  return {
    costUsd: toUsd(nano),
    requests,
    sessions,
    activeDays,
    overhead,
    causes: causes.causes.map(causeJson),
    axes: Object.fromEntries(Object.entries(axes).map(([axis, rows]) => [axis, rows.map(rowJson)])),
    main: sumJson(causes.main),
    agents: causes.agents.map(({ runs, ...row }) => ({ ...rowJson(row), runs })),
    promptsByContext: causes.bands.map(({ nano, ...band }) => ({ ...band, usd: toUsd(nano) })),
    losses: {
      count: losses.count,
      largest: losses.largest.map(({ avoidableNano, ...loss }) => ({
        ...loss,
        avoidableUsd: toUsd(avoidableNano),
      })),
    },
    overheadByWeek: causes.overheadByWeek.map(overheadJson),
    overheadByProject: causes.overheadByProject.map(overheadJson),
    unpriced: causes.unpriced,
  };
}

function causeJson({ id, parent, certainty, byName, byModel, ...sum }: Cause) {
  return {
    id,
    parent,
    ...sumJson(sum),
    certainty,
    byTool: byName.map(({ name, ...own }) => ({ name, ...sumJson(own) })),
    byModel: byModel.map(({ model, ...own }) => ({ model, ...sumJson(own) })),
  };
}

function rowJson({ key, calls, ...sum }: AxisRow) {
  return { key, ...sumJson(sum), ...(calls !== undefined && { calls }) };
}

function overheadJson({ key, nano, overhead }: OverheadRow) {
  return { key, usd: toUsd(nano), overhead };
}

function sumJson({ nano, share, tokens, requests }: CauseSum) {
  return { usd: toUsd(nano), share, tokens, requests };
}

function changeJson(advice: SimulatedAdvice) {
  const { kind, subject, title, ...rest } = simulatedFields(advice);
  return {
    kind,
    subject,
    title,
    savesUsd: rangeJson(advice.saves),
    savedThenUsd: rangeJson(advice.savedThen),
    ...rest,
  };
}

/** The fields that every answer has of a simulated change. */
export function simulatedFields(advice: SimulatedAdvice) {
  const { kind, subject, risk, isTrial, occasions, places, evidence, patch, verify } = advice;
  const title = adviceTitle(advice);
  return { kind, subject, title, risk, trial: isTrial, occasions, places, evidence, patch, verify };
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
