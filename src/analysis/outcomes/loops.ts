import type { EditEvent } from "../../domain/event.ts";
import type { CheckRun, Work } from "./work.ts";

/** A sign that work went in loops. */
export interface Loop {
  kind: "back-again" | "same-failure";
  line: number;
  file?: string;
}

/** Returns edits that take an earlier one back, and checks that fail twice although edits in between came to nothing new. */
export function findLoops(work: Work): Loop[] {
  return [...reversals(work), ...sameFailures(work), ...stuckTests(work)].sort((a, b) => a.line - b.line);
}

/** Returns whether every file that the work changed is as it was before. */
export function endsWhereItBegan(work: Work): boolean {
  if (work.edits.length === 0) return false;
  const open = new Map<string, EditEvent[]>();
  const restores = work.restores.flatMap(({ line, restores }) =>
    (restores ?? ["*"]).map((file) => ({ line, file })),
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

/** Returns whether `later` puts back exactly what `earlier` replaced. */
export function takesBack(later: EditEvent, earlier: EditEvent): boolean {
  if (later.file !== earlier.file || earlier.before === 0) return false;
  return later.after === earlier.before && later.before === earlier.after;
}

/** Returns whether a path given to git means this file. */
export function isFile(file: string, restored: string): boolean {
  return (
    restored === "*" ||
    file === restored ||
    file.endsWith(`/${restored.replace(/^\.\//, "")}`) ||
    file.includes(`/${restored.replace(/\/$/, "")}/`)
  );
}

/**
 * Edits that revert what was tried and turned out red, and files brought back from version control. However many edits take
 * one try back, it is one loop until the next check.
 */
function reversals(work: Work): Loop[] {
  const { edits } = work;
  const back = edits.filter((edit, index) =>
    edits
      .slice(0, index)
      .some((other, at) => takesBack(edit, other) && wasTried(other, edit, work.checks, at + 1 === index)),
  );
  const once = back.filter((edit, index) => {
    const before = back[index - 1];
    return !before || work.checks.some(({ line }) => line > before.line && line < edit.line);
  });
  return [...once, ...restoredEdits(work)].map(({ line, file }) => ({ kind: "back-again", line, file }));
}

/** It was red with it. A log that is removed again does not count as a try. Neither does a fix removed for one run to see its test fail. */
function wasTried(out: EditEvent, back: EditEvent, checks: readonly CheckRun[], alone: boolean): boolean {
  const red = checks.some(({ verdict, line }) => verdict === "fail" && line > out.line && line < back.line);
  const after = checks.find(({ line }) => line > back.line) ?? checks.findLast(({ line }) => line < out.line);
  return red && !(alone && after?.verdict === "pass");
}

/** Edits of a file that version control then brought back; a restore of everything is mostly for another reason. */
function restoredEdits({ edits, restores, commits }: Work): { line: number; file: string }[] {
  return restores.flatMap(({ line, restores }) => {
    const committed = commits.findLast((commit) => commit.line < line)?.line ?? 0;
    const edit = edits.find(
      (own) =>
        own.line > committed &&
        own.line < line &&
        restores?.some((path) => path !== "*" && isFile(own.file, path)),
    );
    return edit ? [{ line, file: edit.file }] : [];
  });
}

/** The same check red again, with edits in between that had all been there before. Without any edit it only reads its output again. */
function sameFailures({ checks, edits }: Work): Loop[] {
  const found: Loop[] = [];
  const runs = checks.filter(({ aside }) => !aside);
  runs.forEach((run, index) => {
    const before = runs.slice(0, index).findLast((earlier) => isSame(earlier, run));
    if (before?.verdict !== "fail" || run.verdict !== "fail") return;
    const between = edits.filter(({ line }) => line > before.line && line < run.line);
    const tried = new Set(
      edits.filter(({ line }) => line < before.line).map(({ file, after }) => `${file} ${after}`),
    );
    if (between.length > 0 && between.every(({ file, after }) => tried.has(`${file} ${after}`)))
      found.push({ kind: "same-failure", line: run.line });
  });
  return found;
}

/** So often in a row the same tests failed, whatever was edited in between. */
const STUCK = 3;

/** The same tests red in run after run, with edits before each. */
function stuckTests({ checks, edits }: Work): Loop[] {
  const found: Loop[] = [];
  let row: CheckRun[] = [];
  for (const run of checks) {
    if (run.aside || run.check.kind !== "test") continue;
    const last = row.at(-1);
    const edited = last && edits.some(({ line }) => line > last.line && line < run.line);
    if (last && !edited && run.verdict === "fail") continue;
    row = last && run.verdict === "fail" && namesOf(run) === namesOf(last) ? [...row, run] : [run];
    if (namesOf(run) === "") row = [];
    if (row.length >= STUCK) found.push({ kind: "same-failure", line: run.line });
  }
  return found;
}

/** Returns the tests that failed by name; files and packages stay red while what fails in them changes. */
function namesOf({ verdict, failing }: CheckRun): string {
  return verdict === "fail" ? [...(failing?.tests ?? [])].sort().join(" ") : "";
}

function isSame(a: CheckRun, b: CheckRun): boolean {
  return a.check.command === b.check.command && a.check.where === b.check.where;
}
