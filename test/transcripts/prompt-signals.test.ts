import { describe, expect, it } from "vitest";
import { readSignals } from "../../src/transcripts/prompt-signals.ts";

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
  ])("none in: %s", (prompt) => expect(readSignals(prompt)).not.toContain("correction"));
});

describe("red runs", () => {
  it("a failing test that was asked for is expected", () =>
    expect(readSignals("Write a failing test for the rounding bug, don't fix it yet")).toContain(
      "expects-red",
    ));
  it("red is only a step where green is asked for as well", () =>
    expect(readSignals("Write a failing test for the bug and then fix it")).not.toContain("expects-red"));
});

it("a quoted log is not the user's words", () =>
  expect(readSignals("Add logging\n```\nError: still failing\n```")).toEqual(["new-work"]));
