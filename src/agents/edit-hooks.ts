import { isObject } from "../domain/objects.ts";
import { editJson, type Json, jsonAt, parseJsonObject } from "./edit-json.ts";
import { appendItem, removeItem } from "./edit-json-list.ts";

/** One hook that rolecall wants in a settings file. */
export interface HookEntry {
  event: string;
  /** Tools whose calls it sees; undefined for all. */
  matcher: string | undefined;
  command: string;
}

/** Seconds after which Claude Code goes on without an answer. */
const TIMEOUT_SECONDS = 5;

/** Sets the hooks in the text of a settings file; undefined if they cannot be added safely. An event that has one already keeps it. */
export function withHooks(text: string, entries: readonly HookEntry[]): string | undefined {
  return entries.reduce<string | undefined>((at, entry) => {
    if (at === undefined || commandsIn(at, entry.event).some((command) => isHook(command, entry.event)))
      return at;
    return appendItem(at, ["hooks", entry.event], itemOf(entry));
  }, text);
}

/** Removes every hook that `withHooks` adds; undefined if one cannot be taken out safely. */
export function withoutHooks(text: string): string | undefined {
  const hooks = objectAt(text, ["hooks"]);
  return Object.keys(hooks).reduce<string | undefined>((at, event) => {
    const items = jsonAt(parseJsonObject(at ?? ""), ["hooks", event]);
    if (at === undefined || !Array.isArray(items)) return at;
    return (items as readonly Json[]).reduce<string | undefined>(
      (edited, item) => (edited === undefined ? edited : withoutOwn(edited, event, item)),
      at,
    );
  }, text);
}

/** An item of other hooks beside rolecall's keeps those. */
function withoutOwn(text: string, event: string, item: Json): string | undefined {
  const inner = jsonAt(item, ["hooks"]);
  if (!Array.isArray(inner)) return text;
  const all = inner as readonly Json[];
  const others = all.filter((hook) => !isWrittenHook(jsonAt(hook, ["command"])));
  if (others.length === all.length) return text;
  if (others.length === 0) return removeItem(text, ["hooks", event], item);
  const items = jsonAt(parseJsonObject(text), ["hooks", event]) as readonly Json[];
  return editJson(
    text,
    ["hooks", event],
    items.map((one) =>
      one === item || JSON.stringify(one) === JSON.stringify(item) ? withInner(one, others) : one,
    ),
  );
}

function withInner(item: Json, hooks: readonly Json[]): Json {
  return { ...(item as { readonly [key: string]: Json }), hooks };
}

function itemOf({ matcher, command }: HookEntry): Json {
  return {
    ...(matcher !== undefined && { matcher }),
    hooks: [{ type: "command", command, timeout: TIMEOUT_SECONDS }],
  };
}

function commandsIn(text: string, event: string): string[] {
  const items = jsonAt(parseJsonObject(text), ["hooks", event]);
  if (!Array.isArray(items)) return [];
  return (items as readonly Json[]).flatMap((item) => {
    const hooks = jsonAt(item, ["hooks"]);
    return Array.isArray(hooks)
      ? (hooks as readonly Json[]).flatMap((hook) => {
          const command = jsonAt(hook, ["command"]);
          return typeof command === "string" ? [command] : [];
        })
      : [];
  });
}

function objectAt(text: string, path: readonly string[]): { readonly [key: string]: Json } {
  const found = jsonAt(parseJsonObject(text), path);
  return isObject(found) ? found : {};
}

const PROGRAM = String.raw`(?:(?:^|[\s/\\"'])rolecall(?:\.cmd)?|[/\\]cli[/\\]bin\.[jt]s)["']?`;
const WRITTEN_HOOK = new RegExp(String.raw`${PROGRAM} hook \w+$`);
const STATUS_LINE = new RegExp(String.raw`${PROGRAM} statusline(?: |$)`);

/** Returns whether a command is rolecall's hook for an event, with any options. */
function isHook(command: string, event: string): boolean {
  return new RegExp(String.raw`${PROGRAM} hook ${event}(?: |$)`).test(command);
}

/** Returns whether a command is a hook as `init` writes it: those with options come from advice, which reverts them itself. */
function isWrittenHook(command: Json | undefined): boolean {
  return typeof command === "string" && WRITTEN_HOOK.test(command);
}

/** Returns whether a command is rolecall's hook on agent calls. */
export function isOwnAgentHook(command: string): boolean {
  return isHook(command, "PreToolUse");
}

/** Returns whether a settings file has a hook of rolecall. */
export function hasOwnHooks(text: string): boolean {
  return Object.keys(objectAt(text, ["hooks"])).some((event) => commandsIn(text, event).some(isWrittenHook));
}

/** Returns whether a settings file has a hook or a status line of rolecall. */
export function hasOwnParts(text: string): boolean {
  return hasOwnHooks(text) || isOwnStatusLine(statusLineOf(text));
}

/** Returns the status line command of a settings file. */
export function statusLineOf(text: string): string | undefined {
  const command = jsonAt(parseJsonObject(text), ["statusLine", "command"]);
  return typeof command === "string" && command.trim() !== "" ? command : undefined;
}

/** Returns whether a status line command is rolecall's. */
export function isOwnStatusLine(command: string | undefined): boolean {
  return command !== undefined && STATUS_LINE.test(command);
}

/** Sets rolecall's status line in the text of a settings file. It shows the line of `inner`, the command there was before, as well. */
export function withStatusLine(text: string, command: string, inner: string | undefined): string | undefined {
  const whole = inner === undefined ? command : `${command} --with ${quoted(inner)}`;
  return statusLineOf(text) === undefined
    ? editJson(text, ["statusLine"], { type: "command", command: whole })
    : editJson(text, ["statusLine", "command"], whole);
}

/** Removes rolecall's status line. The command that it shows as well comes back, unless `elsewhere` says so already. */
export function withoutStatusLine(text: string, elsewhere: string | undefined): string | undefined {
  const command = statusLineOf(text);
  if (command === undefined || !isOwnStatusLine(command)) return text;
  const inner = innerOf(command);
  return inner === undefined || inner === elsewhere
    ? editJson(text, ["statusLine"], undefined)
    : editJson(text, ["statusLine", "command"], inner);
}

/** Quotes a word for the shell. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Returns the command that was there before rolecall's. */
function innerOf(command: string): string | undefined {
  const word = / --with '((?:[^']|'\\'')*)'$/.exec(command)?.[1];
  return word?.replaceAll(String.raw`'\''`, "'");
}
