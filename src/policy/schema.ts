import { EFFORTS, FAMILIES } from "../domain/model.ts";
import { PRESETS } from "../domain/policy.ts";

/** The part of JSON Schema that describes policies and that `validate` supports. */
export interface Schema {
  description?: string;
  type?: "object" | "array" | "string" | "number" | "integer" | "boolean";
  enum?: readonly (string | number)[];
  anyOf?: readonly Schema[];
  pattern?: string;
  /** Values that fit, for messages; a pattern is not for people. */
  examples?: readonly string[];
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Readonly<Record<string, Schema>>;
  propertyNames?: { pattern: string; description: string };
  additionalProperties?: Schema | false;
}

const object = (properties: Record<string, Schema>, description?: string): Schema => ({
  ...(description && { description }),
  type: "object",
  properties,
  additionalProperties: false,
});
const mapOf = (names: NonNullable<Schema["propertyNames"]>, values: Schema, description: string): Schema => ({
  description,
  type: "object",
  propertyNames: names,
  additionalProperties: values,
});
const oneOf = (words: readonly string[], description: string): Schema => ({ description, enum: words });
const text = (description: string, maxLength = 1000): Schema => ({
  description,
  type: "string",
  minLength: 1,
  maxLength,
});
const listOf = (items: Schema, description: string, maxItems = 200): Schema => ({
  description,
  type: "array",
  items,
  maxItems,
});

const MODEL =
  "An alias (haiku, sonnet, opus, fable), an exact model id, or inherit for the model of the session.";
const model = text(MODEL, 200);
const tier = oneOf(FAMILIES, "Pins the tier; the catalogue defines its current model.");
const effort = oneOf(EFFORTS, "The effort of the model; not every model has every level.");
const settingEffort = oneOf(
  EFFORTS.filter((level) => level !== "max"),
  "Claude Code's settings accept every level except max.",
);
const agentName: Schema = { type: "string", pattern: "^[^-:/\\\\\\s][^:/\\\\\\n]{0,99}$" };
const ROLE_NAME = {
  pattern: "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
  description: "lower-case words joined by hyphens",
};

const escalation = object(
  {
    afterFailures: {
      description: "Failures of one task on one tier before it moves up.",
      type: "integer",
      minimum: 1,
      maximum: 10,
    },
    upTo: oneOf(FAMILIES, "The highest tier that work moves up to."),
    handToPerson: {
      description: "Whether a failure at the top is handed to a person.",
      type: "boolean",
    },
    redFlags: {
      description: "Whether an answer that asks for more information counts as a failed check.",
      type: "boolean",
    },
  },
  "When work moves to a higher tier, and when to a person.",
);

const hooks = object(
  {
    escalate: oneOf(
      ["perform", "suggest", "off"],
      "After failed verifications: route the next agent call one tier up, only say so, or neither.",
    ),
    modelSwitch: oneOf(
      ["tell", "ask", "off"],
      "Before a model switch: say what it costs, ask as well, or neither.",
    ),
    unknownAgents: oneOf(
      ["leave", "route"],
      "Agents without a role and a model: leave them, or route them by the words of their prompt.",
    ),
    promptTier: oneOf(
      ["off", "tell"],
      "A prompt that looks like work for another tier than the session's: nothing, or say so.",
    ),
  },
  "What the hooks in Claude Code do; rolecall init --hooks installs them.",
);

const needs = object(
  {
    reasoning: oneOf(["mechanical", "generative", "deep"], "How difficult the reasoning is."),
    files: oneOf(["one", "few", "many"], "How much of the code must be kept in mind at once."),
    contextTokens: {
      description: "The largest context of the work, in tokens.",
      type: "integer",
      minimum: 1,
    },
    toolUse: oneOf(["simple", "long"], "Few simple calls, or long chains that build on one another."),
    speed: oneOf(["normal", "fast"], "fast trades depth for a shorter wait."),
    errorCost: oneOf(["low", "normal", "high"], "The cost of a wrong answer; moves the tier down or up."),
  },
  "Requirements of the role. Complexity chooses the tier, and the cost of errors changes it.",
);

const role = object({
  enabled: { description: "false removes the role: it gets no agent.", type: "boolean" },
  purpose: text("The work of the role in a sentence or two; the description of its agent."),
  needs,
  tier,
  model,
  effort,
  tools: {
    description: "The tools that its agent may use, or all.",
    anyOf: [{ enum: ["all"] }, listOf(text("A tool of Claude Code.", 200), "Tools")],
  },
  maxTurns: {
    description: "API round trips after which the agent stops and asks its caller whether to go on.",
    type: "integer",
    minimum: 1,
  },
  isolation: oneOf(["worktree"], "Each run works in a git worktree of its own."),
  omitClaudeMd: { description: "true: the agent works without CLAUDE.md.", type: "boolean" },
  agents: listOf(agentName, "More agents that do this role's work, by name."),
  shadows: listOf(agentName, "Agents built into Claude Code that the role replaces, such as Explore."),
  why: text("Why the role has its model."),
  evidence: text("The evidence for the model."),
  escalation,
});

const lifetime = (whose: string): Schema =>
  oneOf(["auto", "5m", "1h"], `How long the prompt cache of ${whose} lives; auto leaves it to Claude Code.`);

const main = object(
  {
    model: text("opusplan (Opus plans, Sonnet works), an alias or an exact model id.", 200),
    fallbackModel: listOf(
      text("An alias or an exact model id.", 200),
      "Models to try, in order, when the first is not available.",
      3,
    ),
    effort: settingEffort,
    subagentModel: text(`The model of agents without one. ${MODEL}`, 200),
    modelSettings: mapOf(
      { pattern: "^claude-[a-z0-9-]+$", description: "an exact model id" },
      object({
        effortLevel: settingEffort,
        maxEffortLevel: effort,
        autoCompactWindow: { anyOf: [{ enum: ["auto"] }, { type: "integer", minimum: 100_000 }] },
      }),
      "Settings per exact model id.",
    ),
    env: mapOf(
      { pattern: "^[A-Za-z_][A-Za-z0-9_]*$", description: "the name of a variable" },
      { type: "string", maxLength: 4000 },
      "Environment variables of the session.",
    ),
    cache: object({ main: lifetime("the session"), agents: lifetime("agents") }),
  },
  "The session itself, which has no role.",
);

/** Schema of rolecall.yaml; schema/rolecall.schema.json is generated from it. */
export const POLICY_SCHEMA: Schema = {
  ...object({
    version: { description: "The version of this format.", enum: [1] },
    preset: oneOf(PRESETS, "The rules to start from."),
    tolerance: {
      description: "Percentage points of success that a cheaper assignment may lose.",
      type: "number",
      minimum: 0,
      maximum: 100,
    },
    verify: {
      ...text("The command that shows that the project still works: its tests, or all its checks.", 200),
      pattern: "^[^\\n`]+$",
    },
    generate: {
      description:
        "The built-in roles that get an agent file of rolecall's own. Your own roles always get one, except with none.",
      anyOf: [{ enum: ["all", "none"] }, listOf({ type: "string", pattern: ROLE_NAME.pattern }, "Roles")],
    },
    main,
    escalation,
    hooks,
    tiers: object(
      Object.fromEntries(FAMILIES.map((family) => [family, text("An exact model id.", 200)])),
      "Exact ids of tiers that are not to mean their newest model.",
    ),
    roles: mapOf(ROLE_NAME, role, "The roles, by name: changes to the built-in ones, and your own."),
  }),
  description: "rolecall.yaml: which role runs on which model at which effort.",
};
