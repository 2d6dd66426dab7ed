import { readFileSync } from "node:fs";
import { globSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createObserver } from "../../../src/transcripts/observe/observe.ts";
import { observeFile } from "../../helpers/transcripts.ts";
import { withoutEarly } from "../../helpers/closing-events.ts";

const RECORDINGS = join(import.meta.dirname, "../../../fixtures/recordings");
const files = globSync("*/projects/**/*.jsonl", { cwd: RECORDINGS }).sort();

const eventsOf = (recording: string) =>
  files
    .filter((file) => file.startsWith(`${recording}/`))
    .flatMap((file) => observeFile(join(RECORDINGS, file)));

describe("observing the recordings", () => {
  it("finds the fallback chain and its retries", () => {
    const events = eventsOf("d-fallback-chain");
    expect(events.filter(({ kind }) => kind === "fallback")).toMatchObject([
      { cause: "availability", from: "claude-opus-5-5", to: "claude-sonnet-5-5", trigger: "overloaded" },
      { cause: "availability", from: "claude-sonnet-5-5", to: "claude-haiku-5-5", trigger: "overloaded" },
    ]);
    expect(events.filter(({ kind }) => kind === "retry")).toHaveLength(4);
  });

  it("keeps what /model set, and not what it kept", () => {
    const events = eventsOf("f-tui-model").filter((event) => event.kind === "set-model");
    expect(events.map(({ name }) => name)).toEqual(["Sonnet 5.5", "Haiku 5.5", "Opus 5.5"]);
  });

  it("tells a denial by configuration from the user's", () => {
    const denied = eventsOf("i-fail-revert").flatMap((event) =>
      event.kind === "result" && event.denied ? [event.denied] : [],
    );
    expect(denied.length).toBeGreaterThan(4);
    expect(new Set(denied)).toEqual(new Set(["config"]));
  });

  it("reads the verdicts of a test run that went red and green again", () => {
    const verdicts = eventsOf("i-fail-revert").flatMap((event) =>
      event.kind === "result" ? (event.reports ?? []).map(({ verdict }) => verdict) : [],
    );
    expect(verdicts).toEqual(["pass", "fail", "pass"]);
  });

  it("keeps no text of prompts", () => {
    const text = JSON.stringify(eventsOf("i-fail-revert"));
    expect(text).not.toMatch(/Fix the cart|price|A small shop/);
  });

  it("stopping after any line and going on later changes nothing", () => {
    for (const file of files.filter((name) => /i-fail-revert|m-tui|h-background|e-refusal/.test(name))) {
      const lines = readFileSync(join(RECORDINGS, file), "utf8").split("\n").filter(Boolean);
      const whole = JSON.stringify(
        withoutEarly(observeFile(join(RECORDINGS, file)).filter(({ kind }) => kind !== "tools")),
      );
      for (let stop = 1; stop < lines.length; stop += 7) {
        const before = createObserver();
        lines.slice(0, stop).forEach((line, at) => before.entry(JSON.parse(line) as object, at + 1));
        const early = before.takeEvents();
        const after = createObserver(structuredClone(before.state()));
        lines.slice(stop).forEach((line, at) => after.entry(JSON.parse(line) as object, stop + at + 1));
        const all = [...early, ...after.takeEvents()].filter(({ kind }) => kind !== "tools");
        expect(JSON.stringify(withoutEarly(all))).toBe(whole);
      }
    }
  });
});

it("an answer that stays on a fallback without a word of it fell back from the model asked for", () => {
  const observer = createObserver();
  const usage = { iterations: [{ type: "fallback_message", model: "claude-opus-4-8" }] };
  const message = { id: "msg_01", model: "claude-opus-4-8", content: [], usage };
  observer.entry({ type: "assistant", requestedModel: "claude-opus-5-5", message }, 1);
  expect(observer.takeEvents()).toMatchObject([
    { kind: "fallback", cause: "refusal", from: "claude-opus-5-5", to: "claude-opus-4-8" },
  ]);
});

describe("hostile entries", () => {
  const STRANGE: readonly unknown[] = [
    null,
    0,
    "",
    [],
    {},
    [null],
    [[]],
    { type: null },
    "<command-name>",
    -1,
    true,
  ];

  it("neither stop the observer nor the state that it hands on", () => {
    const observer = createObserver();
    for (const file of files.filter((name) =>
      /i-fail-revert|m-tui-opusplan|d-fallback-chain|e-refusal/.test(name),
    ))
      for (const [index, line] of readFileSync(join(RECORDINGS, file), "utf8")
        .split("\n")
        .filter(Boolean)
        .entries()) {
        const entry = JSON.parse(line) as Record<string, unknown>;
        for (const key of Object.keys(entry)) {
          const broken = { ...entry, [key]: STRANGE[(index + key.length) % STRANGE.length] };
          observer.entry(broken, index + 1);
        }
        const message = entry["message"] as Record<string, unknown> | undefined;
        for (const content of STRANGE)
          if (message) observer.entry({ ...entry, message: { ...message, content } }, index + 1);
      }
    expect(() => createObserver(JSON.parse(JSON.stringify(observer.state())))).not.toThrow();
    expect(observer.takeEvents().every(({ line, at }) => Number.isFinite(line) && Number.isFinite(at))).toBe(
      true,
    );
  });

  it("with prompts and commands of a megabyte take no longer than they are long", () => {
    const observer = createObserver();
    const long = "no that is wrong ".repeat(60_000);
    observer.entry(
      {
        type: "user",
        uuid: "u",
        timestamp: "2026-11-10T09:00:00Z",
        message: { role: "user", content: long },
      },
      1,
    );
    const command = `${"echo 'a b' && ".repeat(50_000)}npm test`;
    observer.entry(
      {
        type: "assistant",
        message: {
          id: "m",
          model: "claude-opus-5-5",
          content: [{ type: "tool_use", id: "t", name: "Bash", input: { command } }],
        },
      },
      2,
    );
    const events = observer.takeEvents();
    expect(events.map(({ kind }) => kind)).toEqual(["prompt", "shell"]);
    expect(JSON.stringify(events).length).toBeLessThan(4_000);
  });
});
