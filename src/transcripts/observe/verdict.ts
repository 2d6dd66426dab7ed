import { stripVTControlCharacters } from "node:util";
import type { CheckReport, CheckVerdict } from "../../domain/check.ts";
import { failingTests } from "./failing-tests.ts";
import { didNotRun, withoutSetupFailures } from "./not-run.ts";
import { commandsPrinted, scriptFailed, withoutEcho } from "./printed.ts";
import { isEmptyRun, saysFail, saysPass } from "./summaries.ts";
import type { FoundCheck, ShellSurroundings } from "./verification.ts";

/** The traces of a shell command. */
export interface ShellResult {
  /** Its output, with `Exit code N` in front where it failed. */
  text: string;
  /** The result was marked as an error. */
  failed: boolean;
  timedOut: boolean;
}

/**
 * Returns a report for each check of a command. The exit code decides where it is the check's own. Otherwise the runner's own
 * summary does, because a piped command can exit 0 and fail. Without either the result shows nothing.
 */
export function readReports(
  checks: readonly FoundCheck[],
  result: ShellResult,
  where: ShellSurroundings,
): CheckReport[] {
  const text = withoutSetupFailures(plainOutput(result.text));
  const verdicts = readVerdicts(checks, { ...result, text });
  return checks.map((found, index) => {
    const verdict = verdicts[index] as CheckVerdict;
    const ran = commandsPrinted(found, text, where);
    const failing = verdict === "fail" ? failingTests(found.check.kind, result.text) : undefined;
    return { verdict, ...(ran.length > 0 && { ran }), ...(failing && { failing }) };
  });
}

function readVerdicts(
  checks: readonly FoundCheck[],
  { text, failed, timedOut }: ShellResult,
): CheckVerdict[] {
  const exit = exitCode(text, failed);
  if (timedOut || exit === TIMED_OUT) return checks.map(() => "timeout");
  if (exit >= NEVER_RAN) return checks.map(({ check }) => (saysFail(check.kind, text) ? "fail" : "unclear"));
  const verdicts = checks.map((found) => readVerdict(found, text, exit));
  const blamed = verdicts.includes("fail");
  return verdicts.map((verdict, index) => {
    if (verdict !== undefined) return verdict;
    // In `a && b` a failure ends the line: a check without a verdict of its own failed or never ran.
    const alone = verdicts.every((other, at) => at === index || other !== undefined);
    return checks[index]?.decidesExit && !blamed && alone && exit > 0 && !didNotRun(text)
      ? "fail"
      : "unclear";
  });
}

/** 124 is what `timeout` exits with; from 126 on the command was not found, not started or killed. */
const TIMED_OUT = 124;
const NEVER_RAN = 126;

function readVerdict(found: FoundCheck, text: string, exit: number): CheckVerdict | undefined {
  const { check, zeroTells, decidesExit } = found;
  if (exit === 0 && zeroTells) return check.kind === "test" && isEmptyRun(text) ? "unclear" : "pass";
  const red = saysFail(check.kind, text) || scriptFailed(found, text);
  if (red) return didNotRun(text) && !hasFailure(found, text) ? "unclear" : "fail";
  if (didNotRun(text)) return "unclear";
  if (saysPass(check.kind, text)) return exit > 0 && decidesExit ? undefined : "pass";
  if (exit > 0) return undefined;
  return (found.printsExit ? printedExit(text) : undefined) ?? silentVerdict(found, text);
}

/** Something really ran and failed, whatever else did not run. */
function hasFailure({ check }: FoundCheck, text: string): boolean {
  return (
    failingTests(check.kind, text) !== undefined || /\bimport cycle not allowed\b|\[build failed\]/.test(text)
  );
}

/** Compilers say at the start what is wrong, test runners sum up at the end. */
const KEPT_HEAD = 2000;
const KEPT_TAIL = 4000;

function plainOutput(text: string): string {
  const ends =
    text.length > KEPT_HEAD + KEPT_TAIL ? `${text.slice(0, KEPT_HEAD)}\n${text.slice(-KEPT_TAIL)}` : text;
  return ends.includes("\u001b") ? stripVTControlCharacters(ends) : ends;
}

function exitCode(text: string, failed: boolean): number {
  const said = /^(?:Error: )?Exit code (\d+)/.exec(text)?.[1];
  return said === undefined ? Number(failed) : Number(said);
}

/** Reads what `echo "exit: $?"` and its like printed. */
function printedExit(text: string): CheckVerdict | undefined {
  const code =
    /\b(?:exit(?: ?code| ?status)?|status|rc|ret|EXIT(?:_CODE)?|result)\s*[:=]\s*(\d{1,3})\b/i.exec(
      text.replace(/^(?:Error: )?Exit code \d+/, ""),
    )?.[1];
  return code === undefined ? undefined : code === "0" ? "pass" : "fail";
}

function silentVerdict(found: FoundCheck, text: string): CheckVerdict {
  const output = withoutEcho(text.replace(/^(?:Error: )?Exit code \d+\s*/, "")).replace(
    "(Bash completed with no output)",
    "",
  );
  return output.trim() === "" && found.silent ? "pass" : "unclear";
}
