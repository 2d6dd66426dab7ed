import type { Impact } from "../advice/impact.ts";
import { dayOf } from "../domain/calendar.ts";
import type { ImpactReport } from "../operations/impact.ts";
import type { EndedTrial } from "../operations/trials.ts";
import { formatChange, formatRange, titleOf, VERDICT_LOOKS, VERDICT_WORDS } from "./advice-words.ts";
import { renderCsv } from "./csv.ts";
import type { Surface } from "./style.ts";
import { plainLine } from "./text.ts";
import { factLines, proseWidth, wrap } from "./wrap.ts";

/** The screen of `rolecall impact`: forecast against measured, the latest change first. */
export function renderImpact({ impacts, reverted }: ImpactReport, surface: Surface): string {
  const { style } = surface;
  if (impacts.length === 0 && reverted.length === 0)
    return style("dim", "No advice has been applied here. rolecall recommend shows what there is.\n");
  const blocks = impacts.map((impact) => renderOne(impact, surface));
  const back = reverted.flatMap(({ recommendation, at, why }) =>
    wrap(
      `Reverted on ${dayOf(at, "UTC")}: ${titleOf(recommendation)}${why === undefined ? "" : `; ${plainLine(why)}`}`,
      proseWidth(surface),
    ).map((line) => style("dim", line)),
  );
  return `${[...blocks, ...(back.length > 0 ? [back.join("\n")] : [])].join("\n\n")}\n`;
}

/** Returns how one change is doing, in a line or two for the screen of `recommend`. */
export function renderFollowed(impact: Impact, surface: Surface): string[] {
  const { decision, verdict, trial, known } = impact;
  const measured = `${VERDICT_WORDS[verdict]}, ${known} outcomes since ${dayOf(decision.at, "UTC")}`;
  const words = `${titleOf(decision.recommendation)}: ${trial ? trialWords(impact) : measured}`;
  return wrap(words, proseWidth(surface) - 4).map((line, i) => (i === 0 ? "  " : "    ") + line);
}

function renderOne(impact: Impact, surface: Surface): string {
  const { style } = surface;
  const { decision, verdict, savingsUsdPerMonth, successChange, tasks, known } = impact;
  const { recommendation } = decision;
  const facts: [string, string][] = [
    ["Applied", `${dayOf(decision.at, "UTC")}; ${tasks} tasks since, ${known} with a known outcome`],
    ["Forecast", forecastOf(impact)],
    [
      "Measured",
      savingsUsdPerMonth && successChange
        ? `saves ${formatRange(savingsUsdPerMonth)} a month, success ${formatChange(successChange)}`
        : "too little to measure",
    ],
  ];
  if (impact.trial) facts.push(["Trial", trialWords(impact)]);
  else if (decision.why !== undefined) facts.push(["Trial", `kept: ${decision.why}`]);
  const offer = offerOf(impact);
  const title = `${style("bold", titleOf(recommendation))}: ${style(VERDICT_LOOKS[verdict], VERDICT_WORDS[verdict])}`;
  return [title, ...factLines(facts, 10, surface), ...(offer ? [style("cyan", offer)] : [])].join("\n");
}

function forecastOf({ decision: { recommendation } }: Impact): string {
  const { savingsUsdPerMonth, successChange } = recommendation;
  const success = successChange ? `, success ${formatChange(successChange)}` : "";
  return `saves ${formatRange(savingsUsdPerMonth)} a month${success}`;
}

function trialWords({ trial, decision }: Impact): string {
  const plan = decision.recommendation.trial;
  if (!trial || !plan) return "";
  const failed = trial.known - trial.accepted;
  return `${trial.known} of at most ${plan.tasks} known outcomes, ${failed} failed; ${trial.verdict === "running" ? "running" : "due"}`;
}

/** The command to type about it: revert what did harm. */
function offerOf({ verdict, decision }: Impact): string | undefined {
  return verdict === "backfired" ? `rolecall impact --revert ${decision.recommendation.id}` : undefined;
}

/** Renders the trials that have just ended, and what was done. */
export function renderEnded(ended: readonly EndedTrial[], surface: Surface): string {
  return ended
    .flatMap(({ recommendation, verdict, why }) =>
      wrap(
        `Trial ended: ${titleOf(recommendation)} was ${verdict}: ${plainLine(why)}`,
        proseWidth(surface),
      ).map((line) => `${surface.style(verdict === "kept" ? "green" : "yellow", line)}\n`),
    )
    .join("");
}

/** Returns the same for programs. */
export function endedJson(ended: readonly EndedTrial[]): object[] {
  return ended.map(({ recommendation, verdict, why }) => ({ id: recommendation.id, verdict, why }));
}

/** Every applied change as a row. */
export function renderImpactCsv({ impacts }: ImpactReport): string {
  return renderCsv(
    [
      "id",
      "appliedAt",
      "verdict",
      "tasks",
      "known",
      "forecastLowUsdPerMonth",
      "forecastMidUsdPerMonth",
      "forecastHighUsdPerMonth",
      "measuredLowUsdPerMonth",
      "measuredMidUsdPerMonth",
      "measuredHighUsdPerMonth",
    ],
    impacts.map(({ decision: { recommendation, at }, verdict, tasks, known, savingsUsdPerMonth }) => {
      const forecast = recommendation.savingsUsdPerMonth;
      return [
        recommendation.id,
        new Date(at).toISOString(),
        verdict,
        tasks,
        known,
        forecast.low,
        forecast.mid,
        forecast.high,
        savingsUsdPerMonth?.low,
        savingsUsdPerMonth?.mid,
        savingsUsdPerMonth?.high,
      ];
    }),
  );
}

/** The fields of the JSON answer (docs/json.md). */
export function impactJson({ impacts, reverted }: ImpactReport): object {
  return {
    impacts: impacts.map(({ decision, trial, ...measured }) => ({
      id: decision.recommendation.id,
      appliedAt: new Date(decision.at).toISOString(),
      kept: decision.step === "kept",
      forecast: {
        savingsUsdPerMonth: decision.recommendation.savingsUsdPerMonth,
        successChange: decision.recommendation.successChange,
      },
      measured: {
        tasks: measured.tasks,
        known: measured.known,
        savingsUsdPerMonth: measured.savingsUsdPerMonth ?? null,
        successChange: measured.successChange ?? null,
      },
      trial: trial ?? null,
      verdict: measured.verdict,
    })),
    reverted: reverted.map(({ recommendation, at, why }) => ({
      id: recommendation.id,
      at: new Date(at).toISOString(),
      why: why ?? null,
    })),
  };
}
