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
    "the events are still going to the old queue",
    "you've removed the tooltip",
    "you made that up, there is no such option",
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
    "I'm still testing the importer, add a fixture for it",
    "still reading. Explain the retry in the meantime",
  ])("none in: %s", (prompt) => expect(readSignals(prompt)).not.toContain("correction"));
});

describe("contradictions and wishes", () => {
  it.each([
    ["you are not correct, the TTL is set in the chart", "contradiction"],
    ["the second one is not accurate", "contradiction"],
    ["I mean not the CPU but the request limits", "contradiction"],
    ["that is not entirely true, drafts are kept", "contradiction"],
    ["the samples aren't varied enough", "contradiction"],
    ["are we sure that it applies to guests?", "contradiction"],
    ["the test should compare both versions", "doubt"],
    ["but in the end I'd prefer one table", "doubt"],
  ] as const)("%s: %s", (prompt, signal) => expect(readSignals(prompt)).toContain(signal));

  it.each([
    ["which of these is not correct?", "contradiction"],
    ["is a minute not long enough?", "contradiction"],
    ["it should also look at the date", "doubt"],
    ["the first one sounds right, so should we start?", "doubt"],
  ] as const)("%s: no %s", (prompt, signal) => expect(readSignals(prompt)).not.toContain(signal));
});

describe("reports", () => {
  it.each([
    ["I'm not seeing the badge in the list", "failure"],
    ["I don't see the badge", "failure"],
    ["nothing happens when I press save", "symptom"],
    ["now the list doesn't scroll", "symptom"],
    ["almost, but the arrow points down", "symptom"],
    ["the dialog goes blank after a second", "symptom"],
    ["the header looks really ugly on a phone", "symptom"],
    ["what happened to the filter?", "symptom"],
    ["this used to work", "symptom"],
    ["the menu no longer shows archived boards", "symptom"],
    ["the preview won't load", "symptom"],
    ["the welcome mail is listed twice", "symptom"],
  ] as const)("%s: %s", (prompt, signal) => expect(readSignals(prompt)).toContain(signal));
});

describe("requests for an earlier state", () => {
  it.each([
    "please bring the summary line back",
    "let's put the filter back",
    "remove the unhelpful cases again",
    "roll back the schema",
    "I'd go back to the two columns",
  ])("%s", (prompt) => expect(readSignals(prompt)).toContain("asks-back"));

  it.each([
    "call me back",
    "add a back button",
    "Add a revert button to the admin page",
    "add a comment and come back to me",
    "run it again",
  ])("none in: %s", (prompt) => expect(readSignals(prompt)).not.toContain("asks-back"));
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
