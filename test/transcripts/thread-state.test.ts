import { appendFileSync, globSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readThreadState } from "../../src/transcripts/thread-state.ts";
import { type LiveHome, makeLiveHome } from "../helpers/live-home.ts";

const AT = { session: "s1", at: "2026-11-20T12:00:00Z" };
const RECORDINGS = join(import.meta.dirname, "../../fixtures/recordings");

let home: LiveHome;
let file: string;
beforeEach(() => {
  home = makeLiveHome();
  file = join(home.folder, "projects/-home-dev-shop/s1.jsonl");
});
afterEach(() => home.remove());

describe("what a thread does", () => {
  it.each([
    ["tool_use", "working"],
    [null, "working"],
    ["pause_turn", "working"],
    ["end_turn", "waiting"],
    ["max_tokens", "waiting"],
    ["refusal", "waiting"],
  ])("follows from the last answer: %s is %s", (stop, state) => {
    home.answer({ ...AT, stop });
    expect(readThreadState(file)).toBe(state);
  });

  it.each([
    ["a prompt", "Go on.", "working"],
    ["a tool result", [{ type: "tool_result", content: "Done." }], "working"],
    ["an interruption", [{ type: "text", text: "[Request interrupted by user for tool use]" }], "waiting"],
    ["the output of a command", "<local-command-stdout>Total cost: $1</local-command-stdout>", "waiting"],
    ["a command", "<command-name>/cost</command-name>", "waiting"],
  ])("follows from what comes after it: %s", (_what, content, state) => {
    home.answer(AT);
    home.user({ ...AT, content });
    expect(readThreadState(file)).toBe(state);
  });

  it("is found behind lines of any length and behind a torn one", () => {
    home.answer({ ...AT, stop: "tool_use" });
    for (let line = 0; line < 20; line++) home.user({ ...AT, content: "x".repeat(40_000), isMeta: true });
    appendFileSync(file, '{"type":"assistant","mess');
    expect(readThreadState(file)).toBe("working");
  });

  it("is unknown for a file that is gone or says nothing", () => {
    expect(readThreadState(file)).toBeUndefined();
    home.user({ ...AT, content: "Caveat", isMeta: true });
    appendFileSync(file, 'null\n[]\n"text"\n{"type":"assistant"\n');
    expect(readThreadState(file)).toBeUndefined();
  });

  it("is waiting at the end of recordings of the real client whose agents ended", () => {
    const agents = globSync("**/agent-*.jsonl", { cwd: RECORDINGS }).map((path) => join(RECORDINGS, path));
    const states = agents.map((path) => readThreadState(path));
    expect(states.filter((state) => state === "waiting").length).toBeGreaterThan(10);
    expect(agents.filter((_, index) => states[index] === "working")).toEqual([]);
  });
});
