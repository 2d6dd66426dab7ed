import { mkdtempSync, readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Recommendation } from "../../src/domain/recommendation.ts";
import { loadAdvicePlan } from "../../src/operations/apply-advice.ts";
import { applyPlan } from "../../src/agents/load-plan.ts";

/** An agent of the user's own, whose mechanical part can go to Haiku. */
const SPLIT: Recommendation = {
  id: "split-role-log-digger-mechanical-haiku-medium",
  kind: "split-role",
  subject: { role: "log-digger", agent: "log-digger", category: "mechanical" },
  current: { model: "claude-opus-5-5", effort: "medium" },
  proposed: { model: "claude-haiku-5-5", effort: "medium" },
  evidence: {
    tasks: 80,
    sessions: 20,
    since: "2026-10-01T00:00:00.000Z",
    until: "2026-11-01T00:00:00.000Z",
    places: [],
    current: { accepted: 40, known: 42 },
    proposed: { accepted: 30, known: 31 },
  },
  savingsUsdPerMonth: { low: 5, mid: 10, high: 15 },
  successChange: { low: -0.01, high: 0.01 },
  confidence: "try",
  basis: [],
  policyPatch: {
    roles: {
      "log-digger-mechanical": {
        purpose: "Does the mechanical part of what log-digger does.",
        tier: "haiku",
        effort: "medium",
      },
    },
  },
  command: "",
};

describe("a role that was split", () => {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), "rolecall-split-")));
  const place = { cwd, env: { HOME: cwd, CLAUDE_CONFIG_DIR: join(cwd, "claude") } };
  const follow = async (step: "applied" | "kept" | "taken-back") =>
    applyPlan(await loadAdvicePlan(place, [SPLIT], step), Date.parse("2026-11-20"));
  const policy = () => readFileSync(join(cwd, "rolecall.yaml"), "utf8");

  it("has an agent for the part that goes elsewhere", async () => {
    const written = (await follow("applied")).map(({ path }) => path);
    expect(written).toContain(".claude/agents/log-digger-mechanical.md");
    expect(policy()).toContain("log-digger-mechanical:");
  });

  it("stays as it is when that is kept: the other part was not on trial", async () => {
    const before = policy();
    await follow("kept");
    expect(policy()).toBe(before);
  });

  it("is whole again when that is taken back", async () => {
    await follow("taken-back");
    expect(policy()).not.toContain("log-digger");
  });
});
