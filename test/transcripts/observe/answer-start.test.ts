import { describe, expect, it } from "vitest";
import { readAnswerStart } from "../../../src/transcripts/observe/answer-start.ts";
import { createObserver } from "../../../src/transcripts/observe/observe.ts";

const at = "2026-11-01T10:00:00.000Z";
const answer = (text: string) => ({
  type: "assistant",
  timestamp: at,
  message: { role: "assistant", content: [{ type: "text", text }] },
});
const thought = {
  type: "assistant",
  timestamp: at,
  message: { role: "assistant", content: [{ type: "thinking", thinking: "You're right." }] },
};
const prompt = (content: string) => ({ type: "user", timestamp: at, message: { role: "user", content } });

describe("what the first text of an answer says about the work before it", () => {
  it.each([
    ["You're absolutely right, the join drops rows without a customer.", ["concedes"]],
    ["Ah, you are correct. The probe has to use the internal port.", ["concedes"]],
    ["Thanks for the correction! The bucket is in Oslo.", ["concedes"]],
    ["My mistake, the column is nullable.", ["admits"]],
    ["Sorry about that, the flag is gone.", ["admits"]],
    ["I accidentally renamed the other one, too.", ["admits"]],
    ["The first version dropped a lock, which was wrong.", ["admits"]],
    ["I missed the dark theme. Adding it now.", ["admits"]],
    ["I should have checked the plan before applying it.", ["admits"]],
    ["My earlier migration dropped the index.", ["admits"]],
    ["The helper was in the file that I deleted.", ["admits"]],
    ["Found the bug: the cache key has no tenant in it.", ["fault"]],
    ["The tooltip isn't receiving the label.", ["fault"]],
    ["The root cause is a missing lock.", ["fault"]],
    ["This failure is pre-existing and unrelated to the change.", ["fault", "denies"]],
    ["That was already fixed in the last commit.", ["denies"]],
    ["Let me re-read the schema more carefully.", ["relooks"]],
    ["Let me check the last three logs again.", ["relooks"]],
    ["Good catch. Both workers write to one file.", ["catch"]],
    ["Let me revert the two renames.", ["restores"]],
    ["Got it, I'll add the warning back.", ["restores", "likes"]],
    ["Let me temporarily revert the second change.", []],
    ["Thanks for flagging it, the port is wrong.", ["concedes"]],
    ["Good idea, a queue decouples the two.", ["likes"]],
    ["Let me look at the deployment.", []],
    ["You're right, but the two packages would import each other.", []],
    ["Done. The button is on the right.", []],
  ])("%s", (text, expected) => expect(readAnswerStart(text)).toEqual(expected));

  it("is read without emphasis and code, and not behind the start", () => {
    expect(readAnswerStart("**You’re right** —\nit is.")).toEqual(["concedes"]);
    expect(readAnswerStart("```\nyou're right\n```\nDone.")).toEqual([]);
    expect(readAnswerStart(`${"words ".repeat(60)} you're right`)).toEqual([]);
  });

  it("is noted at the first text behind a prompt, and no other", () => {
    const observer = createObserver();
    const lines = [
      prompt("Add a limit"),
      thought,
      answer("Added."),
      prompt("isn't it too low?"),
      thought,
      answer("You're right. Raising it."),
      answer("I missed the second one."),
    ];
    lines.forEach((line, index) => observer.entry(line, index + 1));
    expect(beginnings(observer)).toEqual([undefined, ["concedes"], undefined]);
  });

  it("is noted when the transcript was read up to the prompt before", () => {
    const first = createObserver();
    first.entry(prompt("isn't it too low?"), 1);
    first.takeEvents();
    const second = createObserver(first.state());
    second.answered(Date.parse(at), 2, () => "You're right.");
    second.answered(Date.parse(at), 3, () => "You're right again.");
    expect(beginnings(second)).toEqual([["concedes"], undefined]);
  });
});

function beginnings(observer: ReturnType<typeof createObserver>) {
  return observer.takeEvents().flatMap((event) => (event.kind === "answer" ? [event.begins] : []));
}
