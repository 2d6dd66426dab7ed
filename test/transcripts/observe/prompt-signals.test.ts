import { describe, expect, it } from "vitest";
import { readSignals } from "../../../src/transcripts/observe/prompt-signals.ts";

describe("corrections", () => {
  it.each([
    "No, that's wrong, use the cents field",
    "that's not what I asked for",
    "You forgot to update the snapshot",
    "the tests are still failing",
    "it still doesn't work",
    "undo that",
    "Revert your last change please",
    "That broke the login page",
    "wrong file, I meant cart.js",
    "this doesn't compile",
    "I said no mocks",
    "hmm that's not right",
    "not quite, the button should be blue",
    "Now I get TypeError: x is undefined",
    "the page is blank now",
    "It should be EUR, not USD",
    "please revert",
    "did you even run the tests?",
    "CI is red",
    "try a different approach",
    "the invoice page, it's still showing net prices. can you check all places?",
    "useful, but what I actually meant are the end-to-end tests",
    "I really meant the staging cluster",
  ])("%s", (prompt) => expect(readSignals(prompt)).toContain("correction"));

  it.each([
    "no",
    "no thanks",
    "No, that's all",
    "no, don't push, just commit it",
    "now also add a German translation",
    "Yes, go ahead",
    "Perfect, thanks! Next: the invoices",
    "We changed our minds, revert that change",
    "Write a test that fails for negative quantities",
    "Why does the build fail on Windows?",
    "add a retry to the client",
    "No I'd rather do that myself",
    "No, the first option is fine",
    "Users report that login does not work on Safari. Investigate",
    "Explain why the old code was wrong",
    "Create a page for the wrong password case",
    "Add a revert button to the admin page",
    "looks good but also rename the helper",
    "is it still running?",
  ])("none in: %s", (prompt) => expect(readSignals(prompt)).not.toContain("correction"));
});

describe("contradictions and wishes", () => {
  it.each([
    ["you are not correct, the TTL is set in the chart", "contradiction"],
    ["the second one is not accurate", "contradiction"],
    ["I mean not the CPU but the request limits", "contradiction"],
    ["the test should compare both versions", "doubt"],
    ["but in the end I'd prefer one table", "doubt"],
  ] as const)("%s: %s", (prompt, signal) => expect(readSignals(prompt)).toContain(signal));

  it.each([
    ["which of these is not correct?", "contradiction"],
    ["it should also look at the date", "doubt"],
    ["the first one sounds right, so should we start?", "doubt"],
  ] as const)("%s: no %s", (prompt, signal) => expect(readSignals(prompt)).not.toContain(signal));
});

describe("red runs", () => {
  it.each([
    "Write a failing test for the rounding bug, don't fix it yet",
    "TDD: first a red test for negative quantities, I will do the implementation myself",
    "Reproduce the crash with a test, without fixing it",
    "Run the test suite and report what fails",
    "How many tests fail at the moment?",
    "Why does the build fail on Windows?",
  ])("are expected after: %s", (prompt) => expect(readSignals(prompt)).toContain("expects-red"));

  it.each([
    "Write a failing test for the bug and then fix it",
    "Fix the failing test in cart.test.js",
    "Make the failing tests pass",
    "Show an error when the upload fails",
    "The endpoint must fail with 400 when the id is missing",
    "Report failures to Sentry",
    "Show the failed payments in the admin page",
  ])("are not expected after: %s", (prompt) => expect(readSignals(prompt)).not.toContain("expects-red"));
});

describe("the same request again", () => {
  it.each(["try again", "Can you try that once more?", "retry"])("is asked for by: %s", (prompt) =>
    expect(readSignals(prompt)).toContain("same-again"),
  );
  it.each([
    "Retry failed payments three times",
    "rewrite the module from scratch",
    "Implement undo and redo",
  ])("is not asked for by: %s", (prompt) => expect(readSignals(prompt)).not.toContain("same-again"));
});

it("a quoted log tells that something fails", () =>
  expect(readSignals("Add logging\n```\nError: still failing\n```")).toEqual(["new-work", "failure"]));
