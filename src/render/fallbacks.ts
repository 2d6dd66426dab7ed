import type { Side } from "../analysis/fallbacks/opusplan.ts";
import type { Panel } from "../analysis/fallbacks/panel.ts";
import type { TierReport } from "../analysis/fallbacks/tiers.ts";
import { displayName } from "../domain/model-name.ts";
import { toUsd } from "../domain/money.ts";
import { sum } from "../domain/numbers.ts";
import { escalationFields, wilson } from "../domain/rate.ts";
import type { FallbackReport } from "../operations/fallbacks.ts";
import { attemptsJson, renderAttempts } from "./attempts.ts";
import { NO_PRICE, usdOrNull } from "./cost.ts";
import { renderCsv } from "./csv.ts";
import { formatDuration, formatInteger, formatShare, formatUsd, plural } from "./numbers.ts";
import { formatRate, rateFields, withRates } from "./rates.ts";
import { switchFields } from "./switch-fields.ts";
import { renderNoRequests } from "./no-requests.ts";
import type { Surface } from "./style.ts";
import { renderTable } from "./table.ts";
import { formatTierVerdict } from "./tier-verdict.ts";
import { plainLine } from "./text.ts";

/** The report of `rolecall fallbacks`. */
export function renderFallbacks(report: FallbackReport, surface: Surface): string {
  const { style, sameTasks = "" } = surface;
  if (report.panel.calls === 0 && report.tasks.length === 0) return renderNoRequests(surface);
  return [
    style("bold", "Success by tier"),
    renderTiers(report.tiers, surface),
    ...headline(report),
    "",
    style("bold", "Reasons for model switches"),
    renderCauses(report, surface),
    ...troubleLines(report),
    ...planningLines(report),
    "",
    style("dim", `By role and category: rolecall roles${sameTasks}`),
    "",
    ...[renderAttempts(report.attempts, surface)].filter(Boolean),
    style("bold", "Sonnet → Opus at a glance"),
    ...panelLines(report.panel).map((line) => `  ${line}`),
    "",
  ].join("\n");
}

function renderTiers(tiers: readonly TierReport[], surface: Surface): string {
  return renderTable(
    {
      columns: [
        { title: "Tier" },
        { title: "Started", align: "right", narrow: 1 },
        { title: "Accepted", align: "right", drop: 3 },
        { title: "Escalated", align: "right", drop: 4 },
        { title: "Reworked", align: "right", drop: 5 },
        { title: "Failed", align: "right", drop: 5 },
        { title: "Interrupted", align: "right", drop: 6 },
        { title: "Unknown", align: "right", drop: 3 },
        { title: "Success", align: "right" },
        { title: "Escalation", align: "right", narrow: 2 },
        { title: "Verdict" },
      ],
      rows: tiers.map(({ tier, started, outcomes, successRate, escalationRate, verdict }) => [
        tier,
        formatInteger(started),
        ...[
          outcomes.accepted,
          outcomes.escalated,
          outcomes.reworked,
          outcomes.failed,
          outcomes.interrupted,
          outcomes.unknown,
        ].map(formatInteger),
        formatRate(successRate, started - outcomes.unknown),
        formatRate(escalationRate, started),
        formatTierVerdict(verdict, surface.style),
      ]),
    },
    surface,
  );
}

/** Returns how far "accepted" can be relied on. */
function acceptedLine(tiers: readonly TierReport[]): string[] {
  const count = (by: keyof TierReport["accepted"]) => sum(tiers.map(({ accepted }) => accepted[by]));
  const [check, other, continued] = [count("check"), count("other"), count("continued")];
  const all = check + other + continued;
  if (all === 0) return [];
  return [
    `Accepted: ${shareOf(check, all)} with a check that passed, ${shareOf(other, all)} by a commit, a report or the user's word, ${shareOf(continued, all)} only because the user continued.`,
  ];
}

/** Names the tasks that the table leaves out. */
function withoutTier(tasks: FallbackReport["tasks"]): string[] {
  const count = tasks.filter(({ startTier }) => startTier === undefined).length;
  if (count === 0) return [];
  return [
    `${plural(count, "task has", "tasks have")} no answer of a model with a known tier, and ${count === 1 ? "is" : "are"} not in the table.`,
  ];
}

/** Says that complaints are missed, if that matters. */
function foreignLine(tasks: FallbackReport["tasks"], foreign: number): string[] {
  const prompts = tasks.filter(({ kind }) => kind === "turn").length;
  if (foreign < FOREIGN_SHARE * prompts || foreign === 0) return [];
  return [
    `Not in English: ${formatInteger(foreign)} of ${plural(prompts, "prompt")}. Their words are not understood, so more complaints are missed.`,
  ];
}

const FOREIGN_SHARE = 0.05;

function headline({ availabilityRate, tasks, foreign, tiers, substitutions }: FallbackReport): string[] {
  const lines = [
    "Success is accepted ÷ tasks with a known outcome. Brackets show the 95% interval. A verdict takes 20 known outcomes.",
    "Success is too high: by 6 to 7 points on real histories that the rules had not seen, where they recognized a quarter of the failed and reworked tasks.",
    ...acceptedLine(tiers),
    ...withoutTier(tasks),
    ...foreignLine(tasks, foreign),
  ];
  if (availabilityRate.value)
    lines.push(
      `${formatRate(availabilityRate, tasks.length)} of tasks moved to another model because theirs was not available.`,
    );
  const pairs = Map.groupBy(
    substitutions,
    ({ asked, got }) => `asked for ${displayName(asked)}, got ${displayName(got)}`,
  );
  for (const [pair, same] of pairs) lines.push(`${formatInteger(same.length)} × ${plainLine(pair)}`);
  return lines;
}

function renderCauses({ switches, switchCostNano }: FallbackReport, surface: Surface): string {
  const causes = Object.entries(switches).filter(([, count]) => count > 0);
  if (causes.length === 0) return "No model switches.\n";
  return renderTable(
    {
      columns: [
        { title: "Cause" },
        { title: "Times", align: "right" },
        { title: "Cache re-writes", align: "right" },
      ],
      rows: causes.map(([cause, count]) => [
        cause,
        formatInteger(count),
        formatUsd(switchCostNano[cause as keyof typeof switchCostNano]),
      ]),
    },
    surface,
  );
}

function troubleLines({ retries, failures, retryDelayMs }: FallbackReport): string[] {
  const lines = retries.map(
    ({ count, delayMs, ...cause }) =>
      `${plural(count, "retry", "retries")} after ${errorWords(cause) || "an unknown error"} (waited ${formatDuration(delayMs)})`,
  );
  if (retries.length > 1) lines.push(`Waited in total: ${formatDuration(retryDelayMs)}`);
  const shown = failures.map(({ count, ...cause }) => {
    const words = errorWords(cause);
    return `${plural(count, "error")} shown${words === "" ? ", of an unknown kind" : `: ${words}`}`;
  });
  return [...lines, ...shown];
}

/** `529 overloaded error`, `connection error ECONNRESET`; empty if the client does not know what it was. */
function errorWords({ error, status }: { error: string; status?: number | undefined }): string {
  const name = error === "unknown" ? "" : plainLine(error).replace(":", " error ").replaceAll("_", " ");
  return [status ?? "", name].join(" ").trim();
}

function planningLines({ planning }: FallbackReport): string[] {
  if (!planning) return [];
  const { planned, executed } = planning;
  const plans = planned.opus.requests + planned.sonnet.requests;
  const work = executed.opus.requests + executed.sonnet.requests;
  const parts = [
    plans > 0 &&
      `${shareOf(planned.opus.requests, plans)} of ${formatInteger(plans)} planning requests ran on Opus, ${formatInteger(planned.sonnet.requests)} silently on Sonnet`,
    work > 0 &&
      `${shareOf(executed.sonnet.requests, work)} of ${formatInteger(work)} other requests ran on Sonnet, ${formatInteger(executed.opus.requests)} stayed on Opus`,
  ].filter((part) => part !== false);
  return parts.map(
    (part, i) => `${i === 0 ? "opusplan:" : "         "} ${part}${i === parts.length - 1 ? "." : ";"}`,
  );
}

/** Renders how often work on Sonnet had to move to Opus. */
function panelLines(panel: Panel): string[] {
  return [
    `Total calls:          ${formatInteger(panel.calls)}`,
    `Sonnet attempts:      ${formatInteger(panel.sonnetAttempts)}`,
    `Sonnet success rate:  ${panel.sonnetSuccessRate === null ? "–" : formatShare(panel.sonnetSuccessRate)} (accepted ÷ known outcomes, ${panel.sonnetRuns > 0 ? "with runs of the executor and of cascades" : "as above"})`,
    `Escalated to Opus:    ${formatInteger(panel.opusFallbacks)}`,
    `Escalation rate:      ${panelRate(panel.opusFallbacks, panel)}`,
    `Without escalation:   ${panelRate(panel.sonnetAttempts - panel.opusFallbacks, panel)}`,
    ...costLines(panel),
    panel.recommendation,
  ];
}

function costLines(panel: Panel): string[] {
  if (panel.calls > 0 && panel.actualNano === 0) return [`Actual cost:          ${NO_PRICE}`];
  return [
    `Actual cost:          ${formatUsd(panel.actualNano)}`,
    `Always-Opus cost:     ${formatUsd(panel.alwaysOpusNano)}`,
    `Savings:              ${formatUsd(panel.savingsNano)} (${panel.savingsShare === null ? "–" : formatShare(panel.savingsShare)})`,
    ...(panel.withoutEscalatedNano < panel.alwaysOpusNano
      ? [
          `Without escalated:    ${formatUsd(panel.withoutEscalatedNano - panel.actualNano)} (attempts that escalated not counted on Opus)`,
        ]
      : []),
    `Average per call:     ${average(panel.averagePerCallNano)} (all Opus: ${average(panel.averagePerCallOpusNano)})`,
  ];
}

function panelRate(hits: number, { sonnetAttempts }: Panel): string {
  return formatRate(wilson(hits, sonnetAttempts), sonnetAttempts);
}

/** Averages of many small calls want more digits than sums do. */
function average(nano: number | null): string {
  return nano === null ? "–" : formatUsd(nano, 4);
}

function shareOf(part: number, whole: number): string {
  return whole === 0 ? "–" : formatShare(part / whole, 0);
}

/** One line an event. */
export function renderFallbacksCsv({ events }: FallbackReport): string {
  return renderCsv(
    ["at", "session", "thread", "cause", "from", "to", "trigger", "rewrittenTokens", "costUsd"],
    events.map((event) => Object.values(switchFields(event))),
  );
}

/** The fields of the JSON answer (docs/json.md). */
export function fallbacksJson(report: FallbackReport): object {
  const { tiers, switches, retries, retryDelayMs, failures, substitutions, events, groups, planning, panel } =
    report;
  return {
    tiers: tiers.map(withRates),
    switches,
    retries: sum(retries.map(({ count }) => count)),
    events: events.map(switchFields),
    foreignPrompts: report.foreign,
    byTask: groups.map(withRates),
    availabilityRate: rateFields(report.availabilityRate),
    retriesByError: retries,
    retryDelayMs,
    errors: failures,
    substitutions: substitutions.map(({ at, ...rest }) => ({ at: new Date(at).toISOString(), ...rest })),
    switchCostUsd: Object.fromEntries(
      Object.entries(report.switchCostNano).map(([cause, nano]) => [cause, toUsd(nano)]),
    ),
    ...(planning && { opusplan: planningFields(planning) }),
    panel: panelFields(panel),
    attempts: attemptsJson(report.attempts),
  };
}

function planningFields({ planned, executed }: NonNullable<FallbackReport["planning"]>) {
  return {
    planned: { opus: sideFields(planned.opus), sonnet: sideFields(planned.sonnet) },
    executed: { opus: sideFields(executed.opus), sonnet: sideFields(executed.sonnet) },
  };
}

function panelFields(panel: Panel) {
  return {
    totalCalls: panel.calls,
    sonnetAttempts: panel.sonnetAttempts,
    sonnetSuccessRate: panel.sonnetSuccessRate,
    opusFallbacks: panel.opusFallbacks,
    ...escalationFields(panel.escalationRate),
    withoutFallbackRate: panel.withoutFallbackRate,
    actualUsd: toUsd(panel.actualNano),
    alwaysOpusUsd: toUsd(panel.alwaysOpusNano),
    alwaysOpusWithoutEscalatedUsd: toUsd(panel.withoutEscalatedNano),
    savingsUsd: toUsd(panel.savingsNano),
    savingsShare: panel.savingsShare,
    averagePerCallUsd: usdOrNull(panel.averagePerCallNano),
    averagePerCallOpusUsd: usdOrNull(panel.averagePerCallOpusNano),
    recommendation: panel.recommendation,
  };
}

function sideFields({ requests, costNano }: Side) {
  return { requests, costUsd: toUsd(costNano) };
}
