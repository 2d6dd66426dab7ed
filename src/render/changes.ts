import type { Action, Change, Conflict } from "../agents/change.ts";
import type { Planned } from "../operations/plan.ts";
import type { UndoPlan } from "../operations/undo.ts";
import type { Style, Surface } from "./style.ts";
import { plainLine, plainText } from "./text.ts";

type Format = Parameters<Style>[0];

const LOOKS = {
  create: "green",
  update: "yellow",
  unchanged: "dim",
  conflict: "red",
  orphan: "magenta",
} as const satisfies Record<Action, Format>;

/** The longest diff that is shown without being asked for, in lines. */
const MOST_LINES = 24;

/** Changes as people read them: one line per file, with the diff of what changes in files that exist. */
export function renderChanges(
  changes: readonly Change[],
  { style }: Surface,
  { fullDiff = false, unchanged = false } = {},
): string {
  const shown = changes.filter(
    ({ action, notes }) => unchanged || action !== "unchanged" || notes.length > 0,
  );
  const width = Math.max(0, ...shown.map(({ path }) => path.length));
  return shown.map((change) => renderChange(change, width, style, fullDiff)).join("");
}

function renderChange(change: Change, width: number, style: Style, fullDiff: boolean): string {
  const { path, action, role, routing, conflicts, notes } = change;
  const label = change.before && !change.after ? "remove" : action;
  const serves = [role, routing?.model, routing?.effort].filter((word) => word !== undefined).join(" · ");
  const name = serves ? plainLine(path).padEnd(width + 2) + style("dim", plainLine(serves)) : plainLine(path);
  const lines = [`${style(LOOKS[action], label.padEnd(9))} ${name}`];
  for (const conflict of conflicts) lines.push(`          ${formatConflict(conflict)}`);
  for (const note of notes) lines.push(`          ${style("dim", plainLine(note))}`);
  return `${lines.join("\n")}\n${renderDiff(change, style, fullDiff)}`;
}

function formatConflict({ key, found, wanted, why }: Conflict): string {
  const what = why ?? `yours is ${shown(found)}, the policy says ${shown(wanted)}`;
  return plainLine(key === "file" ? what : `${key}: ${what}`);
}

function shown(value: unknown): string {
  if (value === null) return "nothing";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function renderDiff({ diff, action, path }: Change, style: Style, fullDiff: boolean): string {
  const isLock = path.endsWith("rolecall.lock.json");
  if (!diff || (!fullDiff && (action === "create" || isLock))) return "";
  const lines = plainText(diff).trimEnd().split("\n");
  const cut = fullDiff ? lines : lines.slice(0, MOST_LINES);
  const more = lines.length - cut.length;
  const styled = cut.map((line) => `          ${style(lookOf(line), line)}`.trimEnd());
  const rest = more > 0 ? [`          ${style("dim", `${more} more lines: --diff shows them`)}`] : [];
  return `${[...styled, ...rest].join("\n")}\n`;
}

function lookOf(line: string): Format {
  return line.startsWith("+") ? "green" : line.startsWith("-") ? "red" : "dim";
}

/** How many changes of each kind: `3 to create, 1 to update`. */
export function renderTally(changes: readonly Change[]): string {
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

/** What to do about conflicts. */
export function renderWaysOut(changes: readonly Change[]): string {
  if (!changes.some(({ conflicts }) => conflicts.some(({ why }) => why === undefined))) return "";
  return [
    "You changed something that the policy decides. Three ways out, for one file (add its name) or for all:",
    "  rolecall apply --keep     your value stays, and is no conflict any more",
    "  rolecall apply --take     the policy's value is written",
    "  rolecall apply --adopt    your value goes into the policy",
    "",
  ].join("\n");
}

/** A plan with its tally, and what to do about conflicts. */
export function renderPlan(
  planned: Planned,
  surface: Surface,
  { fullDiff = false }: DiffOptions = {},
): string {
  const { changes, skipped } = planned;
  const left = skipped.map(
    ({ path, why }) => `${surface.style("dim", "skipped")}   ${plainLine(path)}: ${plainLine(why)}\n`,
  );
  const idle = changes.every(({ action }) => action === "unchanged");
  const tally = idle ? "Files and policy are in step.\n" : `${renderTally(changes)}\n`;
  return `${renderChanges(changes, surface, { fullDiff })}${left.join("")}${tally}${renderWaysOut(changes)}`;
}

/** An undo before it is carried out. */
export function renderUndo(
  undo: UndoPlan | undefined,
  surface: Surface,
  { fullDiff = false }: DiffOptions = {},
): string {
  if (!undo) return "There is nothing to take back.\n";
  const restored = undo.changes.map((change) =>
    change.before && !change.after ? { ...change, diff: "" } : change,
  );
  return `Back to before ${plainLine(undo.at.replace("T", " ").slice(0, 16))} UTC:\n${renderChanges(restored, surface, { fullDiff })}`;
}

interface DiffOptions {
  fullDiff?: boolean | undefined;
}

/** What was written, and what Claude Code does not notice by itself. */
export function renderApplied(written: readonly Change[]): string {
  const created = written.some(({ before, path }) => !before && path.includes("agents/"));
  const restart = created ? "A session that runs already may have to be restarted to see new agents.\n" : "";
  return `Wrote ${written.length} ${written.length === 1 ? "file" : "files"}; rolecall undo takes it back.\n${restart}`;
}

/** A plan for programs. */
export function planJson(command: string, { target, changes, skipped }: Planned): object {
  return {
    schemaVersion: 1,
    command,
    root: target.root,
    level: target.level,
    changes: changesJson(changes),
    skipped,
  };
}

/** Changes for programs. */
export function changesJson(changes: readonly Change[]): object[] {
  return changes.map(({ path, action, diff, role, conflicts, notes }) => ({
    path,
    action,
    diff,
    ...(role === undefined ? {} : { role }),
    conflicts,
    notes,
  }));
}
