import type { AdviceReport } from "../operations/recommend.ts";
import { type Confidence, formatModel, type Recommendation } from "../domain/recommendation.ts";
import {
  CONFIDENCE_WORDS,
  formatChange,
  formatCounts,
  formatRange,
  shortUsd,
  titleOf,
} from "./advice-words.ts";
import { renderFollowed } from "./impact.ts";
import { formatInteger } from "./figures.ts";
import type { Style, Surface } from "./style.ts";
import { renderTable, shorten, visibleWidth } from "./table.ts";
import { plainLine } from "./text.ts";
import { wrap } from "./wrap.ts";

const LOOKS = { act: "green", try: "yellow", watch: "cyan" } as const satisfies Record<Confidence, string>;
const INDENT = 7;

/** Advice on routing that is being followed. */
export function following({ following: impacts }: AdviceReport, surface: Surface): string[] {
  return impacts.flatMap((impact) => renderFollowed(impact, surface));
}

/** Advice on routing in two or three lines. */
export function renderOne(one: Recommendation, { style, width }: Surface): string[] {
  const { confidence, savingsUsdPerMonth: usd } = one;
  const title = titleOf(one);
  const saves =
    usd.mid > 0 ? `saves ${formatRange(usd)} a month` : `costs ${shortUsd(-usd.mid)} more a month`;
  const label = labelOf(confidence, style);
  const room = width === 0 ? 100 : Math.min(width, 120);
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
    pad + style("cyan", plainLine(one.command)),
  ];
}

function labelOf(confidence: Confidence, style: Style): string {
  return style([LOOKS[confidence], "bold"], confidence.padEnd(INDENT - 1));
}

/** A recommendation on one line of at most `room` columns, for screens that are about more. */
export function renderInBrief(one: Recommendation, room: number, style: Style): string {
  const usd = one.savingsUsdPerMonth;
  const worth =
    usd.mid > 0 ? `saves about ${shortUsd(usd.mid)} a month` : `costs ${shortUsd(-usd.mid)} more a month`;
  const title = shorten(titleOf(one), room - INDENT - worth.length - 2);
  return `${labelOf(one.confidence, style)} ${title}  ${style("dim", worth)}`;
}

function evidenceLine(one: Recommendation): string {
  const { evidence, trial } = one;
  const parts = [`${formatInteger(evidence.tasks)} tasks in ${formatInteger(evidence.sessions)} sessions`];
  const success = successWords(one);
  if (success !== UNCHANGED) parts.push(`success ${success}`);
  if (trial) parts.push(`trial of ${trial.tasks} runs, off after ${trial.stopAfter} failures`);
  return parts.join(" · ");
}

const UNCHANGED = "no change expected";

function successWords({ successChange, evidence }: Recommendation): string {
  if (!successChange || (successChange.low === 0 && successChange.high === 0)) return UNCHANGED;
  const measured = evidence.proposed.known > 0 ? "" : " (expected, not measured)";
  return `${formatChange(successChange)}${measured}`;
}

/** What the labels of some recommendations mean. */
export function confidenceLegend(recommendations: readonly Recommendation[]): string {
  const present = (["act", "try", "watch"] as const).filter((word) =>
    recommendations.some(({ confidence }) => confidence === word),
  );
  return present.map((word) => `${word}: ${CONFIDENCE_WORDS[word]}`).join(" · ");
}

/** `recommend --why ID`: what it rests on, and the tasks to look at. */
export function renderWhy(one: Recommendation, surface: Surface): string {
  const { style, width } = surface;
  const { evidence, current, proposed, trial } = one;
  const room = width === 0 ? 100 : Math.min(width, 120);
  const facts: [string, string][] = [
    ["Now", current ? `${formatModel(current)}: ${formatCounts(evidence.current)}` : "–"],
    ["Proposed", proposed ? `${formatModel(proposed)}: ${formatCounts(evidence.proposed)}` : "–"],
    ["Saves", `${formatRange(one.savingsUsdPerMonth)} a month, per accepted task, rework included`],
    ["Success", successWords(one)],
    [
      "Evidence",
      `${evidence.tasks} tasks in ${evidence.sessions} sessions, ${evidence.since.slice(0, 10)} to ${evidence.until.slice(0, 10)}`,
    ],
    ["Rests on", one.basis.join("; ")],
  ];
  if (trial)
    facts.push(["Trial", `${trial.tasks} runs; it ends at once after ${trial.stopAfter} that went wrong`]);
  if (one.policyPatch) facts.push(["Writes", formatPatch(one.policyPatch)]);
  const names = Math.max(...facts.map(([name]) => name.length)) + 2;
  const body = facts.flatMap(([name, text]) =>
    wrap(plainLine(text), room - names).map(
      (line, i) => `${style("dim", (i === 0 ? name : "").padEnd(names))}${line}`,
    ),
  );
  const title = `${style([LOOKS[one.confidence], "bold"], one.confidence)}  ${style("bold", titleOf(one))}`;
  return `${[title, "", ...body].join("\n")}\n\n${renderPlaces(one, surface)}\n${style("cyan", plainLine(one.command))}\n`;
}

function renderPlaces({ evidence }: Recommendation, surface: Surface): string {
  const rows = evidence.places.map(({ session, task, outcome, file, line, why }) => [
    session.slice(0, 8),
    plainLine(task),
    outcome,
    plainLine(why ?? ""),
    file ? `${plainLine(/[^\\/]+$/.exec(file)?.[0] ?? file)}:${line}` : "",
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

/** `roles.explorer.tier: haiku, roles.explorer.effort: medium`. */
function formatPatch(patch: object, path = ""): string {
  return Object.entries(patch)
    .map(([key, value]) => {
      const at = path ? `${path}.${key}` : key;
      const nested = typeof value === "object" && value !== null && !Array.isArray(value);
      return nested
        ? formatPatch(value as object, at)
        : `${at}: ${Array.isArray(value) ? value.join(", ") : String(value)}`;
    })
    .join(", ");
}
