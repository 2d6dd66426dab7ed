import { covers, type Check, type Verdict } from "../../domain/check.ts";
import type { EditEvent, Event, ResultEvent, ShellEvent } from "../../domain/event.ts";

/** One run of one verification. */
export interface CheckRun {
  check: Check;
  verdict: Verdict;
  /** Of the command. */
  line: number;
  at: number;
}

/** What a task did to files, and how its verifications went. */
export interface Work {
  /** Edits that went through. */
  edits: readonly EditEvent[];
  checks: readonly CheckRun[];
  /** Line after which no file was changed; 0 where none was. */
  lastChange: number;
  restores: readonly ShellEvent[];
  results: ReadonlyMap<string, ResultEvent>;
}

/** Reads the work out of a task's events. */
export function readWork(events: readonly Event[]): Work {
  const results = new Map<string, ResultEvent>();
  const later = new Map<string, readonly Verdict[]>();
  for (const event of events) {
    if (event.kind === "result") results.set(event.id, event);
    if (event.kind === "background-verdict") later.set(event.id, event.verdicts);
  }
  const wentThrough = (id: string): boolean => results.get(id)?.ok !== false;
  const edits = events.filter((event) => event.kind === "edit").filter(({ id }) => wentThrough(id));
  const shells = events.filter((event) => event.kind === "shell");
  const checks = shells.flatMap((shell) =>
    checkRuns(shell, later.get(shell.id) ?? results.get(shell.id)?.verdicts),
  );
  const changes = [
    ...edits,
    ...shells.filter(
      ({ id, writes, restores }) => (writes ?? restores) !== undefined && !results.get(id)?.denied,
    ),
  ];
  return {
    edits,
    checks,
    lastChange: Math.max(0, ...changes.map(({ line }) => line)),
    restores: shells.filter(({ id, restores }) => restores !== undefined && wentThrough(id)),
    results,
  };
}

function checkRuns(shell: ShellEvent, verdicts: readonly Verdict[] | undefined): CheckRun[] {
  return shell.checks.flatMap((check, index) => {
    const verdict = verdicts?.[index];
    return verdict === undefined ? [] : [{ check, verdict, line: shell.line, at: shell.at }];
  });
}

/** The runs that failed or timed out and that no later pass covers; `elsewhere` are runs of its agents. */
export function uncleared(checks: readonly CheckRun[], elsewhere: readonly CheckRun[] = []): CheckRun[] {
  return checks.filter(
    (run, index) =>
      (run.verdict === "fail" || run.verdict === "timeout") &&
      !checks.slice(index + 1).some((later) => clears(later, run)) &&
      !elsewhere.some((later) => later.at > run.at && clears(later, run)),
  );
}

function clears(later: CheckRun, run: CheckRun): boolean {
  return later.verdict === "pass" && covers(later.check, run.check);
}

/** The pass that speaks for the work: the last one after the last change, or any where nothing was changed. */
export function passAfterChanges({ checks, lastChange }: Work): CheckRun | undefined {
  return checks.findLast(({ verdict, line }) => verdict === "pass" && line >= lastChange);
}
