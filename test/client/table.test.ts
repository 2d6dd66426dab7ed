import { describe, expect, it } from "vitest";
import type { AgentCall } from "../../src/client/types.ts";
import { agentOnWire, fallbacksOf, mainOnWire, type Situation } from "./surroundings.ts";

// Every expectation in this file was seen in a request of the real client: 2.1.329 unless the title names another version.

type Front = string | { model?: string; effort?: string };

const HAIKU = "claude-haiku-5-5 medium";
const SONNET = "claude-sonnet-5-5 medium";
const OPUS = "claude-opus-5-5 medium";
const FABLE = "claude-fable-5-2 medium";
const PARENT = "claude-opus-4-7 xhigh";

const on = (model: string, situation: Situation = {}) =>
  agentOnWire({ model }, { model: "sonnet", ...situation });
const at = (version: string, env: Record<string, string> = {}) => ({ version, model: "opus", env });

describe("agent × environment, on a session with Opus 4.7", () => {
  const environments: [string, Record<string, string>][] = [
    ["no variable", {}],
    ["haiku", { CLAUDE_CODE_SUBAGENT_MODEL: "haiku" }],
    ["inherit", { CLAUDE_CODE_SUBAGENT_MODEL: "inherit" }],
    ["haiku, forced", { CLAUDE_CODE_SUBAGENT_MODEL: "haiku", CLAUDE_CODE_SUBAGENT_MODEL_FORCE: "1" }],
    ["forced alone", { CLAUDE_CODE_SUBAGENT_MODEL_FORCE: "1" }],
    ["inherit, forced", { CLAUDE_CODE_SUBAGENT_MODEL: "inherit", CLAUDE_CODE_SUBAGENT_MODEL_FORCE: "1" }],
  ];
  const rows: [Front, AgentCall, string[]][] = [
    [{ model: "haiku" }, {}, [HAIKU, HAIKU, HAIKU, HAIKU, PARENT, PARENT]],
    [{ model: "sonnet" }, {}, [SONNET, SONNET, SONNET, HAIKU, PARENT, PARENT]],
    [{ model: "fable" }, {}, [FABLE, FABLE, FABLE, HAIKU, PARENT, PARENT]],
    [{ model: "claude-opus-5-5" }, {}, [OPUS, OPUS, OPUS, HAIKU, PARENT, PARENT]],
    [{ model: "opus" }, {}, [PARENT, PARENT, PARENT, HAIKU, PARENT, PARENT]],
    [{ model: "inherit" }, {}, [PARENT, PARENT, PARENT, HAIKU, PARENT, PARENT]],
    [{}, {}, [PARENT, HAIKU, PARENT, HAIKU, PARENT, PARENT]],
    ["general-purpose", {}, [PARENT, HAIKU, PARENT, HAIKU, PARENT, PARENT]],
    ["Explore", {}, [PARENT, PARENT, PARENT, HAIKU, PARENT, PARENT]],
    ["Plan", {}, [PARENT, PARENT, PARENT, HAIKU, PARENT, PARENT]],
    ["Explore", { model: "sonnet" }, [SONNET, SONNET, SONNET, HAIKU, PARENT, PARENT]],
    [{ model: "haiku" }, { model: "sonnet" }, [SONNET, SONNET, SONNET, HAIKU, PARENT, PARENT]],
    [{ model: "haiku" }, { model: "opus" }, [PARENT, PARENT, PARENT, HAIKU, PARENT, PARENT]],
    [
      { effort: "low" },
      {},
      [
        "claude-opus-4-7 low",
        "claude-haiku-5-5 low",
        "claude-opus-4-7 low",
        "claude-haiku-5-5 low",
        "claude-opus-4-7 low",
        "claude-opus-4-7 low",
      ],
    ],
    [
      { model: "haiku", effort: "low" },
      { effort: "max" },
      [
        "claude-haiku-5-5 max",
        "claude-haiku-5-5 max",
        "claude-haiku-5-5 max",
        "claude-haiku-5-5 max",
        "claude-opus-4-7 max",
        "claude-opus-4-7 max",
      ],
    ],
  ];
  const cells = rows.flatMap(([front, call, expected]) =>
    environments.map(([title, env], column) => ({ front, call, title, env, expected: expected[column] })),
  );
  it.each(cells)("$front, called with $call, $title: $expected", ({ front, call, env, expected }) => {
    expect(agentOnWire(front, { model: "claude-opus-4-7", env }, call)).toBe(expected);
  });
});

describe("opusplan and its kin", () => {
  const plan = { mode: "plan" } as const;
  const big = { mode: "plan", contextTokens: 200_001 } as const;
  it.each<[string, Situation, string]>([
    ["opusplan plans on Opus", { model: "opusplan", ...plan }, OPUS],
    ["opusplan works on Sonnet", { model: "opusplan" }, SONNET],
    ["opusplan[1m] is opusplan", { model: "opusplan[1m]", ...plan }, OPUS],
    [
      "at 200,000 tokens it still plans on Opus",
      { model: "opusplan", ...plan, contextTokens: 200_000 },
      OPUS,
    ],
    ["past 200,000 tokens on Sonnet", { model: "opusplan", ...big }, SONNET],
    ["opusplan[1m] too", { model: "opusplan[1m]", ...big }, SONNET],
    ["haiku plans on Sonnet", { model: "haiku", ...plan }, SONNET],
    ["haiku past 200,000 tokens too", { model: "haiku", ...big }, SONNET],
    ["haiku works on Haiku", { model: "haiku" }, HAIKU],
    ["the exact id of Haiku stays in plan mode", { model: "claude-haiku-5-5", ...plan }, HAIKU],
    ["Haiku 4.5 stays in plan mode", { model: "claude-haiku-4-5", ...plan }, "claude-haiku-4-5 -"],
    ["another spelling is not the alias that plans", { model: "OpusPlan", ...plan }, SONNET],
    ["nor is Haiku", { model: "Haiku", ...plan }, HAIKU],
    ["from the settings it is the same", { project: { model: "opusplan" }, ...plan }, OPUS],
    [
      "the aliases' variables change both halves",
      { env: { ANTHROPIC_MODEL: "opusplan", ANTHROPIC_DEFAULT_OPUS_MODEL: "claude-fable-5-2" }, ...plan },
      FABLE,
    ],
    [
      "the other half",
      { env: { ANTHROPIC_MODEL: "opusplan", ANTHROPIC_DEFAULT_SONNET_MODEL: "claude-sonnet-4-6" } },
      "claude-sonnet-4-6 high",
    ],
  ])("%s", (_title, situation, expected) => expect(mainOnWire(situation)).toBe(expected));

  it.each<[string, Front, Situation, string]>([
    ["without a model", {}, { model: "opusplan", ...plan }, OPUS],
    ["without a model, past 200,000 tokens: still Opus", {}, { model: "opusplan", ...big }, OPUS],
    ["inherit", { model: "inherit" }, { model: "opusplan", ...plan }, OPUS],
    ["Explore", "Explore", { model: "opusplan", ...plan }, OPUS],
    ["Explore, working", "Explore", { model: "opusplan" }, SONNET],
    [
      "model: opusplan is Sonnet, in plan mode too",
      { model: "opusplan" },
      { model: "opusplan", ...plan },
      SONNET,
    ],
    ["model: best", { model: "best" }, { model: "opusplan", ...plan }, OPUS],
    ["without a model on haiku", {}, { model: "haiku", ...plan }, SONNET],
    ["model: haiku on haiku", { model: "haiku" }, { model: "haiku", ...plan }, HAIKU],
    [
      "without a model, with a default",
      {},
      { model: "opusplan", ...plan, env: { CLAUDE_CODE_SUBAGENT_MODEL: "haiku" } },
      HAIKU,
    ],
    [
      "inherit, with a default",
      { model: "inherit" },
      { model: "opusplan", ...plan, env: { CLAUDE_CODE_SUBAGENT_MODEL: "haiku" } },
      OPUS,
    ],
  ])("an agent in plan mode: %s", (_title, front, situation, expected) =>
    expect(agentOnWire(front, situation)).toBe(expected),
  );
});

describe("names", () => {
  it.each([
    ["HAIKU", HAIKU],
    [" haiku ", HAIKU],
    ["Inherit", SONNET],
    ["best", OPUS],
    ["opusplan", SONNET],
    ["opus[1m]", OPUS],
    ["claude-sonnet-4-6[1m]", "claude-sonnet-4-6 high"],
    ["Claude-Sonnet-4-6", "claude-sonnet-4-6 high"],
    ["default", "default high"],
    ["gpt-5", "gpt-5 high"],
    ["GPT-5", "GPT-5 high"],
    ["sonnet-4-6", "sonnet-4-6 high"],
    ["Claude Sonnet 4.6", "Claude Sonnet 4.6 high"],
    ["Claude-Foo-9", "Claude-Foo-9 high"],
    ["claude-opus-4-1", OPUS],
    ["claude-opus-4-0", OPUS],
    ["claude-opus-4-20250514", OPUS],
    ["claude-sonnet-4", "claude-sonnet-4 -"],
    ["claude-sonnet-4-20250514", "claude-sonnet-4-20250514 -"],
    ["claude-3-5-haiku-latest", "claude-3-5-haiku-latest -"],
    ["claude-3-opus-20240229", "claude-3-opus-20240229 -"],
    ["claude-opus-4-5", "claude-opus-4-5 high"],
    ["claude-sonnet-4-5", "claude-sonnet-4-5 -"],
    ["claude-haiku-4-5", "claude-haiku-4-5 -"],
    ["claude-opus-4-8", "claude-opus-4-8 high"],
    ["claude-sonnet-5", "claude-sonnet-5 high"],
    ["claude-fable-5-1", "claude-fable-5-1 high"],
    ["claude-mythos-5", "claude-mythos-5 high"],
    ["claude-mythos-5-2", "claude-mythos-5-2 medium"],
    ["claude-mythos-preview", "claude-mythos-preview high"],
    ["us.anthropic.claude-opus-4-1-20250805-v1:0", "us.anthropic.claude-opus-4-1-20250805-v1:0 -"],
  ])("model: %s runs as %s", (model, expected) => expect(on(model)).toBe(expected));

  it("the old Opus stays where its replacement is switched off", () => {
    const env = { CLAUDE_CODE_DISABLE_LEGACY_MODEL_REMAP: "1" };
    expect(on("claude-opus-4-1", { env })).toBe("claude-opus-4-1 -");
  });

  it("the old Opus is replaced by what the alias opus means", () => {
    const env = { ANTHROPIC_DEFAULT_OPUS_MODEL: "claude-opus-4-6" };
    expect(on("claude-opus-4-1", { env })).toBe("claude-opus-4-6 high");
    expect(mainOnWire({ model: "claude-opus-4-1", env })).toBe("claude-opus-4-6 high");
  });

  it.each([
    ["us.anthropic.claude-opus-4-6-v1", "us.anthropic.claude-opus-4-6-v1 high"],
    ["my-opus-x", "my-opus-x high"],
    ["claude-opus-4-7", PARENT],
  ])("opus on a session with %s takes the session's", (model, expected) => {
    expect(agentOnWire({ model: "opus" }, { model })).toBe(expected);
  });

  it("fable on a session with Mythos does not: the id has to name the family", () => {
    expect(agentOnWire({ model: "fable" }, { model: "claude-mythos-5-2" })).toBe(FABLE);
    expect(agentOnWire({ model: "fable" }, { model: "claude-fable-5-1" })).toBe("claude-fable-5-1 high");
    expect(agentOnWire("Explore", { model: "claude-mythos-5-2" })).toBe(OPUS);
  });

  it.each(["best", "opus[1m]", "claude-opus-5-5"])("%s on a session with Opus 4.7 does not", (model) =>
    expect(agentOnWire({ model }, { model: "claude-opus-4-7" })).toBe(OPUS),
  );

  it("the parent's family comes before what the alias means", () => {
    const situation = { model: "claude-opus-4-7", env: { ANTHROPIC_DEFAULT_OPUS_MODEL: "claude-opus-4-6" } };
    expect(agentOnWire({ model: "opus" }, situation)).toBe(PARENT);
    expect(agentOnWire({ model: "best" }, situation)).toBe("claude-opus-4-6 high");
  });

  it.each([
    ["Haiku", HAIKU],
    ["claude-haiku-4-5", "claude-haiku-4-5 -"],
    ["opus", OPUS],
    ["opus[1m]", OPUS],
    ["best", OPUS],
    ["default", "default high"],
    ["INHERIT", "INHERIT high"],
    ["claude-opus-4-1", OPUS],
  ])("CLAUDE_CODE_SUBAGENT_MODEL=%s on a session with Opus 4.7 runs as %s", (value, expected) => {
    const env = { CLAUDE_CODE_SUBAGENT_MODEL: value };
    expect(agentOnWire({}, { model: "claude-opus-4-7", env })).toBe(expected);
  });

  it.each([
    ["1", HAIKU],
    ["true", HAIKU],
    ["TRUE", HAIKU],
    ["yes", HAIKU],
    ["on", HAIKU],
    ["0", OPUS],
    ["false", OPUS],
    ["no", OPUS],
    ["haiku", OPUS],
  ])("FORCE=%s: an agent on opus runs as %s", (value, expected) => {
    const env = { CLAUDE_CODE_SUBAGENT_MODEL: "haiku", CLAUDE_CODE_SUBAGENT_MODEL_FORCE: value };
    expect(agentOnWire({ model: "opus" }, { model: "sonnet", env })).toBe(expected);
  });

  it("the built-in Explore goes no higher than Opus", () => {
    expect(agentOnWire("Explore", { model: "fable" })).toBe(OPUS);
    expect(agentOnWire("Plan", { model: "fable" })).toBe(FABLE);
    expect(agentOnWire("statusline-setup", { model: "fable" })).toBe(SONNET);
    expect(agentOnWire("claude", { model: "fable" })).toBe(FABLE);
  });

  it("Explore takes the newest Opus that is allowed, and its parent's model where none is", () => {
    for (const [allowed, expected] of [
      ["claude-opus-4-6", "claude-opus-4-6 high"],
      ["haiku", FABLE],
    ] as const)
      expect(agentOnWire("Explore", { model: "fable", user: { availableModels: ["fable", allowed] } })).toBe(
        expected,
      );
  });
});

describe("the main thread", () => {
  it.each<[string, Situation, string]>([
    ["nothing set: Opus", {}, OPUS],
    [
      "local over project over user",
      { user: { model: "opus" }, project: { model: "haiku" }, local: { model: "claude-opus-4-7" } },
      PARENT,
    ],
    [
      "ANTHROPIC_MODEL over the settings",
      { env: { ANTHROPIC_MODEL: "fable" }, local: { model: "haiku" } },
      FABLE,
    ],
    ["--model over ANTHROPIC_MODEL", { model: "sonnet", env: { ANTHROPIC_MODEL: "fable" } }, SONNET],
    [
      "the settings' env over the shell's",
      { env: { ANTHROPIC_MODEL: "opus" }, user: { env: { ANTHROPIC_MODEL: "fable" } } },
      FABLE,
    ],
    ["an empty variable is none", { env: { ANTHROPIC_MODEL: "" }, user: { model: "sonnet" } }, SONNET],
    ["ANTHROPIC_DEFAULT_MODEL", { env: { ANTHROPIC_DEFAULT_MODEL: "sonnet" } }, SONNET],
    [
      "ANTHROPIC_DEFAULT_MODEL gives way to the settings",
      { env: { ANTHROPIC_DEFAULT_MODEL: "sonnet" }, user: { model: "fable" } },
      FABLE,
    ],
    ["ANTHROPIC_DEFAULT_MODEL takes no opusplan", { env: { ANTHROPIC_DEFAULT_MODEL: "opusplan" } }, OPUS],
    ["ANTHROPIC_DEFAULT_MODEL takes no haiku", { env: { ANTHROPIC_DEFAULT_MODEL: "haiku" } }, OPUS],
    [
      "nothing set, but another Opus",
      { env: { ANTHROPIC_DEFAULT_OPUS_MODEL: "claude-opus-4-6" } },
      "claude-opus-4-6 high",
    ],
    ["--model default", { model: "default", user: { model: "haiku" } }, OPUS],
    ["model: default in the settings goes out as it stands", { user: { model: "default" } }, "default high"],
    [
      "an alias that a variable redefines is not looked up again",
      { model: "opus", env: { ANTHROPIC_DEFAULT_OPUS_MODEL: "sonnet" } },
      "sonnet high",
    ],
    [
      "modelOverrides change the id and not the effort",
      { model: "sonnet", user: { modelOverrides: { "claude-sonnet-5-5": "my-sonnet" } } },
      "my-sonnet medium",
    ],
    [
      "availableModels without the model: the default",
      { model: "sonnet", project: { availableModels: ["haiku"] } },
      OPUS,
    ],
    [
      "the agent of the settings beats their model and the variable",
      {
        env: { ANTHROPIC_MODEL: "sonnet" },
        user: { model: "opus" },
        sessionAgent: { name: "low", model: "haiku", effort: "low", where: "low.md" },
      },
      HAIKU,
    ],
  ])("%s", (_title, situation, expected) => expect(mainOnWire(situation)).toBe(expected));
});

describe("settings and agents", () => {
  it.each<[string, Front, Situation, string, AgentCall?]>([
    [
      "env of the settings replaces the shell's",
      {},
      {
        model: "sonnet",
        env: { CLAUDE_CODE_SUBAGENT_MODEL: "opus" },
        user: { env: { CLAUDE_CODE_SUBAGENT_MODEL: "haiku" } },
      },
      HAIKU,
    ],
    [
      "an empty one removes it",
      {},
      {
        model: "sonnet",
        env: { CLAUDE_CODE_SUBAGENT_MODEL: "haiku" },
        user: { env: { CLAUDE_CODE_SUBAGENT_MODEL: "" } },
      },
      SONNET,
    ],
    [
      "local over project over user",
      {},
      {
        user: { env: { CLAUDE_CODE_SUBAGENT_MODEL: "haiku" } },
        project: { env: { CLAUDE_CODE_SUBAGENT_MODEL: "opus" } },
        local: { env: { CLAUDE_CODE_SUBAGENT_MODEL: "fable" } },
      },
      FABLE,
    ],
    [
      "availableModels gives the newest of the family",
      { model: "opus" },
      { model: "sonnet", user: { availableModels: ["sonnet", "claude-opus-4-6"] } },
      "claude-opus-4-6 high",
    ],
    [
      "for opus[1m] too",
      { model: "opus[1m]" },
      { model: "sonnet", user: { availableModels: ["sonnet", "claude-opus-4-6"] } },
      "claude-opus-4-6 high",
    ],
    [
      "for the call as well",
      {},
      { model: "sonnet", user: { availableModels: ["sonnet", "claude-opus-4-6"] } },
      "claude-opus-4-6 high",
      { model: "opus" },
    ],
    [
      "an exact id that is not allowed: the parent's",
      { model: "claude-opus-5-5" },
      { model: "sonnet", user: { availableModels: ["sonnet", "claude-opus-4-6"] } },
      SONNET,
    ],
    [
      "a family that is not allowed: the parent's",
      { model: "haiku" },
      { model: "sonnet", user: { availableModels: ["sonnet", "claude-opus-4-6"] } },
      SONNET,
    ],
    [
      "an alias of the parent's family, whatever the list says: the parent's",
      { model: "opus" },
      { model: "gpt-5", user: { availableModels: ["fable", "claude-opus-4-7"] } },
      OPUS,
    ],
    [
      "what is not allowed gives way to the newest that is of the variable's family",
      { model: "claude-opus-4-7" },
      {
        model: "opus",
        env: { CLAUDE_CODE_SUBAGENT_MODEL: "haiku" },
        user: { availableModels: ["claude-opus-5-5", "claude-haiku-4-5"] },
      },
      "claude-haiku-4-5-20251001 -",
    ],
    [
      "a list allows what begins with its entries",
      { model: "opus" },
      { model: "sonnet", project: { availableModels: ["sonnet", "claude-opus-5"] } },
      OPUS,
    ],
    [
      "the lists of two files add up",
      { model: "opus" },
      {
        model: "sonnet",
        project: { availableModels: ["haiku", "sonnet"] },
        user: { availableModels: ["opus"] },
      },
      OPUS,
    ],
    [
      "modelOverrides",
      { model: "opus" },
      { model: "sonnet", user: { modelOverrides: { "claude-opus-5-5": "claude-opus-4-6" } } },
      "claude-opus-4-6 medium",
    ],
  ])("%s", (_title, front, situation, expected, call) =>
    expect(agentOnWire(front, situation, call)).toBe(expected),
  );
});

describe("effort", () => {
  const max = { model: "sonnet", effort: "max" };
  it.each<[string, Front, Situation, string, AgentCall?]>([
    ["--effort reaches an agent on the parent's model", {}, max, "claude-sonnet-5-5 max"],
    ["by an alias as well", { model: "sonnet" }, max, "claude-sonnet-5-5 max"],
    ["and no other", { model: "opus" }, max, OPUS],
    ["front matter beats it", { effort: "low" }, max, "claude-sonnet-5-5 low"],
    ["in any case", { effort: "HIGH" }, max, "claude-sonnet-5-5 high"],
    ["a word that is none says nothing", { effort: "banana" }, max, "claude-sonnet-5-5 max"],
    [
      "the call beats front matter",
      { model: "sonnet", effort: "max" },
      max,
      "claude-sonnet-5-5 low",
      { effort: "low" },
    ],
    ["a whole number sends none", { model: "opus", effort: "30" }, max, "claude-opus-5-5 -"],
    [
      "CLAUDE_CODE_EFFORT_LEVEL beats everything",
      { effort: "max" },
      { ...max, env: { CLAUDE_CODE_EFFORT_LEVEL: "low" } },
      "claude-sonnet-5-5 low",
      { effort: "high" },
    ],
    [
      "a number too",
      { model: "opus", effort: "30" },
      { ...max, env: { CLAUDE_CODE_EFFORT_LEVEL: "low" } },
      "claude-opus-5-5 low",
    ],
    [
      "auto there sends none",
      { effort: "max" },
      { ...max, env: { CLAUDE_CODE_EFFORT_LEVEL: "auto" } },
      "claude-sonnet-5-5 -",
    ],
    [
      "no level there says nothing",
      { model: "haiku", effort: "max" },
      { ...max, env: { CLAUDE_CODE_EFFORT_LEVEL: "banana" } },
      "claude-haiku-5-5 max",
    ],
    [
      "CLAUDE_CODE_SUBAGENT_EFFORT beats the session's",
      {},
      { ...max, env: { CLAUDE_CODE_SUBAGENT_EFFORT: "low" } },
      "claude-sonnet-5-5 low",
    ],
    [
      "and not front matter",
      { model: "haiku", effort: "max" },
      { ...max, env: { CLAUDE_CODE_SUBAGENT_EFFORT: "low" } },
      "claude-haiku-5-5 max",
    ],
    [
      "nor the call",
      { model: "sonnet" },
      { ...max, env: { CLAUDE_CODE_SUBAGENT_EFFORT: "low" } },
      "claude-sonnet-5-5 high",
      { effort: "high" },
    ],
    [
      "it reaches Explore",
      "Explore",
      { ...max, env: { CLAUDE_CODE_SUBAGENT_EFFORT: "low" } },
      "claude-sonnet-5-5 low",
    ],
    [
      "it does not reach a teammate, which has its agent's model and effort, or the session's",
      {},
      { ...max, env: { CLAUDE_CODE_SUBAGENT_EFFORT: "low" } },
      "claude-sonnet-5-5 max",
      { teammate: true },
    ],
    [
      "nor one whose agent has a model",
      { model: "haiku" },
      { ...max, env: { CLAUDE_CODE_SUBAGENT_EFFORT: "low" } },
      "claude-haiku-5-5 medium",
      { teammate: true },
    ],
    [
      "the call's effort and front matter do reach teammates",
      { effort: "low" },
      { ...max, env: { CLAUDE_CODE_SUBAGENT_EFFORT: "max" } },
      "claude-sonnet-5-5 low",
      { teammate: true },
    ],
    [
      "2.1.314 does not know it",
      {},
      { ...max, version: "2.1.314", env: { CLAUDE_CODE_SUBAGENT_EFFORT: "low" } },
      "claude-sonnet-5-5 max",
    ],
    [
      "xhigh is high on Sonnet 4.6",
      { model: "claude-sonnet-4-6", effort: "xhigh" },
      {},
      "claude-sonnet-4-6 high",
    ],
    ["max is max on Opus 4.6", { model: "claude-opus-4-6", effort: "max" }, {}, "claude-opus-4-6 max"],
    ["max is high on Opus 4.5", { model: "claude-opus-4-5", effort: "max" }, {}, "claude-opus-4-5 high"],
    ["none on Haiku 4.5", { model: "claude-haiku-4-5", effort: "low" }, {}, "claude-haiku-4-5 -"],
    ["every level on an unknown model", { model: "gpt-5", effort: "xhigh" }, {}, "gpt-5 xhigh"],
    [
      "modelSettings of the model",
      { model: "haiku" },
      { model: "sonnet", user: { modelSettings: { "claude-haiku-5-5": { effortLevel: "low" } } } },
      "claude-haiku-5-5 low",
    ],
    [
      "modelSettings by another spelling",
      { model: "haiku" },
      { model: "sonnet", user: { modelSettings: { "claude-haiku-5-5[1m]": { effortLevel: "low" } } } },
      "claude-haiku-5-5 low",
    ],
    [
      "the user's effortLevel reaches the older models",
      { model: "claude-sonnet-4-6" },
      { model: "sonnet", user: { effortLevel: "low" } },
      "claude-sonnet-4-6 low",
    ],
    ["and not the newest", { model: "opus" }, { model: "sonnet", user: { effortLevel: "low" } }, OPUS],
    [
      "the project's reaches all",
      { model: "opus" },
      { model: "sonnet", project: { effortLevel: "low" } },
      "claude-opus-5-5 low",
    ],
    [
      "maxEffortLevel holds front matter down",
      { model: "haiku", effort: "max" },
      { user: { maxEffortLevel: "medium" } },
      HAIKU,
    ],
    [
      "and the variable",
      { effort: "low" },
      { ...max, user: { maxEffortLevel: "low" }, env: { CLAUDE_CODE_EFFORT_LEVEL: "max" } },
      "claude-sonnet-5-5 low",
    ],
  ])("of an agent: %s", (_title, front, situation, expected, call) =>
    expect(agentOnWire(front, situation, call)).toBe(expected),
  );

  const S = "claude-sonnet-5-5";
  const O = "claude-opus-4-7";
  it.each<[string, Situation, string]>([
    ["the user's effortLevel on Opus 4.7", { model: O, user: { effortLevel: "low" } }, `${O} low`],
    ["max is no setting", { model: O, user: { effortLevel: "max" } }, `${O} xhigh`],
    [
      "modelSettings before effortLevel",
      { model: O, user: { effortLevel: "low", modelSettings: { [O]: { effortLevel: "medium" } } } },
      `${O} medium`,
    ],
    [
      "a stronger file before both",
      {
        model: O,
        project: { effortLevel: "low" },
        user: { modelSettings: { [O]: { effortLevel: "medium" } } },
      },
      `${O} low`,
    ],
    [
      "also on the newest models",
      {
        model: "sonnet",
        project: { effortLevel: "low" },
        user: { modelSettings: { [S]: { effortLevel: "high" } } },
      },
      `${S} low`,
    ],
    [
      "modelSettings of the project before the user's effortLevel",
      {
        model: "sonnet",
        user: { effortLevel: "low" },
        project: { modelSettings: { [S]: { effortLevel: "high" } } },
      },
      `${S} high`,
    ],
    [
      "by an alias as the key",
      { model: "sonnet", user: { modelSettings: { sonnet: { effortLevel: "low" } } } },
      `${S} low`,
    ],
    [
      "max in modelSettings says nothing",
      {
        model: "claude-sonnet-4-6",
        user: { modelSettings: { "claude-sonnet-4-6": { effortLevel: "low" } } },
        project: { modelSettings: { "claude-sonnet-4-6": { effortLevel: "max" } } },
      },
      "claude-sonnet-4-6 low",
    ],
    [
      "--effort before modelSettings",
      { model: "sonnet", effort: "max", user: { modelSettings: { [S]: { effortLevel: "low" } } } },
      `${S} max`,
    ],
    [
      "the lowest cap of all files",
      {
        model: O,
        project: { maxEffortLevel: "high" },
        user: { maxEffortLevel: "low" },
        local: { modelSettings: { [O]: { maxEffortLevel: "max" } } },
      },
      `${O} low`,
    ],
    [
      "in one file the model's own cap",
      { model: O, project: { maxEffortLevel: "low", modelSettings: { [O]: { maxEffortLevel: "high" } } } },
      `${O} high`,
    ],
    [
      "a cap that the model does not know",
      { model: "claude-sonnet-4-6", effort: "max", project: { maxEffortLevel: "xhigh" } },
      "claude-sonnet-4-6 high",
    ],
  ])("of the main thread: %s", (_title, situation, expected) => expect(mainOnWire(situation)).toBe(expected));
});

describe("fallbacks", () => {
  it.each<[string, Situation, string[]]>([
    [
      "at most three, each once",
      {
        model: "opus",
        user: {
          fallbackModel: ["sonnet", "Sonnet", "claude-sonnet-5-5", "haiku", "fable", "claude-opus-4-6"],
        },
      },
      ["claude-sonnet-5-5", "claude-haiku-5-5", "claude-fable-5-2"],
    ],
    [
      "default is Opus",
      { model: "sonnet", user: { fallbackModel: ["default", "haiku"] } },
      ["claude-opus-5-5", "claude-haiku-5-5"],
    ],
    [
      "not the model itself",
      { model: "opus", user: { fallbackModel: ["opus", "haiku"] } },
      ["claude-haiku-5-5"],
    ],
    [
      "the strongest file's list alone",
      { model: "opus", user: { fallbackModel: ["fable", "haiku"] }, project: { fallbackModel: ["sonnet"] } },
      ["claude-sonnet-5-5"],
    ],
    [
      "an empty list is a list",
      { model: "opus", user: { fallbackModel: ["sonnet"] }, project: { fallbackModel: [] } },
      [],
    ],
    [
      "opusplan is Sonnet, what is unknown is tried",
      { model: "opus", user: { fallbackModel: ["opusplan", "best", "inherit", "sonnet[1m]"] } },
      ["claude-sonnet-5-5", "inherit"],
    ],
  ])("%s", (_title, situation, expected) => expect(fallbacksOf(situation)).toEqual(expected));
});

describe("what a random search against the real client found", () => {
  it.each<[string, Front, Situation, string]>([
    [
      "a number in CLAUDE_CODE_EFFORT_LEVEL sends no effort",
      { effort: "low" },
      { env: { CLAUDE_CODE_EFFORT_LEVEL: "3" } },
      "claude-opus-5-5 -",
    ],
    [
      "and under a cap the cap",
      { effort: "low" },
      { user: { maxEffortLevel: "medium" }, env: { CLAUDE_CODE_EFFORT_LEVEL: "3" } },
      OPUS,
    ],
    [
      "so does auto",
      {},
      { model: "sonnet", user: { maxEffortLevel: "low" }, env: { CLAUDE_CODE_EFFORT_LEVEL: "auto" } },
      "claude-sonnet-5-5 low",
    ],
    [
      "and a number in front matter",
      { model: "sonnet", effort: "300" },
      { user: { maxEffortLevel: "medium" } },
      SONNET,
    ],
    [
      "a number in CLAUDE_CODE_SUBAGENT_EFFORT says nothing",
      {},
      { model: "sonnet", env: { CLAUDE_CODE_SUBAGENT_EFFORT: "3" } },
      SONNET,
    ],
    [
      "auto there says nothing either",
      {},
      { model: "sonnet", env: { CLAUDE_CODE_SUBAGENT_EFFORT: "auto" } },
      SONNET,
    ],
    [
      "an id that overrides another model counts as that one",
      { model: "claude-opus-5-5", effort: "low" },
      { model: "sonnet", user: { modelOverrides: { "claude-sonnet-4-5": "claude-opus-5-5" } } },
      "claude-opus-5-5 -",
    ],
    [
      "a family and a model of it in the list: that model alone",
      { model: "opus" },
      { model: "sonnet", user: { availableModels: ["sonnet", "opus", "claude-opus-4-6"] } },
      "claude-opus-4-6 high",
    ],
    [
      "another of the family is not allowed then",
      { model: "claude-opus-5" },
      { model: "sonnet", user: { availableModels: ["sonnet", "opus", "claude-opus-4-6"] } },
      SONNET,
    ],
    [
      "modelOverrides of an exact id",
      { model: "claude-opus-4-5-20251101" },
      { model: "sonnet", user: { modelOverrides: { "claude-opus-4-5-20251101": "claude-opus-5" } } },
      "claude-opus-5 high",
    ],
    [
      "before 2.1.200 of aliases only",
      { model: "claude-opus-4-6" },
      { version: "2.1.100", user: { modelOverrides: { "claude-opus-4-6": "my-opus" } } },
      "claude-opus-4-6 -",
    ],
    [
      "which then have the efforts of an unknown id, none in 2.1.100",
      { model: "opus", effort: "low" },
      { version: "2.1.100", user: { modelOverrides: { "claude-opus-4-6": "my-opus" } } },
      "my-opus -",
    ],
    [
      "and any in 2.1.178",
      { model: "opus", effort: "low" },
      { version: "2.1.178", user: { modelOverrides: { "claude-opus-4-8": "my-opus" } } },
      "my-opus low",
    ],
    [
      "an id for two models has the efforts of the first",
      { model: "opus" },
      { user: { modelOverrides: { "claude-opus-4-6": "my-opus", "claude-opus-5-5": "my-opus" } } },
      "my-opus high",
    ],
    [
      "an unknown Opus has no effort before 2.1.128",
      { model: "claude-opus-7", effort: "low" },
      { version: "2.1.111" },
      "claude-opus-7 -",
    ],
    [
      "and one in 2.1.128",
      { model: "claude-opus-7", effort: "low" },
      { version: "2.1.128" },
      "claude-opus-7 low",
    ],
    [
      "not of another spelling",
      { model: "claude-opus-4-5" },
      { model: "sonnet", user: { modelOverrides: { "claude-opus-4-5": "claude-opus-4-6" } } },
      "claude-opus-4-5 high",
    ],
  ])("%s", (_title, front, situation, expected) => expect(agentOnWire(front, situation)).toBe(expected));

  it.each<[string, Situation, string]>([
    [
      "another of the family is available: that one",
      { model: "opus", project: { availableModels: ["claude-opus-4-6"] } },
      "claude-opus-4-6 high",
    ],
    [
      "opusplan without Opus plans on Sonnet",
      { model: "opusplan", mode: "plan", user: { availableModels: ["sonnet"] } },
      SONNET,
    ],
    [
      "opusplan without Sonnet is the default",
      { model: "opusplan", user: { availableModels: ["opus"] } },
      OPUS,
    ],
    [
      "haiku without Sonnet plans on Haiku",
      { model: "haiku", mode: "plan", user: { availableModels: ["haiku"] } },
      HAIKU,
    ],
    [
      "opusplan can be allowed by its name",
      { model: "opusplan", mode: "plan", user: { availableModels: ["opusplan"] } },
      SONNET,
    ],
    [
      "settings of an older Opus are not the current one's",
      { model: "opus", project: { modelSettings: { "claude-opus-4-1": { effortLevel: "low" } } } },
      OPUS,
    ],
  ])("%s", (_title, situation, expected) => expect(mainOnWire(situation)).toBe(expected));
});

describe("what a second random search found", () => {
  it.each<[string, Situation, string]>([
    [
      "a planning session has the effort of the model that it works on",
      {
        model: "opusplan",
        mode: "plan",
        project: {
          modelSettings: {
            "claude-sonnet-5-5": { effortLevel: "high" },
            "claude-opus-5-5": { effortLevel: "low" },
          },
        },
      },
      "claude-opus-5-5 high",
    ],
    [
      "so on haiku",
      {
        model: "haiku",
        mode: "plan",
        project: {
          modelSettings: {
            "claude-haiku-5-5": { effortLevel: "low" },
            "claude-sonnet-5-5": { effortLevel: "high" },
          },
        },
      },
      "claude-sonnet-5-5 low",
    ],
    [
      "and the cap of the model that it plans on",
      {
        model: "opusplan",
        mode: "plan",
        effort: "max",
        project: {
          modelSettings: {
            "claude-sonnet-5-5": { maxEffortLevel: "low" },
            "claude-opus-5-5": { maxEffortLevel: "xhigh" },
          },
        },
      },
      "claude-opus-5-5 xhigh",
    ],
  ])("%s", (_title, situation, expected) => expect(mainOnWire(situation)).toBe(expected));

  it.each<[string, Front, Situation, string]>([
    [
      "an agent of a planning session has its own model's",
      {},
      {
        model: "opusplan",
        mode: "plan",
        project: {
          modelSettings: {
            "claude-sonnet-5-5": { effortLevel: "high" },
            "claude-opus-5-5": { effortLevel: "low" },
          },
        },
      },
      "claude-opus-5-5 low",
    ],
    [
      "a number under a cap past high is high",
      { model: "best", effort: "3" },
      { model: "sonnet", user: { maxEffortLevel: "xhigh" } },
      "claude-opus-5-5 high",
    ],
    [
      "a cap at max is none",
      { model: "opus", effort: "3" },
      { user: { maxEffortLevel: "max" } },
      "claude-opus-5-5 -",
    ],
    [
      "where front matter's model is not available: the default of agents",
      { model: "fable" },
      {
        model: "haiku",
        env: { CLAUDE_CODE_SUBAGENT_MODEL: "opus" },
        project: { availableModels: ["opus", "haiku"] },
      },
      OPUS,
    ],
    [
      "a retired model is not the newest",
      { model: "opus" },
      { model: "sonnet", user: { availableModels: ["sonnet", "claude-opus-4-1"] } },
      SONNET,
    ],
    [
      "a dot in the version does not hide what the model knows",
      { model: "claude-sonnet-4.6", effort: "xhigh" },
      {},
      "claude-sonnet-4.6 high",
    ],
  ])("%s", (_title, front, situation, expected) => expect(agentOnWire(front, situation)).toBe(expected));
});

it("the family that an alias is compared with is that of the model which the session works on", () => {
  const env = { ANTHROPIC_DEFAULT_SONNET_MODEL: "claude-opus-4-7" };
  expect(agentOnWire({ model: "opus" }, { model: "opusplan", mode: "plan", env })).toBe(PARENT);
});

describe("what a third random search found", () => {
  it.each<[string, Front, Situation, string]>([
    [
      "the newest of a family is the newest by its day",
      { model: "sonnet" },
      {
        model: "opus",
        env: { ANTHROPIC_DEFAULT_SONNET_MODEL: "claude-opus-4-6" },
        project: { availableModels: ["haiku", "sonnet"] },
      },
      SONNET,
    ],
    [
      "of two settings for one model the one that says something",
      { model: "claude-opus-4-5" },
      {
        local: {
          modelSettings: {
            "claude-opus-4-5-20251101": { effortLevel: "ultracode" },
            "claude-opus-4-5": { effortLevel: "low" },
          },
        },
      },
      "claude-opus-4-5 low",
    ],
  ])("%s", (_title, front, situation, expected) => expect(agentOnWire(front, situation)).toBe(expected));

  it("an alias in the list allows nothing beside an entry for one model", () => {
    const project = { availableModels: ["opus", "claude-opus-4-5-20251101"] };
    expect(mainOnWire({ env: { ANTHROPIC_MODEL: "opus" }, project })).toBe("claude-opus-4-5-20251101 high");
  });
});

it("an alias is held to what is available, whether or not the session's model is", () => {
  const project = { availableModels: ["opus", "claude-fable-5-1"] };
  const env = { ANTHROPIC_DEFAULT_OPUS_MODEL: "claude-sonnet-5" };
  expect(agentOnWire({ model: "opus" }, { env, project })).toBe(OPUS);
});

describe("older versions", () => {
  const env = { CLAUDE_CODE_SUBAGENT_MODEL: "haiku" };
  const inherit = { CLAUDE_CODE_SUBAGENT_MODEL: "inherit" };
  const force = { CLAUDE_CODE_SUBAGENT_MODEL_FORCE: "1" };
  const H45 = "claude-haiku-4-5-20251001 -";
  it.each<[string, Front, Situation, string, AgentCall?]>([
    ["2.1.250: front matter", { model: "sonnet" }, at("2.1.250"), "claude-sonnet-5 high"],
    ["2.1.250: the call", { model: "sonnet" }, at("2.1.250"), H45, { model: "haiku" }],
    ["2.1.250: the variable beats front matter", { model: "opus" }, at("2.1.250", env), H45],
    ["2.1.250: the variable beats inherit", { model: "inherit" }, at("2.1.250", env), H45],
    ["2.1.250: the variable beats the call", { model: "sonnet" }, at("2.1.250", env), H45, { model: "opus" }],
    ["2.1.250: the variable reaches Explore", "Explore", at("2.1.250", env), H45],
    ["2.1.250: inherit says nothing", { model: "haiku" }, at("2.1.250", inherit), H45],
    ["2.1.250: Explore inherits", "Explore", at("2.1.250"), "claude-opus-5 high"],
    [
      "2.1.250: the parent's own family",
      { model: "opus" },
      { version: "2.1.250", model: "claude-opus-4-7" },
      PARENT,
    ],
    ["2.1.250: there is no FORCE", { model: "haiku" }, at("2.1.250", force), H45],
    ["2.1.195: front matter", { model: "sonnet" }, at("2.1.195"), "claude-sonnet-4-6 high"],
    ["2.1.195: Explore is on Haiku", "Explore", at("2.1.195"), H45],
    ["2.1.195: Plan inherits", "Plan", at("2.1.195"), "claude-opus-4-8 high"],
    ["2.1.195: the variable beats the call", { model: "sonnet" }, at("2.1.195", env), H45, { model: "opus" }],
    [
      "2.1.195: inherit puts all on the parent",
      { model: "haiku" },
      at("2.1.195", inherit),
      "claude-opus-4-8 high",
    ],
    [
      "2.1.195: the call too",
      { model: "sonnet" },
      at("2.1.195", inherit),
      "claude-opus-4-8 high",
      { model: "haiku" },
    ],
    ["2.1.195: Explore too", "Explore", at("2.1.195", inherit), "claude-opus-4-8 high"],
  ])("%s", (_title, front, situation, expected, call) =>
    expect(agentOnWire(front, situation, call)).toBe(expected),
  );
});
