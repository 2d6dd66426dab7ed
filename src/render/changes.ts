import type { Action, PlannedChange, Conflict } from "../agents/change.ts";
import type { Planned } from "../agents/load-plan.ts";
import type { PartsPlan } from "../operations/init-parts.ts";
import type { UndoPlan } from "../operations/undo.ts";
import { plural } from "./numbers.ts";
import type { Style, Surface } from "./style.ts";
import { plainLine, plainText } from "./text.ts";

type Look = Parameters<Style>[0];

const LOOKS = {
  create: "green",
  update: "yellow",
  unchanged: "dim",
  conflict: "red",
  orphan: "magenta",
} as const satisfies Record<Action, Look>;

/** Limits of the default output: lines of a diff, and files with one. */
const MOST_LINES = 24;
const MOST_DIFFS = 12;

/** Renders changes for people: one line per file, with a diff of existing files. */
export function renderChanges(
  changes: readonly PlannedChange[],
  { style }: Surface,
  fullDiff: boolean,
): string {
  const shown = changes.filter(({ action, notes }) => action !== "unchanged" || notes.length > 0);
  const updated = shown.filter(({ action, role }) => action === "update" && role !== undefined);
  const folded = new Set(!fullDiff && updated.length > MOST_DIFFS ? updated : []);
  const listed = shown.filter((change) => !folded.has(change));
  const width = Math.max(0, ...listed.map(({ path }) => path.length));
  const most = fullDiff ? Infinity : MOST_LINES;
  const lines = listed.map((change) => renderChange(change, width, style, most)).join("");
  if (folded.size === 0) return lines;
  return `${lines}${style(LOOKS.update, "update   ")} ${folded.size} agent files: model and effort (--diff shows each)\n`;
}

function renderChange(change: PlannedChange, width: number, style: Style, most: number): string {
  const { path, action, role, routing, conflicts, notes } = change;
  const label = change.before && !change.after ? "remove" : action;
  const serves = [role, routing?.model, routing?.effort].filter((word) => word !== undefined).join(" · ");
  const name = serves ? plainLine(path).padEnd(width + 2) + style("dim", plainLine(serves)) : plainLine(path);
  const lines = [`${style(LOOKS[action], label.padEnd(9))} ${name}`];
  for (const conflict of conflicts) lines.push(`          ${formatConflict(conflict)}`);
  for (const note of notes) lines.push(`          ${style("dim", plainLine(note))}`);
  const whole = !change.before || !change.after || path.endsWith("rolecall.lock.json");
  const diff = whole && most < Infinity ? "" : renderDiff(change.diff, style, most);
  return `${lines.join("\n")}\n${diff}`;
}

function formatConflict({ key, found, wanted, why }: Conflict): string {
  const what = why ?? `your value is ${shown(found)}, the policy has ${shown(wanted)}`;
  return plainLine(key === "file" ? what : `${key}: ${what}`);
}

function shown(value: unknown): string {
  if (value === null) return "nothing";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function renderDiff(diff: string, style: Style, most: number): string {
  if (!diff) return "";
  const lines = plainText(diff.replaceAll("\r\n", "\n")).trimEnd().split("\n");
  const styled = lines.slice(0, most).map((line) => `          ${style(lookOf(line), line)}`.trimEnd());
  const more = lines.length - styled.length;
  if (more > 0) styled.push(`          ${style("dim", `${more} more lines: --diff shows them`)}`);
  return `${styled.join("\n")}\n`;
}

function lookOf(line: string): Look {
  return line.startsWith("+") ? "green" : line.startsWith("-") ? "red" : "dim";
}

/** Counts changes by kind: `3 to create, 1 to update`. */
function renderTally(changes: readonly PlannedChange[]): string {
  const count = (action: Action) => changes.filter((change) => change.action === action).length;
  const words = [
    [count("create"), "to create"],
    [count("update"), "to update"],
    [count("orphan"), "without a role"],
    [count("conflict"), count("conflict") === 1 ? "conflict" : "conflicts"],
    [count("unchanged"), "unchanged"],
  ] as const;
  return words
    .filter(([number]) => number > 0)
    .map(([number, what]) => `${number} ${what}`)
    .join(", ");
}

/** Explains how to resolve conflicts. */
function renderWaysOut(changes: readonly PlannedChange[]): string {
  if (!changes.some(({ conflicts }) => conflicts.some(({ why }) => why === undefined))) return "";
  return [
    "You changed values that the policy decides. Choose for one file (add its name) or for all:",
    "  rolecall apply --keep     keep your value and stop reporting it",
    "  rolecall apply --take     write the policy's value",
    "  rolecall apply --adopt    put your value into the policy",
    "",
  ].join("\n");
}

interface DiffOptions {
  /** Every line of every file. */
  fullDiff?: boolean | undefined;
}

const NO_POLICY =
  "No policy here, so there is nothing to write or compare. Try rolecall init, which makes one.\n";

/** Renders a plan with its counts, and how to resolve its conflicts. */
export function renderPlan(
  planned: Planned,
  surface: Surface,
  { fullDiff = false }: DiffOptions = {},
): string {
  const { changes, skipped, policy } = planned;
  if (changes.length === 0 && policy.sources.length === 0) return NO_POLICY;
  const left = skipped.map(
    ({ path, why }) => `${surface.style("dim", "skipped")}   ${plainLine(path)}: ${plainLine(why)}\n`,
  );
  const idle = changes.every(({ action }) => action === "unchanged");
  const tally = idle ? "Files and policy are in sync.\n" : `${renderTally(changes)}\n`;
  return `${renderChanges(changes, surface, fullDiff)}${left.join("")}${tally}${renderWaysOut(changes)}`;
}

/** Renders what installing or removing parts inside Claude Code writes. */
export function renderPartsPlan(
  { changes, notes }: PartsPlan,
  surface: Surface,
  { fullDiff = false }: DiffOptions = {},
): string {
  const idle = changes.length === 0 ? "Nothing to change.\n" : "";
  return (
    renderChanges(changes, surface, fullDiff) + notes.map((note) => `${plainLine(note)}\n`).join("") + idle
  );
}

/** Renders an undo before it is carried out. */
export function renderUndo(
  undo: UndoPlan | undefined,
  surface: Surface,
  { fullDiff = false }: DiffOptions = {},
): string {
  if (!undo) return "Nothing to revert.\n";
  const when = plainLine(undo.at.replace("T", " ").slice(0, 16));
  return `Back to before ${when} UTC:\n${renderChanges(undo.changes, surface, fullDiff)}`;
}

/** Renders the result of an apply, and when running sessions use it. */
export function renderApplied(written: readonly PlannedChange[]): string {
  const created = written.some(({ before, path }) => !before && path.includes("agents/"));
  const restart = created ? "Restart running sessions if they do not see the new agents.\n" : "";
  return `Wrote ${plural(written.length, "file")}; rolecall undo reverts it.\n${restart}`;
}

/** Renders the result of an undo; `isPartial`: files that were edited since stay. */
export function renderReverted(written: readonly PlannedChange[], isPartial: boolean): string {
  const rest = isPartial
    ? "Edited files stay: rolecall uninstall takes the settings of rolecall out of them.\n"
    : "";
  return `Reverted ${plural(written.length, "file")}.\n${rest}`;
}

/** Returns a plan for programs. */
export function planJson({ target, changes, skipped }: Planned): object {
  return {
    root: target.root,
    level: target.level,
    changes: changesJson(changes),
    skipped,
  };
}

/** Returns changes for programs. */
export function changesJson(changes: readonly PlannedChange[]): object[] {
  return changes.map(({ path, action, diff, role, conflicts, notes }) => ({
    path,
    action,
    diff,
    ...(role === undefined ? {} : { role }),
    conflicts,
    notes,
  }));
}
