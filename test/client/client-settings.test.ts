import { describe, expect, it } from "vitest";
import { lineOfKey, parseClientSettings } from "../../src/client/client-settings.ts";

// Each of these was given to the real client 2.1.329 beside a valid `model`, to see whether the model still counted.

const withModel = (more: object) => parseClientSettings(JSON.stringify({ model: "sonnet", ...more }));

describe("parseClientSettings", () => {
  it.each([
    { fallbackModel: "sonnet" },
    { fallbackModel: [1] },
    { fallbackModel: null },
    { permissions: "x" },
    { permissions: null },
    { permissions: { allow: "Bash" } },
    { permissions: { deny: "Bash" } },
    { permissions: { ask: "x" } },
    { permissions: { additionalDirectories: "x" } },
    { permissions: { defaultMode: "banana" } },
    { permissions: { defaultMode: "delegate" } },
    { env: "x" },
    { env: null },
    { hooks: { PreToolUse: "x" } },
    { hooks: { PreToolUse: [{ matcher: 5, hooks: [] }] } },
    { availableModels: "x" },
    { availableModels: [1] },
    { availableModels: null },
    { modelOverrides: "x" },
    { modelOverrides: { a: 1 } },
    { cleanupPeriodDays: 0 },
    { cleanupPeriodDays: 1.5 },
    { cleanupPeriodDays: "x" },
    { alwaysThinkingEnabled: "x" },
    { alwaysThinkingEnabled: null },
    { statusLine: "x" },
    { statusLine: { type: "banana" } },
    { agent: 5 },
    { agent: null },
    { fastMode: "x" },
    { includeCoAuthoredBy: "x" },
    { switchModelsOnFlag: "x" },
    { advisorModel: 5 },
    { outputStyle: 5 },
    { enabledPlugins: "x" },
    { sandbox: "x" },
    { apiKeyHelper: 5 },
    { verbose: "x" },
    { language: 5 },
    { disableAllHooks: "x" },
    { spinnerTipsEnabled: "x" },
    { attribution: "x" },
    { useAutoModeDuringPlan: "x" },
  ])("$0 makes the whole file void", (bad) => {
    const { settings, faults } = withModel(bad);
    expect(settings).toEqual({});
    expect(faults).toContainEqual(expect.objectContaining({ voids: true }));
  });

  it.each([
    { fallbackModel: [] },
    { fallbackModel: ["a", "b", "c", "d"] },
    { permissions: { allow: [1] } },
    { permissions: { allow: ["Bash("] } },
    { permissions: { nope: 1 } },
    { permissions: { defaultMode: "manual" } },
    { env: { A: 1 } },
    { env: { A: null } },
    { hooks: "x" },
    { hooks: { Nope: [] } },
    { effortLevel: 3 },
    { effortLevel: "banana" },
    { effortLevel: "max" },
    { effortLevel: null },
    { maxEffortLevel: "banana" },
    { modelSettings: "x" },
    { modelSettings: { "claude-opus-5-5": "x" } },
    { modelSettings: { "claude-opus-5-5": { effortLevel: "banana" } } },
    { promptCacheTtl: "2h" },
    { subagentPromptCacheTtl: 5 },
    { autoCompactWindow: 5 },
    { forceLoginMethod: "x" },
    { teammateMode: "x" },
    { ultracode: "x" },
    { nonsense: 1 },
  ])("$0 does not", (odd) => expect(withModel(odd).settings.model).toBe("sonnet"));

  it.each([
    ["comments", '{"model":"sonnet" // x\n}'],
    ["a trailing comma", '{"model":"sonnet",}'],
    ["a list", "[]"],
    ["a model that is a number", '{"model":5,"agent":"x"}'],
  ])("%s: void", (_what, text) => {
    const { settings, faults } = parseClientSettings(text);
    expect(settings).toEqual({});
    expect(faults).toHaveLength(1);
  });

  it("takes a byte order mark, an empty file, and the last of two equal keys", () => {
    expect(parseClientSettings('\ufeff{"model":"sonnet"}').settings.model).toBe("sonnet");
    expect(parseClientSettings("")).toMatchObject({ settings: {}, faults: [] });
    expect(parseClientSettings('{"model":"haiku","model":"sonnet"}').settings.model).toBe("sonnet");
  });

  it("reads numbers and switches in env as their text", () => {
    const { settings } = withModel({ env: { A: 1, B: true, C: "x", D: null, E: [] } });
    expect(settings.env).toEqual({ A: "1", B: "true", C: "x" });
  });
});

it("lineOfKey finds a nested key below its parent", () => {
  const text = '{\n  "allow": 1,\n  "permissions": {\n    "deny": [],\n    "allow": "x"\n  }\n}';
  expect(lineOfKey(text, ["permissions", "allow"])).toBe(5);
  expect(lineOfKey(text, ["permissions", "gone"])).toBe(3);
  expect(lineOfKey(text, ["nowhere"])).toBeUndefined();
});
