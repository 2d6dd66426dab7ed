import { DAY_MS } from "../domain/calendar.ts";
import type { MoneyInterval } from "../analysis/savings/projection.ts";
import { toUsd } from "../domain/money.ts";
import type { SavingsReport } from "../operations/savings.ts";
import { usdOrDash, usdOrNull } from "./cost.ts";
import { renderCsv } from "./csv.ts";
import { formatDuration, formatInteger, formatShare, formatUsd, formatUsdRange, plural } from "./numbers.ts";
import { renderNoRequests } from "./no-requests.ts";
import type { Surface } from "./style.ts";
import { renderTable } from "./table.ts";
import { plainLine } from "./text.ts";

/** Dollars per developer and day, by the vendor: $6 on average, and below $12 for 90% of developers. */
const HEALTHY_USD = { from: 6, to: 12 } as const;
const SCALES = [1, 10, 100] as const;

/** The report of `rolecall savings`. */
export function renderSavings(report: SavingsReport, surface: Surface): string {
  const { style } = surface;
  if (report.requests === 0) return renderNoRequests(surface);
  if (report.actualNano === 0 && report.unpricedRequests > 0)
    return `No request has a known price: ${formatInteger(report.unpricedRequests)} ran on models without one.\n`;
  const difference = style(report.savingsNano < 0 ? "yellow" : "green", savedText(report));
  return [
    `${style("bold", formatUsd(report.actualNano))} spent. Always Opus would have cost ${style("bold", formatUsd(report.alwaysOpusNano))}: ${difference}.`,
    "",
    renderScenarios(report, surface),
    renderScales(report, surface),
    renderGroups(report, surface),
    ...notesOf(report).map((note) => style("dim", note)),
    "",
  ].join("\n");
}

/** Returns the difference to always Opus: `$15.58 saved (32.4%)`, or `$14.82 less (2.5%)` where Opus is cheaper. */
export function savedText({
  savingsNano,
  savingsShare,
}: Pick<SavingsReport, "savingsNano" | "savingsShare">): string {
  const share = savingsShare === null ? "" : ` (${formatShare(Math.abs(savingsShare))})`;
  return `${formatUsd(Math.abs(savingsNano))} ${savingsNano < 0 ? "less" : "saved"}${share}`;
}

/** The note of reports that compare models with different tokenizers. */
export const RESCALED =
  "Two generations of models count tokens differently: where both are compared, token counts are scaled by 1.3.";

const NAMES: Readonly<Record<string, string>> = {
  actual: "Actual",
  "always-opus": "Always Opus",
  "always-sonnet": "Always Sonnet",
  "cheapest-tier": "Cheapest tier for each request",
  policy: "By the policy",
};

function renderScenarios({ scenarios, actualNano }: SavingsReport, surface: Surface): string {
  return renderTable(
    {
      columns: [
        { title: "Scenario" },
        { title: "Cost", align: "right" },
        { title: "Change", align: "right" },
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
        { title: "95% interval", align: "right", drop: 1 },
        { title: "A year", align: "right", narrow: 1 },
        { title: "Saved a month", align: "right" },
        { title: "Saved a year", align: "right", narrow: 2 },
      ],
      rows: SCALES.map((factor) => [
        factor === 1 ? "This volume" : `${factor} times that`,
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
  return low === null || high === null ? "–" : formatUsdRange(low * factor, high * factor, formatUsd);
}

function renderGroups({ groups }: SavingsReport, surface: Surface): string {
  return renderTable(
    {
      columns: [
        { title: "Grouping", drop: 1 },
        { title: "Name", shrink: true },
        { title: "Tasks", align: "right", drop: 2 },
        { title: "Cost", align: "right" },
        { title: "Always Opus", align: "right" },
        { title: "Saved", align: "right" },
      ],
      rows: groups.map(({ by, name, tasks, actualNano, alwaysOpusNano }) => [
        by,
        plainLine(name),
        formatInteger(tasks),
        usdOrDash(actualNano),
        usdOrDash(alwaysOpusNano),
        usdOrDash(savedOf(actualNano, alwaysOpusNano)),
      ]),
    },
    surface,
  );
}

function savedOf(actual: number | null, alwaysOpus: number | null): number | null {
  return actual === null || alwaysOpus === null ? null : alwaysOpus - actual;
}

/** Lists the assumptions of the numbers, in sentences. */
function notesOf(report: SavingsReport): string[] {
  const { projection, scenarios, worth } = report;
  const perDay = toUsd(report.costPerActiveDayNano);
  const healthy = perDay > HEALTHY_USD.to ? "above" : perDay < HEALTHY_USD.from ? "below" : "within";
  const { activeDays, days } = projection.spend;
  return [
    "API-equivalent dollars at list price; a subscription is not billed by them.",
    "Always Opus and always Sonnet take the newest model of that tier on each day.",
    `The pace is that of this period: ${formatInteger(activeDays)} of ${formatInteger(days)} days with activity. A month has 30 days, a year twelve months.`,
    `${formatUsd(report.costPerActiveDayNano)} per active day, ${healthy} the usual $${HEALTHY_USD.from}–${HEALTHY_USD.to} of a developer (Anthropic's numbers).`,
    ...(scenarios.some(({ rescaled }) => rescaled) ? [RESCALED] : []),
    ...(scenarios.some(({ effortScaled }) => effortScaled)
      ? ["Output is scaled to the effort of the policy (rolecall models MODEL shows by how much)."]
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
        usdOrNull(actualNano),
        usdOrNull(alwaysOpusNano),
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
  return { low: usdOrNull(low), mid: toUsd(mid), high: usdOrNull(high) };
}

/** The headline counts every request on Opus, also those that would not have been made. */
function escalatedSentences({ escalated, alwaysOpusNano, actualNano }: SavingsReport): string[] {
  if (escalated.attempts === 0) return [];
  const needed = alwaysOpusNano - escalated.onOpusNano;
  const attempts = `${plural(escalated.attempts, "attempt")} below Opus that escalated`;
  return [
    `Always Opus counts every request, also those of the ${attempts}. Without these it would have been ${formatUsd(needed)}: saved ${formatUsd(needed - actualNano)}.`,
  ];
}

/** Switches cost something only where a cache was written again. */
function switchSentence({ switches, switchCostNano }: SavingsReport): string {
  const what = `${plural(switches, "model switch", "model switches")} within a conversation`;
  return switchCostNano > 0
    ? `${what} cost ${formatUsd(switchCostNano)} in cache writes, which the actual cost includes.`
    : `${what} did not write a cache again and cost nothing more.`;
}
