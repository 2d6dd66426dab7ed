import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { SessionAnalysis } from "../../src/analysis/outcomes/session.ts";
import { analyzeFolder } from "../helpers/analyses.ts";

const analyze = (recording: string): Promise<readonly SessionAnalysis[]> =>
  analyzeFolder(join(import.meta.dirname, "../../fixtures/recordings", recording));

/** `main:25 availability opus-5-5 → sonnet-5-5 (overloaded)`; agent ids are left out, for they are random. */
const events = (analyses: readonly SessionAnalysis[]): string[] =>
  analyses
    .flatMap(({ switches }) => switches)
    .map(
      ({ thread, line, cause, from, to, trigger }) =>
        `${thread === "main" ? "main" : "agent"}:${line} ${cause} ${short(from)} → ${short(to)} (${trigger})`,
    );
const short = (model: string): string => model.replace("claude-", "");

const retries = (analyses: readonly SessionAnalysis[]): string[] =>
  analyses.flatMap((analysis) => analysis.retries).map(({ status, error }) => `${status} ${error}`);

describe("switches in the recordings, event by event", () => {
  it.each<[string, string[]]>([
    ["a-plain", []],
    [
      "d-fallback-529",
      [
        "main:25 availability opus-5-5 → sonnet-5-5 (overloaded)",
        "main:40 availability opus-5-5 → sonnet-5-5 (overloaded)",
      ],
    ],
    ["d-fallback-404", ["main:19 availability opus-5-5 → sonnet-5-5 (model_not_found)"]],
    [
      "d-fallback-chain",
      [
        "main:25 availability opus-5-5 → sonnet-5-5 (overloaded)",
        "main:31 availability sonnet-5-5 → haiku-5-5 (overloaded)",
      ],
    ],
    [
      "d-fallback-midturn",
      [
        "main:35 availability opus-5-5 → sonnet-5-5 (overloaded)",
        "main:49 availability opus-5-5 → sonnet-5-5 (overloaded)",
      ],
    ],
    ["d-subagent-fallback", ["agent:15 availability haiku-5-5 → sonnet-5-5 (before the first answer)"]],
    ["d-retry-500", []],
    ["d-retry-529", []],
    ["d-exhausted-529", []],
    ["d-midstream-after-tool", []],
    ["d-midstream-overloaded", []],
    ["e-refusal", []],
    ["e-max-tokens", []],
    ["e-pause-turn", []],
    [
      "f-tui-model",
      [
        "main:38 command opus-5-5 → sonnet-5-5 (/model)",
        "main:65 command sonnet-5-5 → haiku-5-5 (/model)",
        "main:82 command haiku-5-5 → opus-5-5 (/model)",
      ],
    ],
    [
      "f-resume-models",
      [
        "main:31 resume sonnet-5-5 → opus-5-5 (resume)",
        "main:53 resume opus-5-5 → haiku-4-5-20251001 (resume)",
        "main:65 resume haiku-4-5-20251001 → opus-4-6 (resume)",
        "main:54 resume opus-4-6 → opus-5-5 (resume)",
        "main:68 resume opus-5-5 → haiku-5-5 (resume)",
      ],
    ],
    ["i-fail-revert", []],
    [
      "m-tui-opusplan",
      [
        "main:36 plan-mode sonnet-5-5 → opus-5-5 (plan mode entered)",
        "main:53 plan-mode opus-5-5 → sonnet-5-5 (plan mode left)",
      ],
    ],
    [
      "c-opusplan-flag",
      [
        "main:66 plan-mode opus-5-5 → sonnet-5-5 (plan mode left)",
        "main:131 plan-mode sonnet-5-5 → opus-5-5 (plan mode entered)",
        "main:139 plan-mode opus-5-5 → sonnet-5-5 (context too long for opusplan)",
        "main:152 plan-mode sonnet-5-5 → opus-5-5 (context short enough for opusplan again)",
      ],
    ],
    ["c-sonnet-plan", []],
    ["h-parallel", []],
    ["h-nested", []],
    ["h-fork", []],
    ["b-env-haiku-force", []],
  ])("%s", async (recording, expected) => expect(events(await analyze(recording))).toEqual(expected));
});

describe("retries and errors", () => {
  it("are counted apart, by kind", async () => {
    expect(retries(await analyze("d-retry-500"))).toEqual(Array(3).fill("500 api_error"));
    expect(retries(await analyze("d-exhausted-529"))).toEqual(Array(2).fill("529 overloaded_error"));
    expect(retries(await analyze("d-error-401"))).toEqual(Array(2).fill("401 authentication_error"));
  });
});

/** `turn 0 accepted`, `Explore failed` … in order of start. */
const outcomes = (analyses: readonly SessionAnalysis[]): string[] =>
  analyses
    .flatMap(({ tasks }) => tasks)
    .map(({ kind, index, agent, outcome }) => `${kind === "turn" ? `turn ${index}` : agent} ${outcome}`);

describe("outcomes in the recordings", () => {
  it.each<[string, string[]]>([
    ["d-exhausted-529", ["turn 0 failed"]],
    ["d-error-401", ["turn 0 failed"]],
    ["d-retry-500", ["turn 0 unknown"]],
    ["d-midstream-after-tool", ["turn 0 unknown"]],
    ["e-max-tokens", ["turn 0 unknown"]],
    ["e-refusal", ["turn 0 accepted", "turn 1 unknown"]],
    ["h-failing-agent", ["turn 0 unknown", "m-haiku failed"]],
    ["h-fork", ["turn 0 unknown", "fork accepted"]],
    [
      "f-tui-model",
      ["turn 0 accepted", "turn 1 accepted", "turn 2 accepted", "turn 3 accepted", "turn 4 unknown"],
    ],
    [
      "m-tui-opusplan",
      [
        "turn 0 accepted",
        "turn 1 accepted",
        "turn 2 accepted",
        "m-haiku accepted",
        "m-inherit accepted",
        "m-none accepted",
        "turn 3 unknown",
      ],
    ],
  ])("%s", async (recording, expected) => expect(outcomes(await analyze(recording))).toEqual(expected));

  it("a run that went red and green again is accepted on the strength of the green one", async () => {
    const [analysis] = await analyze("i-fail-revert");
    expect(analysis?.tasks[0]).toMatchObject({
      outcome: "accepted",
      verification: "passed",
      evidence: [{ line: 64 }, { line: 68, weak: true }],
    });
  });

  it("a turn that a branch or a fork copied is counted once", async () => {
    const analyses = await analyze("g-tui-compact-clear");
    const keys = analyses.flatMap(({ tasks }) => tasks.map(({ key }) => key));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toHaveLength(10);
  });

  it("a session after which the user typed /clear has an accepted last turn", async () => {
    const analyses = await analyze("g-tui-compact-clear");
    const first = analyses.find(({ session }) => session.startsWith("777d"));
    expect(first?.tasks.at(-1)).toMatchObject({
      outcome: "accepted",
      evidence: [{ why: expect.stringContaining("cleared") }],
    });
  });
});

describe("asked for X, got Y", () => {
  it("is found where the API answered with another model", async () => {
    const found = (await analyze("n-price-keys")).flatMap(({ substitutions }) => substitutions);
    expect(found.map(({ asked, got }) => `${short(asked)} → ${short(got)}`)).toContain(
      "opus-5-5 → sonnet-4-5-20250929",
    );
  });
});

describe("opusplan's accounts", () => {
  it("say what was planned and what was carried out on which tier", async () => {
    const [analysis] = await analyze("c-opusplan-flag");
    expect(analysis?.planning).toMatchObject({
      planned: { opus: { requests: 6 }, sonnet: { requests: 1 } },
      executed: { opus: { requests: 0 }, sonnet: { requests: 8 } },
    });
  });
});
