import { describe, expect, it } from "vitest";
import { createObserver } from "../../../src/transcripts/observe/observe.ts";
import { readClosing } from "../../../src/transcripts/observe/closing.ts";

const assistant = (text: string) => ({
  type: "assistant",
  timestamp: "2026-11-01T10:00:00.000Z",
  message: { role: "assistant", content: [{ type: "text", text }] },
});

describe("what the last text of a turn says", () => {
  it.each([
    ["Found the root cause: the lock is never released. Want me to fix it?", ["cause", "offers:fix"]],
    ["All tests pass. Committed as `1a2b3c4`. Should I push it?", ["git", "tests", "offers:git"]],
    ["Two options: A is smaller, B is cleaner. Which approach do you prefer?", ["plan", "choice"]],
    ["## Code review\nVerdict: request changes.", ["review"]],
    ["Renamed `load` to `read` in six files.", ["refactor"]],
  ])("%s", (text, expected) => expect(readClosing(text)).toEqual(expect.arrayContaining(expected)));

  it("is looked for at the start and at the end of a long text, and not in code", () => {
    const middle = "words ".repeat(200);
    expect(readClosing(`Done. ${middle} root cause ${middle}`)).not.toContain("cause");
    expect(readClosing(`Done. ${middle} It was a bug.`)).toContain("cause-end");
    expect(readClosing("```\nroot cause\n```")).toEqual([]);
  });

  it("is noted at the last answer before a prompt and before the end, and no other", () => {
    const observer = createObserver();
    const lines = [
      assistant("The root cause is clear."),
      assistant("Fixed it."),
      { type: "user", message: { role: "user", content: "thanks" } },
      assistant("Should I push it?"),
    ];
    lines.forEach((line, at) => observer.entry(line, at + 1));
    const says = observer.takeEvents().flatMap((event) => (event.kind === "answer" ? [event.says] : []));
    expect(says).toEqual([undefined, ["fixed", "short"], ["offers", "offers:git", "choice", "short"]]);
  });

  it("comes with one answer of each turn, and with the first entry of the transcript", () => {
    const observer = createObserver();
    const prompt = { type: "user", message: { role: "user", content: "thanks" } };
    const lines = [assistant("a"), assistant("b"), prompt, assistant("c"), assistant("d"), assistant("e")];
    lines.forEach((line, at) => observer.entry(line, at + 1));
    const answers = observer.takeEvents().filter(({ kind }) => kind === "answer");
    expect(answers.map(({ line }) => line)).toEqual([1, 2, 6]);
  });
});
