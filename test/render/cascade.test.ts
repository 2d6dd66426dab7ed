import { describe, expect, it } from "vitest";
import type { Attempt } from "../../src/domain/attempt.ts";
import { NO_USAGE } from "../../src/domain/usage.ts";
import type { Cascade } from "../../src/operations/cascade.ts";
import { cascadeJson, renderCascade } from "../../src/render/cascade.ts";
import { createStyle } from "../../src/render/style.ts";
import { attemptOf } from "../helpers/attempts.ts";

const attempt = (index: number, fields: Partial<Attempt>): Attempt =>
  attemptOf(index, {
    model: "claude-haiku-5-5",
    latencyMs: 61_000,
    result: "rejected",
    reason: "the check exited with code 1",
    session: "s",
    usage: { ...NO_USAGE, input: 10 },
    costNano: 2_500_000,
    ...fields,
  });

const stopped = (outcome: Partial<Extract<Cascade["outcome"], { kind: "stopped" }>>): Cascade => ({
  run: "r",
  root: "/home/dev/shop",
  attempts: [attempt(0, {}), attempt(1, { model: "claude-opus-5-5", effort: "high", costNano: 50_000_000 })],
  costUsd: 0.0525,
  outcome: { kind: "stopped", stop: "exhausted", why: "", lastOutput: "", ...outcome },
  patch: "",
  diff: "",
});

const surface = (width: number) => ({ width, style: createStyle(false) });

describe("a cascade without a winner", () => {
  it("shows each attempt, says why it ended, and what the check said last", () => {
    expect(renderCascade(stopped({ lastOutput: "1 failed\n" }), surface(120))).toBe(
      `Attempt  Model                   Outcome                         Time     Cost
──────────────────────────────────────────────────────────────────────────────
      1  claude-haiku-5-5        the check exited with code 1  1m 01s  $0.0025
      2  claude-opus-5-5 · high  the check exited with code 1  1m 01s    $0.05
──────────────────────────────────────────────────────────────────────────────
                                                               2m 02s    $0.05

No step passed the check; a person has to take over. Your files are as they were.

Last output of the check:
  1 failed
`,
    );
  });

  it("names the error if a higher step would fail in the same way, and lets no escape sequence through", () => {
    const text = renderCascade(
      stopped({ stop: "failed", why: "no \u001B[31mkey", lastOutput: "\u001B]0;x\u0007" }),
      surface(0),
    );
    expect(text).toContain("A higher step would fail in the same way: no �[31mkey. Your files");
    expect(text).not.toContain("\u001B");
  });

  it("tells programs the same", () => {
    expect(cascadeJson(stopped({ stop: "budget", why: "stopped at the limit of $2" }), false)).toMatchObject({
      passed: false,
      model: null,
      costUsd: 0.0525,
      attempts: [{ costUsd: 0.0025, tokens: { input: 10 }, result: "rejected" }, { effort: "high" }],
      applied: false,
      patchFile: null,
      stopped: { reason: "budget", why: "stopped at the limit of $2" },
    });
  });
});
