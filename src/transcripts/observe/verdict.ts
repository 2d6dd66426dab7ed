import { stripVTControlCharacters } from "node:util";
import type { CheckKind, Verdict } from "../../domain/check.ts";
import type { FoundCheck } from "./verification.ts";

/** What a shell command left behind. */
export interface ShellResult {
  /** Its output, with `Exit code N` in front where it failed. */
  text: string;
  /** The result was marked as an error. */
  failed: boolean;
  timedOut: boolean;
}

/**
 * One verdict per check of a command: from the exit code where that is the check's own, else from the runner's own
 * summary, since a piped command can exit 0 and fail. Without either the result tells nothing.
 */
export function readVerdicts(checks: readonly FoundCheck[], result: ShellResult): Verdict[] {
  const text = plainOutput(result.text);
  const exit = exitCode(text, result.failed);
  const verdicts = checks.map((found): Verdict | undefined => {
    const { kind } = found.check;
    if (result.timedOut || exit === 124) return "timeout";
    if (found.decidesExit && exit > 0 && checks.length === 1) return "fail";
    if (saysFail(kind, text)) return "fail";
    if (!found.masked && exit === 0) return kind === "test" && isEmptyRun(text) ? "unclear" : "pass";
    if (saysPass(kind, text)) return "pass";
    return found.masked ? (printedExit(text) ?? silentVerdict(found, text)) : undefined;
  });
  return blameTheUndecided(checks, verdicts, exit);
}

/** In `a && b` a failure stops the line: who has no verdict of its own either failed or never ran. */
function blameTheUndecided(
  checks: readonly FoundCheck[],
  verdicts: readonly (Verdict | undefined)[],
  exit: number,
): Verdict[] {
  let blamed = verdicts.includes("fail") || verdicts.includes("timeout");
  return verdicts.map((verdict, index) => {
    if (verdict !== undefined) return verdict;
    if (exit === 0 || blamed || checks[index]?.masked) return "unclear";
    blamed = true;
    return "fail";
  });
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

/** `echo "exit: $?"` and its like. */
function printedExit(text: string): Verdict | undefined {
  const code =
    /\b(?:exit(?: ?code| ?status)?|status|rc|ret|EXIT(?:_CODE)?|result)\s*[:=]\s*(\d{1,3})\b/i.exec(
      text.replace(/^(?:Error: )?Exit code \d+/, ""),
    )?.[1];
  return code === undefined ? undefined : code === "0" ? "pass" : "fail";
}

/** Programs that print nothing where nothing is wrong, so that silence behind a pipe is a pass. */
const SILENT =
  /^(?:tsc|tsgo|eslint|flow|go (?:build|vet)|flake8|shellcheck|javac|gcc|g\+\+|clang|rustc|oxlint)$/;

function silentVerdict(found: FoundCheck, text: string): Verdict {
  const output = text
    .replace(/^(?:Error: )?Exit code \d+\s*/, "")
    .replace("(Bash completed with no output)", "");
  return output.trim() === "" && SILENT.test(found.runner) ? "pass" : "unclear";
}

const EMPTY = [
  /^# tests 0\b/m,
  /\bcollected 0 items\b/,
  /\b[Nn]o tests ran\b/,
  /\b0 passing\b/,
  /\[no test files\]/,
  /^running 0 tests$/m,
];

/** A run of nothing says so at its end. */
const EMPTY_TAIL = 1000;

function isEmptyRun(text: string): boolean {
  const end = text.slice(-EMPTY_TAIL);
  return EMPTY.some((pattern) => pattern.test(end)) && !TEST_PASS.some((pattern) => pattern.test(text));
}

/** Whether the runner's own summary says that something failed. */
function saysFail(kind: CheckKind, text: string): boolean {
  return kindsOf(kind).some((one) => {
    const { failHint, fail } = SUMMARIES[one];
    const lines = linesWith(failHint, text);
    return lines !== "" && fail.some((pattern) => pattern.test(lines));
  });
}

function saysPass(kind: CheckKind, text: string): boolean {
  const lines = linesWith(PASS_HINT, text);
  return kindsOf(kind).some((one) => SUMMARIES[one].pass.some((pattern) => pattern.test(lines)));
}

type SummaryKind = Exclude<CheckKind, "all">;

function kindsOf(kind: CheckKind): readonly SummaryKind[] {
  return kind === "all" ? ["test", "types", "lint", "build"] : [kind];
}

/** The lines that hold any of some words; `words` is global. Most lines are spared the many patterns. */
function linesWith(words: RegExp, text: string): string {
  const lines: string[] = [];
  words.lastIndex = 0;
  while (words.test(text)) {
    const start = text.lastIndexOf("\n", words.lastIndex - 1) + 1;
    const end = text.indexOf("\n", words.lastIndex);
    lines.push(text.slice(start, end < 0 ? text.length : end));
    if (end < 0) break;
    words.lastIndex = end;
  }
  return lines.join("\n");
}

const TEST_PASS = [
  /^(?:#|ℹ) fail 0$/m, // node --test
  /^\s*Tests?:?\s+(?:\d+ (?:skipped|todo|pending)[,|]? ?\|? ?)*\d+ passed/m, // jest, vitest
  /^\s*(?:Test Files|Test Suites:)\s+\d+ passed/m,
  /^[= ]*(?:\d+ \w+, )*\d+ passed\b[^\n]*\bin [\d.]+/m, // pytest
  /^OK(?: \(|$)/m, // unittest, PHPUnit
  /^test result: ok\./m, // cargo
  /^ok\s+\S+\s+(?:[\d.]+s|\(cached\))/m, // go
  /^PASS$/m,
  /\b\d+ passing\b/, // mocha
  /\b\d+ examples?, 0 failures/, // rspec
  /\b\d+ (?:runs|tests), \d+ assertions, 0 failures, 0 errors/, // minitest
  /^Tests run: \d+, Failures: 0, Errors: 0/m, // maven
  /^BUILD SUCCESS(?:FUL)?\b/m,
  /^Passed!\s+- Failed:\s+0/m, // dotnet
  /^\d+ tests?, 0 failures/m, // ExUnit
  /\b100% tests passed, 0 tests failed/, // ctest
  /Executed \d+ tests?, with 0 failures/, // XCTest
  /^\s*\d+ pass\n\s*0 fail$/m, // bun
  /\bAll tests passed\b/i,
];

const TEST_FAIL = [
  /^(?:#|ℹ) fail [1-9]/m,
  /^(?:not ok\b(?!.*# (?:TODO|SKIP))|✖ |✗ )/im,
  /^\s*(?:Tests?:?|Test Files|Test Suites:)\s+(?:\d+ \w+[,|]? ?\|? ?)*[1-9]\d* failed/m,
  /^[= ]*(?:\d+ \w+, )*[1-9]\d* (?:failed|errors?)\b[^\n]*\bin [\d.]+/m,
  /^FAILED(?: \(|$)/m,
  /^FAILED \S+::/m,
  /^(?:FAILURES!|ERRORS!)$/m,
  /^test result: FAILED\./m,
  /^--- FAIL:/m,
  /^FAIL\b/m,
  /\b[1-9]\d* failing\b/,
  /\b\d+ examples?, [1-9]\d* failures?/,
  /\b\d+ (?:runs|tests), \d+ assertions, (?:[1-9]\d* failures|\d+ failures, [1-9]\d* errors)/,
  /^\[?(?:ERROR)?\]?\s*Tests run: \d+, (?:Failures: [1-9]|Failures: \d+, Errors: [1-9])/m,
  /^BUILD FAIL(?:ED|URE)\b/m,
  /^Failed!\s+- Failed:\s+[1-9]/m,
  /^\d+ tests?, [1-9]\d* failures?/m,
  /\b\d+% tests passed, [1-9]\d* tests? failed/,
  /Executed \d+ tests?, with [1-9]\d* failures?/,
  /^\s*[1-9]\d* fail$/m,
  /^npm (?:ERR!|error) (?:Test failed|code ELIFECYCLE|Lifecycle script)/m,
  /\bTests? failed\b(?!: 0)/,
];

const TYPES_FAIL = [
  /\berror TS\d+/,
  /\bFound [1-9]\d* errors?\b/,
  /^\d+ errors?, \d+ warnings?/m,
  /: error: /,
  /^error(?:\[E\d+\])?:/m,
  /\b[1-9]\d* errors? found\b/,
  /^svelte-check found [1-9]\d* error/m,
];
const TYPES_PASS = [
  /\bFound 0 errors\b/,
  /\bSuccess: no issues found/,
  /\b0 errors, \d+ warnings?/,
  /\bNo errors\b/,
  /^\s*Finished\b.*\b(?:dev|release|profile)/m,
  /svelte-check found 0 errors/,
  /\[OK\] No errors/,
];
const LINT_FAIL = [
  /✖ \d+ problems? \([1-9]\d* errors?/,
  /\b[1-9]\d* errors?\b(?! ?fixed)/i,
  /\bFound [1-9]\d* errors?\b/,
  /\bwould be reformatted\b/i,
  /\bWould reformat\b/,
  /Code style issues/,
  /^error(?:\[\w+\]|:)/m,
  /\b[1-9]\d* offenses? detected/,
  /^\S+:\d+:\d+: [EFWCB]\d{3}/m,
  /^level=error/m,
  /\bFAILED\b/,
];
const LINT_PASS = [
  /\bAll checks passed\b/i,
  /\b(?:0|no) (?:errors|problems|issues|offenses)\b/i,
  /All matched files use Prettier/,
  /\bFound 0 (?:errors|warnings and 0 errors)/,
  /^\s*Finished\b/m,
  /\bPassed\b/,
  /\d+ problems? \(0 errors/,
];
const BUILD_FAIL = [
  /\bBUILD FAIL(?:ED|URE)\b/,
  /\bFailed to compile\b/i,
  /\berror TS\d+/,
  /^error(?:\[E\d+\])?:/m,
  /^make(?:\[\d+\])?: \*\*\*/m,
  /\bcould not compile\b/,
  /\bBuild failed\b/i,
  /^npm (?:ERR!|error) code ELIFECYCLE/m,
  /\bERROR in\b/,
  /: (?:fatal )?error[: ]/,
  /^✘ \[ERROR\]/m,
  /^error during build/m,
];
const BUILD_PASS = [
  /\bBUILD SUCCESS/,
  /\bcompiled successfully\b/i,
  /✓ built in/,
  /\bBuild succeeded\b/i,
  /^\s*Finished\b/m,
  /\bCompiled successfully\b/,
  /Build complete/i,
  /^Successfully compiled/m,
  /\bwebpack .* compiled\b.*successfully/,
];

/** A word of this stands in every line that tells of a pass. */
const PASS_HINT = /\b(?:pass|fail|error|ok\b|build|finish|compil|built|succe|problem|issue|offense|style)/gi;

/** The runners' own summaries, as they print them. A word of `failHint` stands in every line that tells of a failure. */
const SUMMARIES: Readonly<
  Record<SummaryKind, { failHint: RegExp; fail: readonly RegExp[]; pass: readonly RegExp[] }>
> = {
  test: {
    failHint: /fail|not ok\b|[✖✗]|\d error|ERRORS!|npm err|could not compile|\*{3}/gi,
    fail: [...TEST_FAIL, /\bcould not compile\b/, /^make(?:\[\d+\])?: \*\*\*.*test/m],
    pass: TEST_PASS,
  },
  types: { failHint: /error(?: TS|\[E|:)|\d error/g, fail: TYPES_FAIL, pass: TYPES_PASS },
  lint: {
    failHint: /problem|\d error|reformat|code style|error[[:]|offense|: [EFWCB]\d{3}|level=error|FAILED/gi,
    fail: LINT_FAIL,
    pass: LINT_PASS,
  },
  build: {
    failHint: /fail|error(?: TS|[[:]| in| during)|: (?:fatal )?error|\*{3}|could not compile|npm err|✘/gi,
    fail: BUILD_FAIL,
    pass: BUILD_PASS,
  },
};
