import { describe, expect, it } from "vitest";
import { modelFacts } from "../../src/policy/catalogue-facts.ts";
import { roleOf } from "../../src/domain/policy.ts";
import { resolvePolicy } from "../../src/policy/resolve.ts";
import type { WrittenPolicy } from "../../src/policy/written.ts";
import { problemsOf } from "../helpers/problems.ts";

const facts = modelFacts();

const resolve = (...written: WrittenPolicy[]) =>
  resolvePolicy(
    written.map((policy, index) => ({ from: `layer-${index}`, written: policy })),
    facts,
  );

/** `role model effort`, one per line. */
const drawn = (written: WrittenPolicy) =>
  [...resolve(written).roles.values()].map(({ role, model, effort }) => `${role} ${model} ${effort ?? "-"}`);

describe("resolvePolicy", () => {
  it("gives every built-in role the model that the research says, with a reason", () => {
    expect(drawn({})).toEqual([
      "planner opus medium",
      "implementer sonnet medium",
      "reviewer opus medium",
      "explorer haiku low",
      "test-writer sonnet medium",
      "formatter haiku low",
      "commit-and-docs haiku low",
      "security-reviewer opus high",
      "debugger sonnet medium",
      "architect opus high",
    ]);
    for (const { reason } of resolve({}).roles.values()) expect(reason).toMatchObject({ from: "needs" });
  });

  it("the frugal preset reviews with Haiku at high effort and keeps Opus where errors are dear", () => {
    const frugal = drawn({ preset: "frugal" });
    expect(frugal).toContain("reviewer haiku high");
    expect(frugal.filter((line) => line.includes(" opus "))).toEqual([
      "security-reviewer opus medium",
      "architect opus medium",
    ]);
  });

  it("the main session plans on Opus, falls back in an array and never forces its agents", () => {
    expect(resolve({}).main).toMatchObject({
      model: "opusplan",
      fallbackModel: ["sonnet", "haiku"],
      env: { CLAUDE_CODE_SUBAGENT_MODEL: "sonnet" },
    });
  });

  it("an effort of the main session is set on each model that it can run as", () => {
    expect(resolve({ main: { effort: "high" } }).main.modelSettings).toEqual({
      "claude-opus-5-5": { effortLevel: "high" },
      "claude-sonnet-5-5": { effortLevel: "high" },
    });
  });

  it("a pin of the project beats the user's, whichever kind either is", () => {
    const project = { roles: { reviewer: { tier: "sonnet" } } } as const;
    const user = { roles: { reviewer: { model: "claude-opus-4-6", effort: "low" } } } as const;
    const reviewer = resolve(project, user).roles.get("reviewer");
    expect(reviewer).toMatchObject({ model: "sonnet", effort: "low", reason: { from: "layer-0" } });
  });

  it("a tier that the policy redefines is written as its exact id", () => {
    const policy = resolve({ tiers: { haiku: "claude-haiku-4-5-20251001" } });
    expect(policy.roles.get("explorer")).toMatchObject({
      model: "claude-haiku-4-5-20251001",
      effort: undefined,
    });
    expect(policy.main.env).toMatchObject({ ANTHROPIC_DEFAULT_HAIKU_MODEL: "claude-haiku-4-5-20251001" });
  });

  it("dear errors move a role up and cheap ones down", () => {
    const roles = {
      careful: { purpose: "x", needs: { errorCost: "high" } },
      careless: { purpose: "x", needs: { errorCost: "low" } },
    } as const;
    const policy = resolve({ roles });
    expect(policy.roles.get("careful")).toMatchObject({ tier: "opus", effort: "high" });
    expect(policy.roles.get("careless")).toMatchObject({ tier: "haiku" });
  });

  it("an agent that the user gives to another role leaves the built-in one", () => {
    const policy = resolve({ roles: { "test-writer": { agents: ["code-reviewer"] } } });
    expect(roleOf(policy, "code-reviewer")?.role).toBe("test-writer");
    expect(roleOf(policy, "tools:code-reviewer")?.role).toBe("test-writer");
    expect(roleOf(policy, "Explore")?.role).toBe("explorer");
    expect(roleOf(policy, "general-purpose")).toBeUndefined();
  });

  it("takes a model that is newer than the catalogue, with its tier and any effort", () => {
    const policy = resolve({
      tiers: { sonnet: "claude-sonnet-6" },
      roles: { reviewer: { model: "claude-opus-6-1", effort: "max" } },
    });
    expect(policy.roles.get("implementer")).toMatchObject({
      model: "claude-sonnet-6",
      tier: "sonnet",
      effort: "medium",
    });
    expect(policy.roles.get("reviewer")).toMatchObject({ tier: "opus", effort: "max" });
    expect(policy.main.env).toMatchObject({ ANTHROPIC_DEFAULT_SONNET_MODEL: "claude-sonnet-6" });
    for (const model of ["claude-sonnet-4-7", "claude-opus-5-4", "gpt-6", "claude-sonnet", "sonnet-6"])
      expect(problemsOf(() => resolve({ roles: { reviewer: { model } } }))).toMatchObject([
        { message: "unknown model" },
      ]);
  });

  it("generates agents for the built-in roles that are listed, and for every role of the user's", () => {
    const mine = { purpose: "Does my work." };
    const generated = (generate: WrittenPolicy["generate"]) =>
      [...resolve({ ...(generate && { generate }), roles: { mine } }).roles.values()]
        .filter((role) => role.generated)
        .map(({ role }) => role);
    expect(generated(undefined)).toHaveLength(11);
    expect(generated("all")).toHaveLength(11);
    expect(generated(["reviewer"])).toEqual(["reviewer", "mine"]);
    expect(generated([])).toEqual(["mine"]);
    expect(generated("none")).toEqual([]);
    expect(problemsOf(() => resolve({ generate: ["reviwer"] }))).toMatchObject([
      { key: "generate.0", found: "reviwer", suggestion: "reviewer" },
    ]);
  });

  it("reports every problem of every layer at once, each with its key and the nearest valid value", () => {
    const problems = problemsOf(() =>
      resolve(
        { roles: { reviewer: { model: "sonet" }, mine: { tier: "haiku" } } },
        { main: { model: "claude-opus-4-1", env: { CLAUDE_CODE_SUBAGENT_MODEL_FORCE: "1" } } },
        { roles: { debugger: { model: "claude-sonnet-4-6", effort: "xhigh" } } },
      ),
    );
    expect(problems).toMatchObject([
      { path: "layer-0", key: "roles.reviewer.model", found: "sonet", suggestion: "sonnet" },
      { path: "layer-1", key: "main.model", message: "retired on 2026-08-05", suggestion: "claude-opus-5-5" },
      { path: "layer-1", key: "main.env.CLAUDE_CODE_SUBAGENT_MODEL_FORCE" },
      { path: "layer-2", key: "roles.debugger.effort", found: "xhigh", suggestion: "high" },
      { path: "layer-0", key: "roles.mine", message: expect.stringContaining("missing purpose") },
    ]);
  });
});
