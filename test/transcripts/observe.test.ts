import { readFileSync } from "node:fs";
import { globSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createObserver } from "../../src/transcripts/observe.ts";
import { observeFile } from "../helpers/transcripts.ts";

const RECORDINGS = join(import.meta.dirname, "../../fixtures/recordings");
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
      event.kind === "result" ? (event.verdicts ?? []) : [],
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
        observeFile(join(RECORDINGS, file)).filter(({ kind }) => kind !== "tools"),
      );
      for (let stop = 1; stop < lines.length; stop += 7) {
        const before = createObserver();
        lines.slice(0, stop).forEach((line, at) => before.entry(JSON.parse(line) as object, at + 1));
        const early = before.takeEvents();
        const after = createObserver(structuredClone(before.state()));
        lines.slice(stop).forEach((line, at) => after.entry(JSON.parse(line) as object, stop + at + 1));
        const all = [...early, ...after.takeEvents()].filter(({ kind }) => kind !== "tools");
        expect(JSON.stringify(all)).toBe(whole);
      }
    }
  });
});
