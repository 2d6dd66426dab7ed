import type { TierRuns } from "../analysis/fallbacks/attempts.ts";
import type { LatencySummary, RunLatency } from "../analysis/fallbacks/latency.ts";
import { displayName } from "../domain/model-name.ts";
import { toUsd } from "../domain/money.ts";
import type { AttemptReport } from "../operations/fallbacks.ts";
import { formatDuration, formatInteger, formatUsd } from "./numbers.ts";
import { formatRate, withRates } from "./rates.ts";
import type { Surface } from "./style.ts";
import { type Column, renderTable } from "./table.ts";
import { plainLine } from "./text.ts";

/** Draws what executor, cascades and batches did; nothing when they did nothing. */
export function renderAttempts(report: AttemptReport, surface: Surface): string {
  const { spend, tiers, latency } = report;
  if (spend.length === 0 && !latency.direct && !latency.fallback) return "";
  const columns: Column[] = [
    { title: "Source" },
    { title: "Model", shrink: true },
    { title: "Attempts", align: "right" },
    { title: "Cost", align: "right" },
    { title: "Median latency", align: "right", drop: 1 },
    { title: "95% within", align: "right", drop: 2 },
  ];
  const rows = spend.map(({ source, model, attempts, costNano, unpriced, latency: { medianMs, p95Ms } }) => [
    source,
    displayName(plainLine(model)),
    formatInteger(attempts),
    costNano === 0 && unpriced > 0 ? "no price" : formatUsd(costNano),
    formatDuration(medianMs),
    formatDuration(p95Ms),
  ]);
  const table = rows.length === 0 ? "" : renderTable({ columns, rows }, surface);
  return [
    surface.style("bold", "Executor, cascades and batches"),
    table,
    renderRunTiers(tiers, surface),
    renderLatency(latency),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/** Returns what executor, cascades and batches did as JSON fields. */
export function attemptsJson({ spend, tiers, latency }: AttemptReport): object {
  return {
    spend: spend.map(({ costNano, ...row }) => ({ ...row, costUsd: toUsd(costNano) })),
    tiers: tiers.map(withRates),
    latency: latencyJson(latency),
  };
}

export function latencyJson({ direct, fallback }: LatencySummary): object {
  return { direct: direct ?? null, fallback: fallback ?? null };
}

/** Draws how runs went, by the tier that they began on. */
export function renderRunTiers(tiers: readonly TierRuns[], surface: Surface): string {
  if (tiers.length === 0) return "";
  const columns: Column[] = [
    { title: "Tier" },
    { title: "Runs", align: "right" },
    { title: "Accepted", align: "right" },
    { title: "Success", align: "right", drop: 1 },
    { title: "Escalated", align: "right" },
    { title: "Failed", align: "right", drop: 2 },
    { title: "Escalation", align: "right" },
    { title: "Verdict" },
  ];
  const rows = tiers.map((row) => [
    row.tier,
    formatInteger(row.started),
    formatInteger(row.accepted),
    formatRate(row.successRate, row.started),
    formatInteger(row.escalated),
    formatInteger(row.failed),
    formatRate(row.escalationRate, row.started),
    row.verdict === "too-few" ? "too few runs" : row.verdict,
  ]);
  return renderTable({ columns, rows }, surface);
}

/** Draws how long answered runs took, with and without a fallback. */
export function renderLatency({ direct, fallback }: LatencySummary): string {
  const lines = [
    ...(direct ? [`Latency: ${latencyWords(direct)}.`] : []),
    ...(fallback ? [`Latency of runs that another model answered: ${latencyWords(fallback)}.`] : []),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function latencyWords({ medianMs, p95Ms }: RunLatency): string {
  return `median ${formatDuration(medianMs)}, 95% within ${formatDuration(p95Ms)}`;
}
