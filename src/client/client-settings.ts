import { parseJsonObject } from "../agents/edit-json.ts";
import { isObject } from "../domain/objects.ts";
import type { ClientSettings } from "./types.ts";
import type { Schema } from "../policy/schema.ts";
import { type Mismatch, validate } from "../policy/validate.ts";
import { isAtLeast, KNOWN_VERSION, SINCE } from "./version.ts";

/** Something in a settings file that Claude Code does not take as it stands. */
export interface SettingsFault extends Mismatch {
  /** Whether it makes Claude Code drop the whole file, or this key alone. */
  voids: boolean;
}

/** A settings file of Claude Code as it counts. */
export interface SettingsReading {
  /** Empty if the file is ignored. */
  settings: ClientSettings;
  faults: readonly SettingsFault[];
  /** Content of the file, counted or not; undefined if it is not a JSON object. */
  json: Readonly<Record<string, unknown>> | undefined;
}

const text: Schema = { type: "string" };
const flag: Schema = { type: "boolean" };
const list: Schema = { type: "array" };
const names: Schema = { type: "array", items: text };
const object: Schema = { type: "object" };

const hookEntry: Schema = {
  type: "object",
  properties: {
    matcher: text,
    hooks: { type: "array", items: { type: "object", properties: { type: text } } },
  },
};

/**
 * Keys whose wrong type makes Claude Code 2.1.329 drop the whole file, as seen by giving each to the real client. Null is a
 * wrong type for all of them.
 */
const VOIDING: Schema = {
  type: "object",
  properties: {
    model: text,
    agent: text,
    fallbackModel: names,
    availableModels: names,
    modelOverrides: { type: "object", additionalProperties: text },
    advisorModel: text,
    apiKeyHelper: text,
    outputStyle: text,
    language: text,
    env: object,
    permissions: {
      type: "object",
      properties: {
        allow: list,
        deny: list,
        ask: list,
        additionalDirectories: list,
        defaultMode: {
          enum: ["default", "manual", "acceptEdits", "auto", "dontAsk", "bypassPermissions", "plan"],
        },
      },
    },
    hooks: {
      anyOf: [
        text,
        flag,
        { type: "number" },
        { type: "object", additionalProperties: { type: "array", items: hookEntry } },
      ],
    },
    statusLine: { type: "object", properties: { type: { enum: ["command"] }, command: text } },
    cleanupPeriodDays: { type: "integer", minimum: 1 },
    enabledPlugins: object,
    sandbox: object,
    attribution: object,
    alwaysThinkingEnabled: flag,
    autoMemoryEnabled: flag,
    disableAllHooks: flag,
    enableAllProjectMcpServers: flag,
    fastMode: flag,
    includeCoAuthoredBy: flag,
    spinnerTipsEnabled: flag,
    switchModelsOnFlag: flag,
    useAutoModeDuringPlan: flag,
    verbose: flag,
  },
};

const level: Schema = { enum: ["low", "medium", "high", "xhigh"] };
const cap: Schema = { enum: ["low", "medium", "high", "xhigh", "max"] };
const lifetime: Schema = { enum: ["5m", "1h"] };
const window: Schema = { type: "integer", minimum: 100_000, maximum: 1_000_000 };

/** Keys that Claude Code ignores one by one where it does not understand them. */
const DROPPED: Schema = {
  type: "object",
  properties: {
    effortLevel: level,
    maxEffortLevel: cap,
    modelSettings: {
      type: "object",
      additionalProperties: {
        type: "object",
        properties: {
          effortLevel: level,
          maxEffortLevel: cap,
          autoCompactWindow: { anyOf: [{ enum: ["auto"] }, window] },
        },
      },
    },
    autoCompactWindow: window,
    promptCacheTtl: lifetime,
    subagentPromptCacheTtl: lifetime,
  },
};

/**
 * Reads the text of a settings.json as Claude Code does: one wrong type in the wrong place makes it ignore the whole file. Of an
 * administrator's file it ignores the key alone.
 */
export function parseClientSettings(
  source: string,
  version = KNOWN_VERSION,
  { managed = false } = {},
): SettingsReading {
  const json = parseObject(source);
  if (!json)
    return {
      settings: {},
      json,
      faults: [{ at: [], message: "not a JSON object (comments and trailing commas are none)", voids: true }],
    };
  const voiding = [...validate(json, VOIDING), ...unknownEvents(json, version)].map((fault) => ({
    ...fault,
    voids: !managed,
  }));
  const dropped = validate(json, DROPPED).map((fault) => ({ ...fault, voids: false }));
  const kept = managed ? withoutFaults(json, voiding) : voiding.length > 0 ? {} : json;
  return { settings: counted(kept), json, faults: [...voiding, ...dropped] };
}

/** Leaves out the invalid keys of an administrator's file. A list of models stays as strict as it can be read. */
function withoutFaults(
  json: Readonly<Record<string, unknown>>,
  faults: readonly Mismatch[],
): Record<string, unknown> {
  const kept = { ...json };
  for (const { at } of faults) {
    const [key = "", inner] = at;
    const group = kept[key];
    if (key === "availableModels")
      kept[key] = Array.isArray(json[key]) ? json[key].filter((name) => typeof name === "string") : [];
    else if (key === "permissions" && inner !== undefined && isObject(group))
      kept[key] = Object.fromEntries(Object.entries(group).filter(([name]) => name !== inner));
    else delete kept[key];
  }
  return kept;
}

/** Hook events that every known version knows. */
const OLD_EVENTS = (
  "PreToolUse PostToolUse PostToolUseFailure Notification UserPromptSubmit SessionStart SessionEnd Stop SubagentStart SubagentStop " +
  "PreCompact PermissionRequest"
).split(" ");

/** Returns whether a settings file may name a hook event: older versions drop the whole file because of one that they do not know. */
export function mayNameEvent(event: string, version: string): boolean {
  return OLD_EVENTS.includes(event) || isAtLeast(version, SINCE.unknownEventsAreSkipped);
}

/** Older versions drop the whole file because of a hook event that they do not know. */
function unknownEvents({ hooks }: Readonly<Record<string, unknown>>, version: string): Mismatch[] {
  if (!isObject(hooks)) return [];
  return Object.keys(hooks)
    .filter((event) => !mayNameEvent(event, version))
    .map((event) => ({
      at: ["hooks", event],
      message: `a hook event that Claude Code ${version} may not know`,
    }));
}

function parseObject(source: string): Readonly<Record<string, unknown>> | undefined {
  return source.replace(/^\uFEFF/, "").trim() === "" ? {} : parseJsonObject(source);
}

/** The keys that decide models and effort; what `VOIDING` names has its right type by now. */
function counted(json: Readonly<Record<string, unknown>>): ClientSettings {
  const { effortLevel, maxEffortLevel, modelSettings, env, permissions, ...rest } = json;
  const { model, agent, availableModels, fallbackModel, modelOverrides, ...plain } = rest as ClientSettings;
  const { enabledPlugins, disableAllHooks, allowManagedHooksOnly } = plain;
  const { defaultMode, deny } = (permissions ?? {}) as ClientSettings;
  const preToolUse = isObject(rest["hooks"]) ? rest["hooks"]["PreToolUse"] : undefined;
  return {
    ...(model !== undefined && { model }),
    ...(agent !== undefined && { agent }),
    ...(availableModels !== undefined && { availableModels }),
    ...(fallbackModel !== undefined && { fallbackModel }),
    ...(defaultMode !== undefined && { defaultMode }),
    ...(modelOverrides !== undefined && { modelOverrides }),
    ...(typeof effortLevel === "string" && { effortLevel }),
    ...(typeof maxEffortLevel === "string" && { maxEffortLevel }),
    ...(isObject(modelSettings) && {
      modelSettings: modelSettings as ClientSettings["modelSettings"] & object,
    }),
    ...(isObject(env) && { env: variables(env) }),
    ...(enabledPlugins !== undefined && { enabledPlugins }),
    ...(disableAllHooks !== undefined && { disableAllHooks }),
    ...(allowManagedHooksOnly === true && { allowManagedHooksOnly }),
    ...(Array.isArray(preToolUse) && { preToolUse: preToolUse as unknown[] }),
    ...(deny && { deny: deny.filter((rule) => typeof rule === "string") }),
  };
}

/** Numbers and switches in `env` count as their text, anything else not at all. */
function variables(env: Record<string, unknown>): Record<string, string> {
  const entries = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? [[name, String(value)]]
      : [],
  );
  return Object.fromEntries(entries);
}

/** The 1-based line of a key in JSON text, or of the last part of it that can be found. */
export function lineOfKey(source: string, key: readonly string[]): number | undefined {
  let from = 0;
  for (const part of key) {
    const at = source.slice(from).search(new RegExp(`${escape(JSON.stringify(part))}\\s*:`));
    if (at < 0) break;
    from += at + 1;
  }
  return from === 0 ? undefined : source.slice(0, from).split("\n").length;
}

function escape(literal: string): string {
  return literal.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
