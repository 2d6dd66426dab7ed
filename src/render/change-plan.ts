import { join } from "node:path";
import { dayOf } from "../domain/calendar.ts";
import type { ChangeImpact, MeasuredSide } from "../operations/change-impact.ts";
import type { PlannedAdvice, PlannedReversal } from "../operations/follow-change.ts";
import type { ChangeAdvice } from "../domain/change-decision.ts";
import type { PatchValue, PatchWrite } from "../domain/simulation.ts";
import { formatRange, VERDICT_LOOKS, VERDICT_WORDS } from "./advice-words.ts";
import { formatInteger, formatUsd } from "./numbers.ts";
import type { Surface } from "./style.ts";
import { plainLine } from "./text.ts";
import { simulatedFields } from "./why-fields.ts";
import { adviceTitle, measuredValue } from "./why-words.ts";
import { factLines } from "./wrap.ts";

/** Every key that following changes would write, with its value before and after. */
export function renderPlannedAdvice(plans: readonly PlannedAdvice[], surface: Surface): string {
  return plans.map((plan) => renderOnePlan(plan, surface)).join("\n");
}

function renderOnePlan({ advice, target, writes, byHand }: PlannedAdvice, { style }: Surface): string {
  const lines = [
    style("bold", plainLine(adviceTitle(advice))),
    ...(writes.length === 0 ? ["  It is written already."] : []),
    ...writes.map((write) => `  ${writeWords(target.root, write)}`),
    ...byHand.map((sentence) => `  By hand: ${plainLine(sentence)}`),
  ];
  return `${lines.join("\n")}\n`;
}

function writeWords(root: string, { kind, path, key, before, after }: PatchWrite): string {
  const place = plainLine(join(root, path));
  if (kind === "file") return `${place}: new file`;
  if (kind === "line") return `${place}: + ${plainLine(shown(after))}`;
  const name = plainLine(key.join("."));
  if (kind === "item") return `${place}: ${name} + ${plainLine(shown(after))}`;
  return `${place}: ${name}: ${plainLine(shown(before))} → ${plainLine(shown(after))}`;
}

function shown(value: PatchValue): string {
  return value === null ? "nothing" : typeof value === "string" ? value : JSON.stringify(value);
}

/** Every key that reverting changes would put back. */
export function renderReversals(reversals: readonly PlannedReversal[], { style }: Surface): string {
  const blocks = reversals.map(({ decision: { advice, root, writes }, changes }) => {
    const notes = new Map(changes.map(({ path, notes: own }) => [path, own]));
    const lines = writes.map((write) => {
      const back = { ...write, before: write.after, after: write.before };
      const words =
        write.kind === "key" || write.kind === "front-matter" ? writeWords(root, back) : removed(root, write);
      return `  ${words}`;
    });
    const kept = [...notes.values()].flat().map((note) => `  ${style("dim", plainLine(note))}`);
    return `${style("bold", plainLine(adviceTitle(advice)))}\n${[...lines, ...kept].join("\n")}\n`;
  });
  return blocks.join("\n");
}

function removed(root: string, { kind, path, key, after }: PatchWrite): string {
  const place = plainLine(join(root, path));
  if (kind === "file") return `${place}: removed`;
  if (kind === "line") return `${place}: - ${plainLine(shown(after))}`;
  return `${place}: ${plainLine(key.join("."))} - ${plainLine(shown(after))}`;
}

/** Returns what is planned, for programs. */
export function plannedAdviceJson(plans: readonly PlannedAdvice[]): object[] {
  return plans.map(({ advice, target, writes, byHand }) => ({
    id: advice.id,
    root: target.root,
    writes,
    byHand,
  }));
}

/** A change as `recommend --json` has it. */
export function changeAdviceJson(advice: ChangeAdvice): object {
  const { id, savingsUsdPerMonth } = advice;
  const { kind, subject, title, ...rest } = simulatedFields(advice);
  return {
    id,
    kind,
    subject,
    title,
    savingsUsdPerMonth,
    ...rest,
    command: `rolecall recommend --apply ${id}`,
  };
}

/** Returns what became of a change, for `impact` and for the screen of `recommend`. */
export function renderChangeImpact(impact: ChangeImpact, surface: Surface): string {
  const { style } = surface;
  const { decision, isInForce, name, before, after, verdict } = impact;
  const facts: [string, string][] = [
    [
      "Applied",
      `${dayOf(decision.at, "UTC")}; ${formatInteger(after.prompts)} prompts since${isInForce ? "" : "; what it wrote is no longer there"}`,
    ],
    ["Forecast", `saves ${formatRange(decision.advice.savingsUsdPerMonth)} a month`],
    ["Measured", `${name}: ${sideWords(name, before)} before, ${sideWords(name, after)} since`],
    ["A prompt", `${promptWords(before)} before, ${promptWords(after)} since, whatever the work was`],
  ];
  const title = `${style("bold", plainLine(adviceTitle(decision.advice)))}: ${style(VERDICT_LOOKS[verdict], VERDICT_WORDS[verdict])}`;
  const offer =
    verdict === "backfired" || verdict === "nothing"
      ? [style("cyan", `rolecall impact --revert ${plainLine(decision.id)}`)]
      : [];
  return [title, ...factLines(facts, 10, surface), ...offer].join("\n");
}

function sideWords(name: string, { value }: MeasuredSide): string {
  return value === null ? "nothing to measure" : measuredValue(name, value);
}

function promptWords({ usdPerPrompt }: MeasuredSide): string {
  return usdPerPrompt === null ? "nothing to measure" : formatUsd(usdPerPrompt * 1e9);
}

/** Returns what became of a change, for programs. */
export function changeImpactJson({
  decision,
  isInForce,
  name,
  before,
  after,
  verdict,
}: ChangeImpact): object {
  const { id, at, root, advice } = decision;
  return {
    id,
    appliedAt: new Date(at).toISOString(),
    root,
    inForce: isInForce,
    forecast: { savingsUsdPerMonth: advice.savingsUsdPerMonth },
    measured: { name, before, after },
    verdict,
  };
}
