import type { Period } from "../domain/period.ts";
import type { ModelAttempts } from "../analysis/fallbacks/attempts.ts";
import type { Attempt } from "../domain/attempt.ts";
import { displayName } from "../domain/model-name.ts";
import { toUsd } from "../domain/money.ts";
import type { TelemetryReport } from "../operations/telemetry.ts";
import { latencyJson, renderLatency, renderRunTiers } from "./attempts.ts";
import { usdOrNull } from "./cost.ts";
import { renderCsv } from "./csv.ts";
import { formatCount, formatInteger, formatShare, formatUsd, plural } from "./numbers.ts";
import { attemptJson } from "./run.ts";
import { periodText } from "./scope.ts";
import { suggestAll } from "./no-requests.ts";
import type { Surface } from "./style.ts";
import { type Column, renderTable } from "./table.ts";
import { plainLine } from "./text.ts";

/** Draws the tables of `rolecall telemetry`. */
export function renderTelemetry(
  report: TelemetryReport,
  period: Period,
  now: number,
  surface: Surface,
): string {
  const { summary } = report;
  const sections = [
    `${surface.style("bold", periodText(period, now))}\n${headline(report, surface)}`,
    renderRunTiers(summary.tiers, surface),
    renderModels(summary.models, surface),
    renderCauses(report),
    renderLatency(report.latency),
    renderBreakers(report, surface),
  ];
  return sections.filter((section) => section !== "").join("\n");
}

function headline({ summary, hasAttempts }: TelemetryReport, { same = "" }: Surface): string {
  const { runs, answered, attempts, actualNano, alwaysOpusNano, unpriced } = summary;
  if (attempts === 0)
    return hasAttempts
      ? `No attempts in this period. ${suggestAll(same)}\n`
      : "No attempts yet. Try rolecall run --help.\n";
  const saved = alwaysOpusNano - actualNano;
  const share = alwaysOpusNano > 0 ? ` (${formatShare(saved / alwaysOpusNano)})` : "";
  return [
    `${formatInteger(answered)} of ${formatInteger(runs)} runs answered, with ${formatInteger(attempts)} attempts.`,
    `Cost ${formatUsd(actualNano)}; always on Opus ${formatUsd(alwaysOpusNano)}; saved ${formatUsd(saved)}${share}.`,
    ...(unpriced > 0
      ? [`${formatInteger(unpriced)} attempts have no known price and are left out of both sums.`]
      : []),
    "",
  ].join("\n");
}

function renderModels(models: readonly ModelAttempts[], surface: Surface): string {
  if (models.length === 0) return "";
  const columns: Column[] = [
    { title: "Model", shrink: true },
    { title: "Attempts", align: "right" },
    { title: "Answers", align: "right" },
    { title: "Input", align: "right", drop: 2 },
    { title: "Output", align: "right", drop: 2 },
    { title: "Cost", align: "right" },
  ];
  const rows = models.map(({ model, attempts, answers, tokens, costNano }) => [
    displayName(plainLine(model)),
    formatInteger(attempts),
    formatInteger(answers),
    formatCount(tokens.input + tokens.cacheRead + tokens.cacheWrite5m + tokens.cacheWrite1h),
    formatCount(tokens.output),
    formatUsd(costNano),
  ]);
  return renderTable({ columns, rows }, surface);
}

function renderCauses({ summary: { causes, failures } }: TelemetryReport): string {
  const kinds = Object.entries(failures).toSorted(([, a], [, b]) => b - a);
  const after = [
    plural(causes.retry, "retry", "retries"),
    plural(causes.fallback, "fallback"),
    plural(causes.escalation, "escalation"),
  ];
  const lines = [`After the first attempt: ${after.join(", ")}.`];
  if (kinds.length > 0) lines.push(`Errors: ${kinds.map(([kind, count]) => `${count} ${kind}`).join(", ")}.`);
  return causes.first === 0 ? "" : `${lines.join("\n")}\n`;
}

function renderBreakers({ breakers }: TelemetryReport, surface: Surface): string {
  if (breakers.length === 0) return "";
  const rows = breakers.map(({ key, state, failures, until }) => [
    plainLine(key),
    surface.style(state === "closed" ? "green" : "yellow", state),
    formatInteger(failures),
    until === undefined ? "" : new Date(until).toISOString().slice(0, 19).replace("T", " "),
  ]);
  const columns: Column[] = [
    { title: "Breaker", shrink: true },
    { title: "State" },
    { title: "Failures in a row", align: "right" },
    { title: "Until (UTC)", drop: 1 },
  ];
  return renderTable({ columns, rows }, surface);
}

/** Returns the fields of `rolecall telemetry --json`. */
export function telemetryJson(
  { summary, latency, breakers, breakerEvents, attempts }: TelemetryReport,
  all: boolean,
): object {
  const { actualNano, alwaysOpusNano, models, taskTypes, runs, ...rest } = summary;
  const savedNano = alwaysOpusNano - actualNano;
  const perRun = (nano: number): number => (runs === 0 ? 0 : toUsd(nano / runs));
  return {
    runs,
    ...rest,
    models: models.map(({ costNano, ...row }) => ({ ...row, costUsd: toUsd(costNano) })),
    taskTypes: taskTypes.map(({ costNano, ...row }) => ({ ...row, costUsd: toUsd(costNano) })),
    actualUsd: toUsd(actualNano),
    alwaysOpusUsd: toUsd(alwaysOpusNano),
    savingsUsd: toUsd(savedNano),
    savingsPercent: alwaysOpusNano === 0 ? 0 : (savedNano / alwaysOpusNano) * 100,
    averagePerRunUsd: perRun(actualNano),
    averagePerRunOpusUsd: perRun(alwaysOpusNano),
    latency: latencyJson(latency),
    breakers,
    breakerEvents,
    ...(all && { attemptList: attempts.map(attemptJson) }),
  };
}

const CSV_COLUMNS: Readonly<Record<string, (attempt: Attempt) => string | number | null | undefined>> = {
  at: ({ at }) => new Date(at).toISOString(),
  run: ({ run }) => run,
  index: ({ index }) => index,
  source: ({ source }) => source,
  task_type: ({ taskType }) => taskType,
  policy: ({ policy }) => policy,
  cause: ({ cause }) => cause,
  provider: ({ provider }) => provider,
  model: ({ model }) => model,
  served_model: ({ servedModel }) => servedModel,
  result: ({ result }) => result,
  failure: ({ failure }) => failure,
  check: ({ check }) => check,
  estimated: ({ estimated }) => (estimated ? "yes" : undefined),
  status: ({ status }) => status,
  delay_ms: ({ delayMs }) => delayMs,
  latency_ms: ({ latencyMs }) => latencyMs,
  input: ({ usage }) => usage.input,
  output: ({ usage }) => usage.output,
  cache_write_5m: ({ usage }) => usage.cacheWrite5m,
  cache_write_1h: ({ usage }) => usage.cacheWrite1h,
  cache_read: ({ usage }) => usage.cacheRead,
  cost_usd: ({ costNano }) => usdOrNull(costNano),
};

/** Returns every attempt as a row of CSV. */
export function renderAttemptsCsv({ attempts }: TelemetryReport): string {
  const columns = Object.values(CSV_COLUMNS);
  return renderCsv(
    Object.keys(CSV_COLUMNS),
    attempts.map((attempt) => columns.map((column) => column(attempt))),
  );
}
