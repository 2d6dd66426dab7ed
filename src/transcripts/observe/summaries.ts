import type { CheckKind } from "../../domain/check.ts";

/** The runners' own summaries, as they print them. */
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
  /\b\d+ tests? run: \d+ passed(?![^\n]*\b[1-9]\d* failed)/, // nextest
  /^ok \| \d+ passed\b/m, // deno
  /\bSuccessfully ran targets? \S+ for\b/, // nx
  /^\s*Tasks:\s+(\d+) successful, \1 total/m, // turbo
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
  /^\(fail\) /m,
  /\b\d+ tests? run: \d+ passed[^\n]*\b[1-9]\d* failed/,
  /^FAILED \| \d+ passed\b/m,
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
  /\b([1-9]\d*) offenses? detected(?!, \1 offenses? corrected)/,
  /^\S+:\d+:\d+: [EFWCB]\d{3}/m,
  /^level=error/m,
  /\bFAILED\b/,
  /^(?:\[[\w:.-]+\] )?[1-9]\d* issues?:?$/m, // golangci-lint
  /\bSome (?:errors|warnings) were emitted\b/, // biome
];
const LINT_PASS = [
  /\bAll checks passed\b/i,
  /\b(?:0|no) (?:errors|problems|issues|offenses)\b/i,
  /All matched files use Prettier/,
  /\b([1-9]\d*) offenses? detected, \1 offenses? corrected/, // rubocop
  /\bFound 0 (?:errors|warnings and 0 errors)/,
  /^\s*Finished\b/m,
  /\bPassed\b/,
  /\d+ problems? \(0 errors/,
  /^\s*Checked \d+ files? in [^\n.]*(?:\.\d+)?\w*\. (?:No fixes applied|Fixed \d+ files?)/m, // biome
  /^✔ .*\b0 errors\b/m,
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

type SummaryKind = Exclude<CheckKind, "all">;

function kindsOf(kind: CheckKind): readonly SummaryKind[] {
  return kind === "all" ? ["test", "types", "lint", "build"] : [kind];
}

/** Returns whether a runner's own summary says that something failed. */
export function saysFail(kind: CheckKind, text: string): boolean {
  return kindsOf(kind).some((one) => {
    const { failHint, fail } = SUMMARIES[one];
    const lines = linesWith(failHint, text);
    return lines !== "" && fail.some((pattern) => pattern.test(lines));
  });
}

/** Returns whether a runner's own summary says that all is well. */
export function saysPass(kind: CheckKind, text: string): boolean {
  const lines = linesWith(PASS_HINT, text);
  return kindsOf(kind).some((one) => SUMMARIES[one].pass.some((pattern) => pattern.test(lines)));
}

/** Each with a part that it must have: looking for that first is faster. */
const EMPTY: readonly (readonly [part: string, pattern: RegExp])[] = [
  ["# tests 0", /^# tests 0\b/m],
  ["collected 0", /\bcollected 0 items\b/],
  ["o tests ran", /\b[Nn]o tests ran\b/],
  ["0 passing", /\b0 passing\b/],
  ["[no test files]", /\[no test files\]/],
  ["[no tests to run]", /\[no tests to run\]/],
  ["running 0", /^running 0 tests$/m],
];

/** A run of nothing says so at its end. */
const EMPTY_TAIL = 1000;

/** Returns whether a test run ran nothing. */
export function isEmptyRun(text: string): boolean {
  const end = text.slice(-EMPTY_TAIL);
  if (!EMPTY.some(([part, pattern]) => end.includes(part) && pattern.test(end))) return false;
  const others = text.replaceAll(/^ok .*\[no tests to run\]$/gm, "");
  return !TEST_PASS.some((pattern) => pattern.test(others));
}

/** Returns the lines that hold any of some words; `words` is global. Most lines are spared the many patterns. */
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

/** A word of this is in every line that reports a pass. */
const PASS_HINT =
  /\b(?:pass|fail|error|ok\b|build|finish|compil|built|succe|problem|issue|offense|style|checked \d)/gi;

/** The runners' own summaries, as they print them. A word of `failHint` is in every line that reports a failure. */
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
    failHint:
      /problem|\d error|were emitted|\d issue|reformat|code style|error[[:]|offense|: [EFWCB]\d{3}|level=error|FAILED/gi,
    fail: LINT_FAIL,
    pass: LINT_PASS,
  },
  build: {
    failHint: /fail|error(?: TS|[[:]| in| during)|: (?:fatal )?error|\*{3}|could not compile|npm err|✘/gi,
    fail: BUILD_FAIL,
    pass: BUILD_PASS,
  },
};
