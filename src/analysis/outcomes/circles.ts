import type { EditEvent } from "../../domain/event.ts";
import type { CheckRun, Work } from "./work.ts";

/** A sign that work went round in circles. */
export interface Circle {
  kind: "back-again" | "same-failure";
  line: number;
  file?: string;
}

/** An edit that takes an earlier one back, restores from version control, and checks that fail twice with nothing new between. */
export function findCircles(work: Work): Circle[] {
  return [...reversals(work), ...sameFailures(work)].sort((a, b) => a.line - b.line);
}

/** Every file that the work changed is as it was before. */
export function endsWhereItBegan(work: Work): boolean {
  if (work.edits.length === 0) return false;
  const open = new Map<string, EditEvent[]>();
  const restores = work.restores.flatMap(({ line, restores }) =>
    (restores ?? []).map((file) => ({ line, file })),
  );
  for (const edit of work.edits) {
    if (restores.some(({ line, file }) => line > edit.line && isFile(edit.file, file))) continue;
    const stack = open.get(edit.file) ?? [];
    const last = stack.at(-1);
    if (last && takesBack(edit, last)) stack.pop();
    else stack.push(edit);
    open.set(edit.file, stack);
  }
  return [...open.values()].every((stack) => stack.length === 0);
}

/** `later` puts back exactly what `earlier` replaced. */
export function takesBack(later: EditEvent, earlier: EditEvent): boolean {
  if (later.file !== earlier.file || earlier.before === 0) return false;
  return later.after === earlier.before && later.before === earlier.after;
}

/** Whether a path given to git means this file. */
export function isFile(file: string, restored: string): boolean {
  return (
    restored === "*" ||
    file === restored ||
    file.endsWith(`/${restored.replace(/^\.\//, "")}`) ||
    file.includes(`/${restored.replace(/\/$/, "")}/`)
  );
}

function reversals({ edits, restores }: Work): Circle[] {
  const found: Circle[] = [];
  edits.forEach((edit, index) => {
    if (edits.slice(0, index).some((earlier) => takesBack(edit, earlier)))
      found.push({ kind: "back-again", line: edit.line, file: edit.file });
  });
  for (const restore of restores) {
    const edit = edits.find(
      ({ line, file }) => line < restore.line && restore.restores?.some((path) => isFile(file, path)),
    );
    if (edit) found.push({ kind: "back-again", line: restore.line, file: edit.file });
  }
  return found;
}

function sameFailures({ checks, edits }: Work): Circle[] {
  const found: Circle[] = [];
  checks.forEach((run, index) => {
    const before = checks.slice(0, index).findLast((earlier) => isSame(earlier, run));
    if (before?.verdict !== "fail" || run.verdict !== "fail") return;
    const between = edits.filter(({ line }) => line > before.line && line < run.line);
    const tried = new Set(
      edits.filter(({ line }) => line < before.line).map(({ file, after }) => `${file} ${after}`),
    );
    if (between.every(({ file, after }) => tried.has(`${file} ${after}`)))
      found.push({ kind: "same-failure", line: run.line });
  });
  return found;
}

function isSame(a: CheckRun, b: CheckRun): boolean {
  return a.check.command === b.check.command && a.check.where === b.check.where;
}
