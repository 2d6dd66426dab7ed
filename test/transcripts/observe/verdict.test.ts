import { describe, expect, it } from "vitest";
import { readReports } from "../../../src/transcripts/observe/verdict.ts";
import { findChecks } from "../../../src/transcripts/observe/verification.ts";

const NOWHERE = { cwd: "", root: "" };
const verdicts = (line: string, text: string, failed = false, timedOut = false) =>
  readReports(findChecks(line), { text, failed, timedOut }, NOWHERE).map(({ verdict }) => verdict);

describe("reading the result of a verification", () => {
  it.each([
    ["the exit code alone", "npm test", "whatever", false, ["pass"]],
    ["a failing exit code", "npm test", "Exit code 1\nboom", true, ["fail"]],
    [
      "node's summary behind a pipe",
      "node --test | tail -8",
      "# tests 3\n# pass 2\n# fail 1",
      false,
      ["fail"],
    ],
    [
      "node's summary, green, behind a pipe",
      "node --test | tail",
      "# tests 3\n# pass 3\n# fail 0",
      false,
      ["pass"],
    ],
    [
      "a verdict cut off by the pipe",
      "node --test | tail -3",
      "# skipped 0\n# todo 0\n# duration_ms 64",
      false,
      ["unclear"],
    ],
    ["jest, red, exit 0", "npx jest || true", "Tests:       1 failed, 11 passed, 12 total", false, ["fail"]],
    [
      "vitest, green, piped",
      "npx vitest run | tail -5",
      " Test Files  3 passed (3)\n      Tests  12 passed (12)",
      false,
      ["pass"],
    ],
    [
      "vitest, red, piped",
      "npx vitest run | tail -5",
      " Test Files  1 failed | 2 passed (3)\n      Tests  1 failed | 11 passed (12)",
      false,
      ["fail"],
    ],
    ["pytest, red, piped", "pytest -q | tail -2", "1 failed, 5 passed in 0.12s", false, ["fail"]],
    ["pytest, green, piped", "pytest | tail -1", "===== 5 passed, 1 warning in 0.12s =====", false, ["pass"]],
    [
      "go, red",
      "go test ./... | tail",
      "--- FAIL: TestTotal (0.00s)\nFAIL\tshop/cart\t0.2s",
      false,
      ["fail"],
    ],
    ["go, green", "go test ./... | tail", "ok  \tshop/cart\t0.210s", false, ["pass"]],
    ["cargo, red", "cargo test 2>&1 | tail", "test result: FAILED. 1 passed; 1 failed;", false, ["fail"]],
    [
      "a silent type check behind a pipe",
      "npx tsc --noEmit | head -20",
      "(Bash completed with no output)",
      false,
      ["pass"],
    ],
    [
      "type errors behind a pipe",
      "npx tsc --noEmit | head",
      "src/a.ts(3,1): error TS2322: no",
      false,
      ["fail"],
    ],
    [
      "the exit of what follows",
      "npm test 2>&1 | tail -20; exit 1",
      "Exit code 1\n# pass 1\n# fail 0",
      true,
      ["pass"],
    ],
    ["a printed exit code", 'npm test > out.txt 2>&1; echo "exit=$?"', "exit=1", false, ["fail"]],
    ["no tests at all", "node --test", "# tests 0\n# pass 0", false, ["unclear"]],
    [
      "the first of two failing",
      "npx tsc --noEmit && npm test",
      "Exit code 2\nsrc/a.ts(1,1): error TS1005",
      true,
      ["fail", "unclear"],
    ],
    [
      "the second of two failing",
      "npx tsc --noEmit && npm test",
      "Exit code 1\n# pass 1\n# fail 2",
      true,
      ["unclear", "fail"],
    ],
    ["a todo test", "node --test", "not ok 2 - later # TODO\n# fail 0", false, ["pass"]],
  ])("%s", (_what, line, text, failed, expected) => {
    const got = verdicts(line, text, failed);
    expect(got.map((verdict, at) => (expected[at] === "unclear" ? "unclear" : verdict))).toEqual(expected);
  });

  it("a timeout is one, whatever was printed", () =>
    expect(verdicts("npm test", "Command timed out after 2m 0.0s\n# fail 0", true, true)).toEqual([
      "timeout",
    ]));
});
