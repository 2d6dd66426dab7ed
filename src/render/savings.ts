import { DAY_MS } from "../domain/calendar.ts";
import type { MoneyInterval } from "../analysis/savings/projection.ts";
import { toUsd } from "../domain/money.ts";
import type { SavingsReport } from "../operations/savings.ts";
import { renderCsv } from "./csv.ts";
import { formatDuration, formatInteger, formatShare, formatUsd } from "./numbers.ts";
import type { Surface } from "./style.ts";
import { renderTable } from "./table.ts";
import { plainLine } from "./text.ts";

/** Dollars per developer and day, by the vendor: $6 on average, and below $12 for 90 % of developers. */
const HEALTHY_USD = { from: 6, to: 12 } as const;
const SCALES = [1, 10, 100] as const;

/** The report of `rolecall savings`. */
export function renderSavings(report: SavingsReport, surface: Surface): string {
  const { style } = surface;
  if (report.actualNano === 0 && report.unpricedRequests > 0)
    return `No request has a known price: ${formatInteger(report.unpricedRequests)} ran on models without one.\n`;
  const saved = report.savingsShare === null ? "" : ` (${formatShare(report.savingsShare)})`;
  return [
    `${style("bold", formatUsd(report.actualNano))} spent; always Opus would have been ${style("bold", formatUsd(report.alwaysOpusNano))}: ${report.savingsNano < 0 ? "lost" : "saved"} ${style(report.savingsNano < 0 ? "yellow" : "green", formatUsd(Math.abs(report.savingsNano)))}${saved}.`,
    "",
    renderScenarios(report, surface),
    renderScales(report, surface),
    renderGroups(report, surface),
    ...notesOf(report).map((note) => style("dim", note)),
    "",
  ].join("\n");
}

const NAMES: Readonly<Record<string, string>> = {
  actual: "as it was",
  "always-opus": "always Opus of the day",
  "always-sonnet": "always Sonnet of the day",
  "cheapest-tier": "the cheapest tier each time",
  policy: "as the policy says",
};

function renderScenarios({ scenarios, actualNano }: SavingsReport, surface: Surface): string {
  return renderTable(
    {
      columns: [
        { title: "Scenario" },
        { title: "Cost", align: "right" },
        { title: "Against actual", align: "right" },
      ],
      rows: scenarios.map(({ name, costNano }) => [
        NAMES[name] ?? name,
        formatUsd(costNano),
        formatUsd(costNano - actualNano),
      ]),
    },
    surface,
  );
}

function renderScales(report: SavingsReport, surface: Surface): string {
  const { spend, savings } = report.projection;
  return renderTable(
    {
      columns: [
        { title: "At this pace" },
        { title: "A month", align: "right" },
        { title: "95 %", align: "right", drop: 1 },
        { title: "A year", align: "right" },
        { title: "Saved a month", align: "right" },
        { title: "Saved a year", align: "right" },
      ],
      rows: SCALES.map((factor) => [
        factor === 1 ? "this volume" : `× ${factor}`,
        formatUsd(spend.month.midNano * factor),
        intervalText(spend.month, factor),
        formatUsd(spend.year.midNano * factor),
        formatUsd(savings.month.midNano * factor),
        formatUsd(savings.year.midNano * factor),
      ]),
    },
    surface,
  );
}

function intervalText({ lowNano: low, highNano: high }: MoneyInterval, factor: number): string {
  return low === null || high === null ? "–" : `${formatUsd(low * factor)} – ${formatUsd(high * factor)}`;
}

function renderGroups({ groups }: SavingsReport, surface: Surface): string {
  return renderTable(
    {
      columns: [
        { title: "By", drop: 1 },
        { title: "Kind", shrink: true },
        { title: "Tasks", align: "right", drop: 2 },
        { title: "Cost", align: "right" },
        { title: "Always Opus", align: "right" },
        { title: "Saved", align: "right" },
      ],
      rows: groups.map(({ by, name, tasks, actualNano, alwaysOpusNano }) => [
        by,
        plainLine(name),
        formatInteger(tasks),
        orDash(actualNano),
        orDash(alwaysOpusNano),
        orDash(savedOf(actualNano, alwaysOpusNano)),
      ]),
    },
    surface,
  );
}

function orDash(nano: number | null): string {
  return nano === null ? "–" : formatUsd(nano);
}

function savedOf(actual: number | null, alwaysOpus: number | null): number | null {
  return actual === null || alwaysOpus === null ? null : alwaysOpus - actual;
}

function usdOrNull(nano: number | null): number | null {
  return nano === null ? null : toUsd(nano);
}

/** Lists the assumptions of the numbers, in sentences. */
function notesOf(report: SavingsReport): string[] {
  const { projection, scenarios, worth } = report;
  const perDay = toUsd(report.costPerActiveDayNano);
  const healthy = perDay > HEALTHY_USD.to ? "above" : perDay < HEALTHY_USD.from ? "below" : "within";
  const { activeDays, days } = projection.spend;
  return [
    "API-equivalent dollars at list price; a subscription is not billed by them.",
    `Carried on as in this period: ${formatInteger(activeDays)} of ${formatInteger(days)} days with activity, a month of 30 days, a year of twelve months.`,
    `${formatUsd(report.costPerActiveDayNano)} per active day, ${healthy} the $${HEALTHY_USD.from}–${HEALTHY_USD.to} that are usual per developer.`,
    ...(scenarios.some(({ rescaled }) => rescaled)
      ? [
          "Token counts were rescaled by 1.3 where a model on the other side of the tokenizer border was compared.",
        ]
      : []),
    ...(scenarios.some(({ effortScaled }) => effortScaled)
      ? ["Output was scaled to the policy's effort by the catalogue's effort index (Claude Code 2.1.329)."]
      : []),
    ...escalatedSentences(report),
    ...(report.switches > 0 ? [switchSentence(report)] : []),
    ...(report.unpricedRequests > 0
      ? [
          `${formatInteger(report.unpricedRequests)} requests ran on models without a known price and are in none of the amounts.`,
        ]
      : []),
    ...(worth
      ? [
          worth.breakEvenDays === null
            ? `${worth.hoursSpent} hours at $${worth.hourlyRateUsd} are not earned back: nothing is saved.`
            : `${worth.hoursSpent} hours at $${worth.hourlyRateUsd} are earned back after ${formatDuration(worth.breakEvenDays * DAY_MS)}; a year saves ${formatUsd(worth.returnPerHourNano)} per hour spent.`,
        ]
      : []),
  ];
}

/** The scenarios, and the groups, as CSV. */
export function renderSavingsCsv({ scenarios, groups }: SavingsReport): string {
  return renderCsv(
    ["by", "name", "tasks", "costUsd", "alwaysOpusUsd"],
    [
      ...scenarios.map(({ name, costNano }) => ["scenario", name, "", toUsd(costNano), ""]),
      ...groups.map(({ by, name, tasks, actualNano, alwaysOpusNano }) => [
        by,
        name,
        tasks,
        usdOrNull(actualNano) ?? undefined,
        usdOrNull(alwaysOpusNano) ?? undefined,
      ]),
    ],
  );
}

/** The fields of the JSON answer (docs/json.md). */
export function savingsJson(report: SavingsReport): object {
  const { spend, savings } = report.projection;
  const average = (nano: number) => (report.requests === 0 ? null : toUsd(nano / report.requests));
  return {
    requests: report.requests,
    actualUsd: toUsd(report.actualNano),
    alwaysOpusUsd: toUsd(report.alwaysOpusNano),
    alwaysOpusWithoutEscalatedUsd: toUsd(report.alwaysOpusNano - report.escalated.onOpusNano),
    savingsUsd: toUsd(report.savingsNano),
    savingsPercent: report.savingsShare === null ? null : Math.round(report.savingsShare * 1e6) / 1e4,
    averagePerRequestUsd: average(report.actualNano),
    averagePerRequestOpusUsd: average(report.alwaysOpusNano),
    scenarios: report.scenarios.map(({ name, costNano, unpriced, rescaled, effortScaled }) => ({
      name,
      usd: toUsd(costNano),
      unpriced,
      rescaled,
      effortScaled,
    })),
    projection: projectionFields(report.projection),
    scaling: SCALES.map((factor) => ({
      factor,
      actualUsd: toUsd(spend.month.midNano * factor),
      alwaysOpusUsd: toUsd((spend.month.midNano + savings.month.midNano) * factor),
    })),
    groups: report.groups.map(groupFields),
    switches: { count: report.switches, costUsd: toUsd(report.switchCostNano) },
    costPerActiveDayUsd: toUsd(report.costPerActiveDayNano),
    ...(report.worth && {
      worth: {
        ...report.worth,
        returnPerHourNano: undefined,
        returnPerHourUsd: toUsd(report.worth.returnPerHourNano),
      },
    }),
    notes: notesOf(report),
  };
}

function projectionFields({ spend, savings }: SavingsReport["projection"]) {
  return {
    monthUsd: toUsd(spend.month.midNano),
    yearUsd: toUsd(spend.year.midNano),
    savingsMonthUsd: toUsd(savings.month.midNano),
    savingsYearUsd: toUsd(savings.year.midNano),
    intervals: {
      month: intervalFields(spend.month),
      year: intervalFields(spend.year),
      savingsMonth: intervalFields(savings.month),
      savingsYear: intervalFields(savings.year),
    },
    activeDays: spend.activeDays,
    days: spend.days,
  };
}

function groupFields({ by, name, tasks, actualNano, alwaysOpusNano }: SavingsReport["groups"][number]) {
  return {
    by,
    name,
    tasks,
    actualUsd: usdOrNull(actualNano),
    alwaysOpusUsd: usdOrNull(alwaysOpusNano),
    savingsUsd: usdOrNull(savedOf(actualNano, alwaysOpusNano)),
  };
}

function intervalFields({ lowNano: low, midNano: mid, highNano: high }: MoneyInterval) {
  return { low: low === null ? null : toUsd(low), mid: toUsd(mid), high: high === null ? null : toUsd(high) };
}

/** The headline counts every request on Opus, also those that would not have been made. */
function escalatedSentences({ escalated, alwaysOpusNano, actualNano }: SavingsReport): string[] {
  if (escalated.attempts === 0) return [];
  const needed = alwaysOpusNano - escalated.onOpusNano;
  const attempts = `${formatInteger(escalated.attempts)} ${escalated.attempts === 1 ? "attempt" : "attempts"} below Opus that escalated`;
  return [
    `Always Opus counts every request, also those of the ${attempts}. Without these it would have been ${formatUsd(needed)}: saved ${formatUsd(needed - actualNano)}.`,
  ];
}

/** Switches cost something only where a cache was written again. */
function switchSentence({ switches, switchCostNano }: SavingsReport): string {
  const what = `${formatInteger(switches)} ${switches === 1 ? "switch" : "switches"} of model in mid-conversation`;
  return switchCostNano > 0
    ? `${what} cost ${formatUsd(switchCostNano)} in cache re-writes, inside the actual cost.`
    : `${what} wrote no cache again, so ${switches === 1 ? "it" : "they"} cost nothing more.`;
}
