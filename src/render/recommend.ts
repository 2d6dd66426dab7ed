import {
  type Confidence,
  formatModel,
  type Recommendation,
  type AdvicePatch,
  type TrialPlan,
} from "../domain/recommendation.ts";
import {
  CONFIDENCE_WORDS,
  formatChange,
  formatCounts,
  formatRange,
  shortUsd,
  titleOf,
} from "./advice-words.ts";
import { formatInteger } from "./numbers.ts";
import type { Style, Surface } from "./style.ts";
import { renderTable, shorten, visibleWidth } from "./table.ts";
import { lastPart, plainLine } from "./text.ts";
import { factLines, proseWidth, wrap } from "./wrap.ts";

const LOOKS = { act: "green", try: "yellow", watch: "cyan" } as const satisfies Record<Confidence, string>;
/** Columns of a label with the space behind it. */
export const INDENT = 7;

/** Advice on routing in two or three lines. */
export function renderOne(one: Recommendation, surface: Surface): string[] {
  const { style } = surface;
  const { confidence, savingsUsdPerMonth: usd } = one;
  const title = titleOf(one);
  const saves =
    usd.mid > 0 ? `saves ${formatRange(usd)} a month` : `costs ${shortUsd(-usd.mid)} more a month`;
  const label = labelOf(confidence, style);
  const room = proseWidth(surface);
  const gap = room - INDENT - visibleWidth(title) - saves.length;
  const pad = " ".repeat(INDENT);
  const [first = "", ...rest] = wrap(title, room - INDENT).map((line) => style("bold", line));
  const head = [
    `${label} ${first}${gap >= 2 ? " ".repeat(gap) + saves : ""}`,
    ...rest.map((line) => pad + line),
  ];
  const details = [gap >= 2 ? "" : saves, evidenceLine(one)].filter(Boolean).join("; ");
  return [
    ...head,
    ...wrap(details, room - INDENT).map((line) => pad + line),
    pad + style("cyan", commandOf(one, surface)),
  ];
}

/** Returns the command that follows one, for the same period and filters. */
function commandOf({ command }: Recommendation, { same = "" }: Surface): string {
  return plainLine(command) + (command.startsWith("rolecall recommend ") ? same : "");
}

export function labelOf(confidence: Confidence, style: Style): string {
  return style([LOOKS[confidence], "bold"], confidence.padEnd(INDENT - 1));
}

/** Renders a recommendation in brief, for screens with other content. */
export function renderInBrief(one: Recommendation, room: number, style: Style): string {
  const usd = one.savingsUsdPerMonth;
  const worth =
    usd.mid > 0 ? `saves about ${shortUsd(usd.mid)} a month` : `costs ${shortUsd(-usd.mid)} more a month`;
  return briefLine(labelOf(one.confidence, style), titleOf(one), worth, room, style);
}

/** Below this, a title that is cut says too little. */
const LEAST_TITLE = 24;

/** Puts advice on one line that fits, or what it is worth on a second one if that leaves too little of the title. */
export function briefLine(label: string, title: string, worth: string, room: number, style: Style): string {
  const left = room - INDENT - worth.length - 2;
  if (left >= Math.min(LEAST_TITLE, visibleWidth(title)))
    return `${label} ${shorten(title, left)}  ${style("dim", worth)}`;
  return `${label} ${shorten(title, room - INDENT)}\n${" ".repeat(INDENT)}${style("dim", worth)}`;
}

function evidenceLine(one: Recommendation): string {
  const { evidence, trial } = one;
  const parts = [`${formatInteger(evidence.tasks)} tasks in ${formatInteger(evidence.sessions)} sessions`];
  const success = successWords(one);
  if (success !== UNCHANGED) parts.push(`success ${success}`);
  if (trial) parts.push(`trial of ${trial.clearFrom} to ${trial.tasks} known outcomes`);
  return parts.join(" · ");
}

/** Known outcomes on the proposed model that make a change of success a measured one. */
const MEASURED = 20;
const UNCHANGED = "no change expected";

function successWords({ successChange, evidence }: Recommendation): string {
  if (!successChange || (successChange.low === 0 && successChange.high === 0)) return UNCHANGED;
  const measured = evidence.proposed.known >= MEASURED ? "" : " (expected, not measured)";
  return `${formatChange(successChange)}${measured}`;
}

/** Returns what the labels of some recommendations mean. */
export function confidenceLegend(recommendations: readonly Recommendation[]): string {
  const present = (["act", "try", "watch"] as const).filter((word) =>
    recommendations.some(({ confidence }) => confidence === word),
  );
  return present.map((word) => `${word}: ${CONFIDENCE_WORDS[word]}`).join(" · ");
}

/** `recommend --why ID`: what it rests on, and the tasks to look at. */
export function renderWhy(one: Recommendation, surface: Surface): string {
  const { style } = surface;
  const { evidence, current, proposed, trial } = one;
  const facts: [string, string][] = [
    ["Now", current ? `${formatModel(current)}: ${formatCounts(evidence.current)}` : "–"],
    ["Proposed", proposed ? `${formatModel(proposed)}: ${formatCounts(evidence.proposed)}` : "–"],
    ["Saves", `${formatRange(one.savingsUsdPerMonth)} a month, redos of failed tasks included`],
    ["Success", successWords(one)],
    [
      "Evidence",
      `${evidence.tasks} tasks in ${evidence.sessions} sessions, ${evidence.since.slice(0, 10)} to ${evidence.until.slice(0, 10)}`,
    ],
    ["Rests on", one.basis.join("; ")],
  ];
  if (trial) facts.push(["Trial", trialWords(trial)]);
  if (one.policyPatch) facts.push(["Writes", formatPatch(one.policyPatch)]);
  const body = factLines(facts, Math.max(...facts.map(([name]) => name.length)) + 2, surface);
  const title = `${style([LOOKS[one.confidence], "bold"], one.confidence)}  ${style("bold", titleOf(one))}`;
  return `${[title, "", ...body].join("\n")}\n\n${renderPlaces(one, surface)}\n${style("cyan", plainLine(one.command))}\n`;
}

function trialWords({ tasks, clearFrom, stopAfter, firstLook }: TrialPlan): string {
  return `ends at the next recommend, impact or apply: after ${tasks} known outcomes, from ${clearFrom} on once the result is clear, and at once if success is clearly lower (such as ${stopAfter} failures in the first ${firstLook}); it is kept only if success is probably not lower by more than the tolerance, and a task is cheaper`;
}

function renderPlaces({ evidence }: Recommendation, surface: Surface): string {
  const rows = evidence.places.map(({ session, task, outcome, file, line, why }) => [
    session.slice(0, 8),
    plainLine(task),
    outcome,
    plainLine(why ?? ""),
    file ? `${lastPart(file)}:${line}` : "",
  ]);
  return renderTable(
    {
      columns: [
        { title: "Session" },
        { title: "Task" },
        { title: "Outcome" },
        { title: "Why", shrink: true },
        { title: "Where", drop: 1 },
      ],
      rows,
    },
    surface,
  );
}

/** Formats what `--apply` writes: `implementer: model sonnet, effort medium`. */
function formatPatch({ agents = {}, settings = {} }: AdvicePatch): string {
  const parts = Object.entries(agents).map(
    ([agent, { model, effort, copyOf }]) =>
      `${agent}: model ${model}${effort ? `, effort ${effort}` : ""}${copyOf ? `, otherwise as ${copyOf.agent}` : ""}`,
  );
  const keys = Object.entries(settings).map(
    ([key, value]) => `${key.replaceAll("/", ".")}: ${String(value)}`,
  );
  return [...parts, ...(keys.length > 0 ? [`your settings here: ${keys.join(", ")}`] : [])].join("; ");
}
