import {
  areasOf,
  type Check,
  type CheckReport,
  type CheckVerdict,
  covers,
  coversSuite,
  type FailedTests,
  isWithin,
  matchesFilter,
} from "../../domain/check.ts";
import type { EditEvent, Event, ResultEvent, ShellEvent } from "../../domain/event.ts";
import { takesBack } from "./loops.ts";

/** One run of one verification. */
export interface CheckRun {
  check: Check;
  verdict: CheckVerdict;
  /** The checks that a task runner reported to have started for it. */
  ran: readonly Check[];
  /** Of a red test run: what it names as failed. */
  failing?: FailedTests;
  /** Of the command. */
  line: number;
  at: number;
  /** It ran on a state of the files that was put aside, or is meant to fail: it says nothing about the result. */
  aside: boolean;
}

/** The changes of a task to files, and the results of its verifications. */
export interface Work {
  /** Edits of the project that went through. */
  edits: readonly EditEvent[];
  checks: readonly CheckRun[];
  /** Line after which no file was changed; 0 where none was. */
  lastChange: number;
  /** Commands that brought files back from version control and left them so. */
  restores: readonly ShellEvent[];
  /** Commits that went through. */
  commits: readonly ShellEvent[];
  /** Pushes and pull requests that went through. */
  publishes: readonly ShellEvent[];
  results: ReadonlyMap<string, ResultEvent>;
}

/** Reads the work out of a task's events. */
export function readWork(events: readonly Event[]): Work {
  const results = new Map<string, ResultEvent>();
  const later = new Map<string, readonly CheckReport[]>();
  for (const event of events) {
    if (event.kind === "result") results.set(event.id, event);
    if (event.kind === "background-verdict") later.set(event.id, event.reports);
  }
  const wentThrough = ({ id }: { id: string }): boolean => results.get(id)?.ok !== false;
  const edits = events.filter(
    (event) => event.kind === "edit" && !event.outside && wentThrough(event),
  ) as EditEvent[];
  const shells = events.filter((event) => event.kind === "shell");
  const restores = shells.filter((shell) => bringsBack(shell, shells) && wentThrough(shell));
  const isAside = asideLines(shells, edits);
  const checks = shells.flatMap((shell) =>
    checkRuns(shell, later.get(shell.id) ?? results.get(shell.id)?.reports, isAside),
  );
  const changes = [
    ...edits,
    ...shells.filter((shell) => (shell.writes ?? shell.restores) && !results.get(shell.id)?.denied),
  ];
  return {
    edits,
    checks,
    lastChange: changes.reduce((last, { line }) => Math.max(last, line), 0),
    restores,
    commits: shells.filter((shell) => shell.commits && wentThrough(shell)),
    publishes: shells.filter((shell) => shell.publishes && wentThrough(shell)),
    results,
  };
}

/** Returns whether a `pop` brings back what a `git stash` put aside; without one it is gone. */
function bringsBack(shell: ShellEvent, all: readonly ShellEvent[]): boolean {
  if (shell.restores !== undefined) return true;
  return shell.stash === "push" && !all.some(({ line, stash }) => line > shell.line && stash === "pop");
}

function checkRuns(
  shell: ShellEvent,
  reports: readonly CheckReport[] | undefined,
  isAside: (line: number) => boolean,
): CheckRun[] {
  return shell.checks.flatMap((check, index) => {
    const report = reports?.[index];
    // Events that an early version wrote have no filters.
    if (report === undefined || check.filters === undefined) return [];
    const { verdict, ran = [], failing } = report;
    const aside =
      shell.aside?.includes(index) === true ||
      isAside(shell.line) ||
      (shell.expectsRed === true && verdict === "fail");
    return [{ check, verdict, ran, ...(failing && { failing }), line: shell.line, at: shell.at, aside }];
  });
}

/** Lines between a `git stash` and its `pop`, and between an edit and the one that reverts it. */
function asideLines(shells: readonly ShellEvent[], edits: readonly EditEvent[]): (line: number) => boolean {
  const spans: (readonly [number, number])[] = [];
  for (const { line, stash } of shells) {
    if (stash !== "push") continue;
    const pop = shells.find((shell) => shell.line > line && shell.stash === "pop");
    if (pop) spans.push([line, pop.line]);
  }
  edits.forEach((edit, index) => {
    const next = edits[index + 1];
    if (next && takesBack(next, edit)) spans.push([edit.line, next.line]);
  });
  return (line) => spans.some(([from, to]) => line > from && line < to);
}

/** Returns the runs that failed or timed out and that nothing clears; `elsewhere` are runs of its agents. */
export function uncleared(checks: readonly CheckRun[], elsewhere: readonly CheckRun[] = []): CheckRun[] {
  return checks.filter((run, index) => {
    if (run.aside || (run.verdict !== "fail" && run.verdict !== "timeout")) return false;
    const later = [...checks.slice(index + 1), ...elsewhere.filter(({ at }) => at > run.at)];
    if (later.some((other) => settles(other, run)) || failingPassed(run, later)) return false;
    return !checks.some((other) => other.aside && other.verdict === "fail" && isAsWide(other, run));
  });
}

/** A later run that covers it passed, or its result was not seen. */
function settles(later: CheckRun, run: CheckRun): boolean {
  return !later.aside && (later.verdict === "pass" || later.verdict === "unclear") && isAsWide(later, run);
}

/** Returns whether one run covers another, by the command as written or as the task runner printed it. */
function isAsWide(wide: CheckRun, run: CheckRun): boolean {
  const checks = [wide.check, ...wide.ran];
  const isCovered = (one: Check): boolean => checks.some((check) => covers(check, one));
  return isCovered(run.check) || (run.ran.length > 0 && run.ran.every(isCovered));
}

/** All that it named as failed passed later, each in a run of its own or with others. */
function failingPassed({ check: red, failing }: CheckRun, later: readonly CheckRun[]): boolean {
  if (!failing) return false;
  const passes = later
    .filter(({ verdict, aside, check }) => verdict === "pass" && !aside && isTest(check))
    .flatMap(({ check, ran }) => [check, ...ran.filter(isTest)])
    // Go leaves out what has a build tag of its own, and says nothing.
    .filter((check) => red.ecosystem !== "go" || coversSuite(check, red));
  const { tests, places } = failing;
  const reaches = (check: Check): boolean =>
    places.length === 0 || places.some((place) => areasOf(check).some((area) => isPart(place, area)));
  if (tests.length > 0)
    return tests.every((name) =>
      passes.some(
        (check) => reaches(check) && (check.filters.length === 0 || matchesFilter(check.filters, name)),
      ),
    );
  return places.every((place) =>
    passes.some((check) => check.filters.length === 0 && areasOf(check).some((area) => isPart(place, area))),
  );
}

function isTest({ kind }: Check): boolean {
  return kind === "test" || kind === "all";
}

/** A failed package is named from the module's path on (`github.com/a/b/pkg`), an area from the project's folder on. */
function isPart(place: string, area: string): boolean {
  return isWithin(place, area) || `/${place}/`.includes(`/${area}/`);
}

/** Returns the pass that speaks for the work: the last one after the last change, or any where nothing was changed. */
export function passAfterChanges({ checks, lastChange }: Work): CheckRun | undefined {
  return checks.findLast(({ verdict, line, aside }) => verdict === "pass" && !aside && line >= lastChange);
}
