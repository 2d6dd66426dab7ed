import { dayOf } from "../domain/calendar.ts";
import { type ChangeAdvice } from "../domain/change-decision.ts";
import type { AdviceEntry, AdviceList } from "../operations/advice-list.ts";
import { confidenceOf, formatRange, shortUsd } from "./advice-words.ts";
import { changeAdviceJson, renderChangeImpact } from "./change-plan.ts";
import { renderFollowed } from "./impact.ts";
import { formatInteger, formatUsd } from "./numbers.ts";
import { recommendationFields, recommendJson } from "./recommend-fields.ts";
import {
  briefLine,
  confidenceLegend,
  INDENT,
  labelOf,
  renderInBrief,
  renderOne,
  renderWhy,
} from "./recommend.ts";
import { renderNoRequests } from "./no-requests.ts";
import type { Style, Surface } from "./style.ts";
import { visibleWidth } from "./table.ts";
import { firstOf, plainLine } from "./text.ts";
import { nothingQualifies, renderChange } from "./why-advice.ts";
import { adviceTitle, occasionWords, patchLine } from "./why-words.ts";
import { proseWidth, wrap } from "./wrap.ts";

/** The screen of `rolecall recommend`: the most dollars first, two or three lines each. */
export function renderAdviceList(list: AdviceList, surface: Surface): string {
  const { style } = surface;
  const entries = rankAdvice(list);
  const isEmpty = list.tasks === 0 && (list.causes?.requests ?? 0) === 0 && entries.length === 0;
  if (isEmpty && list.following.length + list.followingChanges.length === 0) return renderNoRequests(surface);
  const lines = headlines(list, entries.length)
    .flatMap((line) => wrap(line, proseWidth(surface)))
    .map((line) => style("dim", line));
  const followed = [
    ...list.following.flatMap((impact) => renderFollowed(impact, surface)),
    ...list.followingChanges.map((one) => renderChangeImpact(one, surface)),
  ];
  if (followed.length > 0) lines.push("", style("bold", "In force here"), ...followed);
  if (entries.length === 0) lines.push("", ...wrap(plainLine(nothing(list)), proseWidth(surface)));
  for (const entry of entries)
    lines.push(
      "",
      ...("change" in entry
        ? renderChangeLines(entry.change, surface)
        : renderOne(entry.recommendation, surface)),
    );
  if (list.reasons.length > 0) lines.push("", ...whyNoTrial(list.reasons, surface));
  if (entries.length > 0) lines.push("", ...footer(list, surface).map((line) => style("dim", line)));
  return `${lines.join("\n")}\n`;
}

/** Explains why work on expensive models gets no trial. */
function whyNoTrial(reasons: readonly string[], surface: Surface): string[] {
  const sentences = reasons.flatMap((reason) => wrap(plainLine(reason), proseWidth(surface) - INDENT));
  return ["No trial of another model:", ...sentences.map((line) => `${" ".repeat(INDENT)}${line}`)];
}

/** Puts advice of both kinds in one order: the most dollars first. */
export function rankAdvice({
  changes,
  recommendations,
}: Pick<AdviceList, "changes" | "recommendations">): AdviceEntry[] {
  return [
    ...changes.map((change): AdviceEntry => ({ change })),
    ...recommendations.map((recommendation): AdviceEntry => ({ recommendation })),
  ].toSorted((a, b) => savedBy(b) - savedBy(a));
}

function savedBy(entry: AdviceEntry): number {
  return ("change" in entry ? entry.change : entry.recommendation).savingsUsdPerMonth.mid;
}

/** Renders one piece of advice on one line that fits, or on two. */
export function renderEntryInBrief(entry: AdviceEntry, room: number, style: Style): string {
  if ("recommendation" in entry) return renderInBrief(entry.recommendation, room, style);
  const { change } = entry;
  const worth = `saves about ${shortUsd(change.savingsUsdPerMonth.mid)} a month`;
  return briefLine(labelOf(confidenceOf(change), style), plainLine(adviceTitle(change)), worth, room, style);
}

const MOST_PLACES = 3;

/** Names the projects that advice is from, if none of it is from this repository. */
export function elsewhereLines(projects: readonly string[]): string[] {
  return projects.length > 0
    ? [`This repository has no sessions: the tasks are from ${plainLine(firstOf(projects, MOST_PLACES))}.`]
    : [];
}

function headlines(list: AdviceList, count: number): string[] {
  const { spentNano, tasks, totalUsdPerMonth, elsewhere, evidence, recommendations } = list;
  const isOlder = recommendations.length > 0 && evidence.tasks > tasks;
  const seen = [
    `The advice rests on ${formatInteger(tasks)} tasks for ${formatUsd(spentNano)} (API-equivalent).`,
    ...(isOlder
      ? [
          `Advice on models rests on older outcomes too: ${formatInteger(evidence.tasks)} tasks since ${dayOf(evidence.since, "UTC")}.`,
        ]
      : []),
    ...elsewhereLines(elsewhere),
  ];
  if (count === 0) return seen;
  const these = count === 1 ? "This saves" : `These ${count} together save`;
  return [
    ...seen,
    `${these} about ${formatRange(totalUsdPerMonth)} a month${elsewhere.length > 0 ? " in these projects" : ""}; no saving counts twice.`,
  ];
}

function nothing({ dismissed, following: followed, followingChanges, causes }: AdviceList): string {
  if (dismissed > followed.length + followingChanges.length)
    return "Nothing new to recommend. What was dismissed or reverted stays hidden until the evidence changes.";
  return causes && causes.requests > 0 ? nothingQualifies(causes) : "Nothing to recommend without a request.";
}

const MOST_PATCHES = 3;

function renderChangeLines(change: ChangeAdvice, surface: Surface): string[] {
  const { style, same = "" } = surface;
  const { savingsUsdPerMonth, risk, isTrial, patch } = change;
  const label = labelOf(confidenceOf(change), style);
  const title = plainLine(adviceTitle(change));
  const saves = `saves ${formatRange(savingsUsdPerMonth)} a month`;
  const room = proseWidth(surface);
  const gap = room - INDENT - visibleWidth(title) - saves.length;
  const pad = " ".repeat(INDENT);
  const details = [
    gap >= 2 ? "" : saves,
    `${occasionWords(change)} · risk: ${risk}${isTrial ? " · a trial that ends by itself" : ""}`,
  ].filter(Boolean);
  return [
    `${label} ${style("bold", title)}${gap >= 2 ? " ".repeat(gap) + saves : ""}`,
    ...wrap(details.join("; "), room - INDENT).map((line) => pad + line),
    ...patch
      .slice(0, MOST_PATCHES)
      .flatMap((one) =>
        wrap(plainLine(patchLine(one)), room - INDENT).map((line) => pad + style("dim", line)),
      ),
    ...(patch.some(({ type }) => type !== "manual")
      ? [pad + style("cyan", `rolecall recommend --apply ${plainLine(change.id)}${same}`)]
      : [pad + style("cyan", `rolecall recommend --why ${plainLine(change.id)}${same}`)]),
  ];
}

function footer(list: AdviceList, surface: Surface): string[] {
  const { changes, recommendations, left } = list;
  const more = left > 0 ? `${left} more ${left === 1 ? "is" : "are"} worth less. ` : "";
  return [
    ...(changes.length > 0
      ? [
          "Settings and habits are simulated on your history at today's prices: act has little risk and can be applied at once; try has more risk, is a trial, or is done by hand. Brackets: low and high assumptions.",
        ]
      : []),
    ...(recommendations.length > 0
      ? [`Routing: ${confidenceLegend(recommendations)}. Brackets: the 95% interval.`]
      : []),
    ...(list.differsFromUsual
      ? [`The default period gives other advice: rolecall recommend${withoutPeriod(surface)}`]
      : []),
    `${more}Evidence: rolecall recommend --why ID${surface.same ?? ""} · Hide it: --dismiss ID`,
  ].flatMap((line) => wrap(line, proseWidth(surface)));
}

/** Options that repeat the filters of a command, without its period. */
function withoutPeriod({ same = "" }: Surface): string {
  return same.replaceAll(/ --(?:all|(?:since|until|days) \S+)(?= |$)/g, "");
}

/** One piece of advice with what it rests on. */
export function renderOneAdvice(one: AdviceEntry, surface: Surface): string {
  return "change" in one ? renderChange(one.change, surface) : renderWhy(one.recommendation, surface);
}

/** The fields of the JSON answer (docs/json.md). */
export function adviceListJson(list: AdviceList): object {
  return { ...recommendJson(list), changes: list.changes.map(changeAdviceJson) };
}

/** The same with one piece of advice alone. */
export function oneJson(one: AdviceEntry): object {
  const { recommendations, changes } = listOfOne(one);
  return {
    recommendations: recommendations.map(recommendationFields),
    changes: changes.map(changeAdviceJson),
  };
}

/** A list of one piece of advice. */
export function listOfOne(one: AdviceEntry): Pick<AdviceList, "recommendations" | "changes"> {
  return "change" in one
    ? { recommendations: [], changes: [one.change] }
    : { recommendations: [one.recommendation], changes: [] };
}
