import type { Finding } from "../domain/finding.ts";
import { toUsd } from "../domain/money.ts";
import { renderCsv } from "./csv.ts";
import { formatInteger, formatShare, formatUsd } from "./numbers.ts";
import type { Surface } from "./style.ts";
import { plainLine } from "./text.ts";

const PLACES = 3;

/** The report of `rolecall patterns`. */
export function renderPatterns(findings: readonly Finding[], surface: Surface, everyPlace = false): string {
  if (findings.length === 0) return "No pattern that wastes money was found.\n";
  return findings
    .map((finding) => renderFinding(finding, surface, everyPlace ? finding.where.length : PLACES))
    .join("\n");
}

function renderFinding(
  { title, what, where, times, costNano, evidence, instead, sureness }: Finding,
  { style }: Surface,
  places: number,
): string {
  const cost = costNano > 0 ? ` · ${formatUsd(costNano)}` : "";
  const left = times - Math.min(where.length, places);
  const lines = [
    `${style("bold", title)} · ${formatInteger(times)} ${times === 1 ? "time" : "times"}${cost} ${style("dim", `(${sureness})`)}`,
    `  ${what}`,
    `  ${Object.entries(evidence)
      .map(([name, value]) => `${wordsOf(name)} ${figure(name, value)}`)
      .join(" · ")}`,
    `  ${instead}`,
    ...where
      .slice(0, places)
      .map(({ session, file, line }) =>
        style("dim", `  session ${plainLine(threadOf(session, file))}, line ${line}`),
      ),
    ...(left > 0
      ? [style("dim", `  ${formatInteger(left)} more${places < where.length ? ": --explain" : ""}`)]
      : []),
  ];
  return `${lines.join("\n")}\n`;
}

/** `1b88a9d7`, or `1b88a9d7, agent a36aa5a2` for a sub-agent's transcript. */
function threadOf(session: string, file: string): string {
  const agent = /agent-(\w{1,8})\w*\.jsonl$/.exec(file)?.[1];
  return agent === undefined ? session.slice(0, 8) : `${session.slice(0, 8)}, agent ${agent}`;
}

/** `rewrittenTokens` → `rewritten tokens`. */
function wordsOf(name: string): string {
  return name.replace(/(?:Share|Usd)$/, "").replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function figure(name: string, value: number | string): string {
  if (typeof value === "string") return plainLine(value);
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
      const others = costNano - where.reduce((sum, place) => sum + place.costNano, 0);
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
