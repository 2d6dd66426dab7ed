import { type DiagnosticCode, DIAGNOSTICS } from "../domain/diagnostic.ts";
import { dayOf } from "../domain/calendar.ts";
import { sum } from "../domain/numbers.ts";
import type { Period } from "../domain/period.ts";
import type { Diagnostics, Missing } from "../history/diagnostics.ts";
import type { Unmatched } from "../history/unmatched.ts";
import type { Workspace } from "../history/workspace.ts";
import type { ProblemCount } from "../store/line-counts.ts";
import { formatInteger, plural } from "./numbers.ts";
import type { Surface } from "./style.ts";
import { plainLine } from "./text.ts";

/** Returns one line for a period that begins after the newest request. */
export function renderAllOlder(newestAt: number, { timezone }: Period): string {
  return `all requests are older than this period; the newest is from ${dayOf(newestAt, timezone)}`;
}

/** Returns one line on what the numbers leave out. */
export function renderMissing({ files, unreadable, folders, excluded, lines, odd }: Missing): string {
  const count = unreadable + folders + excluded + lines;
  const left = [
    ...(unreadable > 0
      ? [
          `${formatInteger(unreadable)} of ${formatInteger(Math.max(files, unreadable))} transcripts could not be read`,
        ]
      : []),
    ...(folders > 0 ? [`${plural(folders, "folder")} could not be read`] : []),
    ...(excluded > 0
      ? [`${plural(excluded, "transcript was", "transcripts were")} left out with --exclude`]
      : []),
    ...(lines > 0 ? [`${plural(lines, "line")} could not be parsed`] : []),
  ];
  const parts = [
    ...(left.length > 0
      ? [`${left.join(" and ")}: the numbers leave ${count === 1 ? "it" : "them"} out`]
      : []),
    ...(odd > 0 ? [`${plural(odd, "answer has", "answers have")} counts that are not plain numbers`] : []),
  ];
  return `${parts.join("; ")} (see --diagnostics)`;
}

/** Returns one line for a filter that matches nothing, with what may be meant. */
export function renderUnmatched({ option, value, isElsewhere, near }: Unmatched): string {
  const problem = `--${option}: ${isElsewhere ? "no requests in this period for" : "no match for"} "${plainLine(value)}"`;
  return near.length === 0
    ? problem
    : `${problem}. Expected a name such as ${near.map(plainLine).join(", ")}`;
}

/** Transcripts that are named; the others are counted. */
const MOST_NAMED = 10;

/** Returns how every line was parsed, and where lines were not understood, for stderr. */
export function renderDiagnostics(found: Diagnostics, problems: readonly ProblemCount[]): string {
  const codes = Object.entries(found.byCode);
  const lines = found.entries + found.skipped + sum(codes.map(([, count]) => count));
  const rows = [
    `${formatInteger(lines)} lines in ${formatInteger(found.files)} transcripts: ${formatInteger(found.entries)} understood, ${formatInteger(found.skipped)} known and not needed`,
    ...codes.map(
      ([code, count]) => `${formatInteger(count)} × ${code}: ${DIAGNOSTICS[code as DiagnosticCode] ?? code}`,
    ),
    ...problems
      .slice(0, MOST_NAMED)
      .map(({ path, code, lines: count }) => `  ${plainLine(path)}: ${formatInteger(count)} × ${code}`),
    ...(problems.length > MOST_NAMED ? [`  and in ${formatInteger(problems.length - MOST_NAMED)} more`] : []),
    ...found.unreadable.map(({ path, message }) => `  ${plainLine(path)}: ${plainLine(message)}`),
    ...(found.excluded ?? []).map((path) => `  ${plainLine(path)}: left out with --exclude`),
    ...Object.entries(found.unknownTypes).map(
      ([type, count]) => `  type "${plainLine(type)}": ${formatInteger(count)}`,
    ),
  ];
  return rows.map((row) => `${row}\n`).join("");
}

/** Renders the screen of a machine without transcripts: where rolecall looked, and what to do. */
export function renderEmpty({ roots, notices }: Workspace, { style }: Surface): string {
  return [
    `${style("bold", "No transcripts of Claude Code yet.")} Looked in:`,
    ...roots.map((root) => `  ${plainLine(root)}/projects`),
    ...notices.map((notice) => plainLine(`${notice.replace(/^\w/, (letter) => letter.toUpperCase())}.`)),
    "",
    `Use Claude Code for a while, name its folder with ${style("cyan", "--claude-dir")} or`,
    `CLAUDE_CONFIG_DIR, or look around first: ${style("cyan", "rolecall --demo")}`,
    "",
  ].join("\n");
}
