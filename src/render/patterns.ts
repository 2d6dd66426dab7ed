import type { Finding, FindingPlace } from "../domain/finding.ts";
import { toUsd } from "../domain/money.ts";
import { sum } from "../domain/numbers.ts";
import { renderCsv } from "./csv.ts";
import { formatDuration, formatInteger, formatShare, formatUsd, plural } from "./numbers.ts";
import { renderNoRequests } from "./no-requests.ts";
import type { Surface } from "./style.ts";
import { shorten } from "./table.ts";
import { threadName } from "./task-name.ts";
import { plainLine } from "./text.ts";

const PLACES = 3;

/** Returns the places of a finding that the report names. */
export function shownPlaces({ where }: Finding, everyPlace = false): readonly FindingPlace[] {
  return where.slice(0, everyPlace ? where.length : PLACES);
}

interface PatternView {
  /** Every place is named, and not only the worst. */
  everyPlace?: boolean | undefined;
  /** Beginnings of the prompts of the tasks at the places, as far as their transcripts are there. */
  titles?: ReadonlyMap<FindingPlace, string>;
}

/** The report of `rolecall patterns`. */
export function renderPatterns(
  findings: readonly Finding[],
  surface: Surface,
  view: PatternView = {},
): string {
  if (findings.length === 0 && surface.emptyReason?.()) return renderNoRequests(surface);
  if (findings.length === 0) return "No pattern that wastes money was found.\n";
  return findings.map((finding) => renderFinding(finding, surface, view)).join("\n");
}

function renderFinding(
  finding: Finding,
  { style, width }: Surface,
  { everyPlace, titles }: PatternView,
): string {
  const { title, what, where, times, costNano, evidence, instead, sureness } = finding;
  const cost = costNano > 0 ? ` · ${formatUsd(costNano)}` : "";
  const shown = shownPlaces(finding, everyPlace);
  const left = times - shown.length;
  const lines = [
    `${style("bold", title)} · ${plural(times, "time")}${cost} ${style("dim", `(${sureness})`)}`,
    `  ${what}`,
    `  ${Object.entries(evidence)
      .map(([name, value]) => `${wordsOf(name)} ${valueOf(name, value)}`)
      .join(" · ")}`,
    `  ${instead}`,
    ...shown.map((place) => style("dim", `  ${placeText(place, titles?.get(place), width)}`)),
    ...(left > 0
      ? [style("dim", `  ${formatInteger(left)} more${shown.length < where.length ? ": --explain" : ""}`)]
      : []),
  ];
  return `${lines.join("\n")}\n`;
}

/** `session 1b88a9d7 "commit this", line 272: $0.40`; on a terminal the title gets what the line leaves. */
function placeText(place: FindingPlace, title: string | undefined, width: number): string {
  const { line, costNano } = place;
  const from = threadName(place);
  const to = `, line ${line}${costNano > 0 ? `: ${formatUsd(costNano)}` : ""}`;
  if (title === undefined) return `${from}${to}`;
  const text = plainLine(title);
  const room = Math.max(LEAST_TITLE, width - from.length - to.length - QUOTES);
  return `${from} "${width === 0 ? text : shorten(text, room)}"${to}`;
}

const LEAST_TITLE = 20;
/** Columns of the indent, the space and the quotes. */
const QUOTES = 5;

/** `rewrittenTokens` → `rewritten tokens`. */
function wordsOf(name: string): string {
  return name.replace(/(?:Share|Usd|Ms)$/, "").replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function valueOf(name: string, value: number | string): string {
  if (typeof value === "string") return plainLine(value);
  if (name.endsWith("Ms")) return formatDuration(value);
  return name.endsWith("Share") ? formatShare(value) : formatInteger(value);
}

export function renderPatternsCsv(findings: readonly Finding[]): string {
  return renderCsv(
    ["kind", "times", "costUsd", "sureness", "session", "file", "line"],
    findings.flatMap(({ kind, times, costNano, sureness, where }) => {
      const places = where.map((place) => [
        toUsd(place.costNano),
        sureness,
        place.session,
        place.file,
        place.line,
      ]);
      const others = costNano - sum(where.map((place) => place.costNano));
      // The column adds up to the finding: what is not listed stands in a row without a place.
      const rows = times > where.length ? [...places, [toUsd(others), sureness, "", "", ""]] : places;
      return rows.map((row) => [kind, times, ...row]);
    }),
  );
}

/** The fields of the JSON answer (docs/json.md). */
export function patternsJson(findings: readonly Finding[]): object {
  return {
    findings: findings.map(({ kind, where, times, evidence, instead, sureness, costNano }) => ({
      kind,
      where: where.map(({ costNano: ofPlace, ...place }) => ({ ...place, costUsd: toUsd(ofPlace) })),
      times,
      evidence,
      instead,
      sureness,
      costUsd: toUsd(costNano),
    })),
  };
}
