import { join } from "node:path";
import { readObject } from "./plugins.ts";
import type { Setup } from "./setup.ts";

/** Names of the tool that calls agents: matchers know both. */
const AGENT_TOOL = ["Agent", "Task"];

/**
 * Returns the files whose PreToolUse hooks see Agent calls, and so can change their model and effort. Leaves out hooks whose commands are
 * all `known`.
 */
export function hooksOnAgents({ layers, plugins }: Setup, known: (command: string) => boolean): string[] {
  const disabling = layers.find(({ settings }) => settings.disableAllHooks !== undefined);
  if (disabling?.settings.disableAllHooks === true && disabling.level === "managed") return [];
  const isOff =
    disabling?.settings.disableAllHooks === true ||
    layers.some(({ level, settings }) => level === "managed" && settings.allowManagedHooksOnly);
  // An administrator's hooks run all the same.
  const counting = isOff ? layers.filter(({ level }) => level === "managed") : layers;
  const inSettings = counting.filter(({ settings }) => settings.preToolUse?.some(isForeign(known)));
  const inPlugins = isOff
    ? []
    : plugins.map(({ root }) => join(root, "hooks/hooks.json")).filter((path) => hasHook(path, known));
  return [...inSettings.map(({ path }) => path), ...inPlugins];
}

/** Returns whether a PreToolUse hook with a known command sees Agent calls. */
export function hasKnownHook({ layers }: Setup, known: (command: string) => boolean): boolean {
  const disabling = layers.find(({ settings }) => settings.disableAllHooks !== undefined);
  if (disabling?.settings.disableAllHooks === true) return false;
  return layers.some(({ settings }) =>
    settings.preToolUse?.some((entry) => seesAgents(entry) && commandsOf(entry).some(known)),
  );
}

function isForeign(known: (command: string) => boolean): (entry: unknown) => boolean {
  return (entry) => {
    const hooks = changingHooks(entry);
    return seesAgents(entry) && hooks.some(({ command }) => typeof command !== "string" || !known(command));
  };
}

function commandsOf(entry: unknown): string[] {
  return changingHooks(entry).flatMap(({ command }) => (typeof command === "string" ? [command] : []));
}

/** The parts of a hook that decide whether it can change a call. */
interface Hook {
  type?: unknown;
  command?: unknown;
  if?: unknown;
  async?: unknown;
}

/** Returns the hooks of an entry that can change Agent calls: those of a type that Claude Code knows and waits for, if no `if` keeps them out. */
function changingHooks(entry: unknown): Hook[] {
  const { hooks } = (entry ?? {}) as { hooks?: unknown };
  if (!Array.isArray(hooks)) return [];
  return hooks.filter((hook: Hook | null): hook is Hook => {
    const { type, command, if: condition = "", async } = hook ?? {};
    const runs = type === "command" ? typeof command === "string" && command !== "" : OTHER_TYPES.has(type);
    return runs && async !== true && typeof condition === "string" && ON_AGENTS.test(condition);
  });
}

/** Types of hooks without a command that can change calls. */
const OTHER_TYPES: ReadonlySet<unknown> = new Set(["http", "mcp_tool"]);

/** Matches the conditions that let Agent calls through: none, or the tool without anything more exact. */
const ON_AGENTS = /^(?:(?:Agent|Task)(?:\(\*?\))?)?$/;

function hasHook(path: string, known: (command: string) => boolean): boolean {
  const { hooks } = readObject(path) as { hooks?: { PreToolUse?: unknown } | null };
  const before = hooks?.PreToolUse;
  return Array.isArray(before) && before.some(isForeign(known));
}

/** Returns whether a hook entry's matcher lets Agent calls through, as the real client was seen to match. */
function seesAgents(entry: unknown): boolean {
  const { matcher } = (entry ?? {}) as { matcher?: unknown };
  if (matcher === undefined || matcher === "" || matcher === "*") return true;
  if (typeof matcher !== "string") return false;
  if (/^[\w|, ]+$/.test(matcher))
    return matcher.split(/[|,]/).some((name) => AGENT_TOOL.includes(name.trim()));
  try {
    const pattern = new RegExp(matcher);
    return AGENT_TOOL.some((name) => pattern.test(name));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
