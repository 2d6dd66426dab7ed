import { existsSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { join } from "node:path";
import { applyChanges, readUndo, undoLast } from "../agents/apply.ts";
import {
  changeOf,
  isPending,
  ownSettings,
  type PlannedChange,
  sameBytes,
  type Target,
} from "../agents/change.ts";
import {
  type HookEntry,
  hasOwnParts,
  isOwnStatusLine,
  quoted,
  statusLineOf,
  withHooks,
  withoutHooks,
  withoutStatusLine,
  withStatusLine,
} from "../agents/edit-hooks.ts";
import { type Json, parseJsonObject } from "../agents/edit-json.ts";
import {
  allowsServer,
  hasOwnServer,
  withoutServer,
  withoutServerAllowed,
  withServer,
  withServerAllowed,
} from "../agents/edit-mcp.ts";
import { formerVersions } from "../agents/journal.ts";
import { type AgentPlace, locateTarget } from "../agents/locate.ts";
import { readTarget } from "../agents/target-files.ts";
import { mayNameEvent } from "../client/client-settings.ts";
import { readClientVersion } from "../client/installed-version.ts";
import { RolecallError, UsageError } from "../errors.ts";
import { readTextFile } from "../policy/read-file.ts";

/** Parts of rolecall inside Claude Code: true installs one, false removes it, undefined leaves it. */
export interface PartsRequest extends AgentPlace {
  hooks?: boolean | undefined;
  statusline?: boolean | undefined;
  mcp?: boolean | undefined;
  /** Command with which Claude Code starts this rolecall: a program, or a program and a file. */
  words: readonly string[];
}

/** The writes that installing or removing parts takes. */
export interface PartsPlan {
  target: Target;
  changes: readonly PlannedChange[];
  /** One sentence each. */
  notes: readonly string[];
  /** Whether a part is installed afterwards. */
  hasParts: boolean;
}

/** The file in which a project names its MCP servers. */
const SERVERS = ".mcp.json";

/** The events that hooks are for, with the tools whose calls they see. Claude Code called the Agent tool Task before. */
export const HOOK_EVENTS: readonly (readonly [event: string, matcher?: string])[] = [
  ["PreToolUse", "Agent|Task"],
  ["PostToolUse", "Bash|Agent|Task"],
  ["PostToolUseFailure", "Bash"],
  ["SubagentStop"],
  ["PreModelSwitch"],
  ["SessionStart"],
  ["UserPromptSubmit"],
];

/**
 * Plans to install or remove parts. Hooks and status line go to settings.local.json, or to the user's settings: never to a file that
 * colleagues get. The MCP server goes to `.mcp.json`, which Claude Code reads for a project. Throws UsageError for one of the user.
 */
export async function planParts(request: PartsRequest): Promise<PartsPlan> {
  const { target, places } = locateTarget(request);
  refuseServerOfUser(request);
  const hasPolicy = existsSync(places.project) || existsSync(places.user);
  const version = await readClientVersion(request.env);
  const settings = planFile(
    target,
    ownSettings(target),
    (text) => editParts(text, target, request, version),
    (text) => hasOwnParts(text) || allowsServer(text),
  );
  const changes = [settings.change, ...planServer(target, request)];
  return {
    target,
    changes: changes.filter(isPending),
    notes: [...notesOn(request, version, hasPolicy), ...notesOnServer(target, request)],
    hasParts: hasOwnParts(settings.text),
  };
}

/** Plans one file. What `edit` leaves without parts of rolecall gets the bytes that it had before the first of them. */
function planFile(
  target: Target,
  path: string,
  edit: (text: string) => string | undefined,
  hasOwn: (text: string) => boolean,
): { change: PlannedChange; text: string } {
  const before = readTarget(target, path);
  const text = textIn(before, path);
  const edited = edit(text);
  if (edited === undefined) throw new RolecallError(`${path}: cannot be edited safely; nothing was written`);
  const after = text === edited ? before : restored(target, path, edited, hasOwn);
  return { change: changeOf(path, before, after), text: edited };
}

function planServer(target: Target, { mcp, words }: PartsRequest): PlannedChange[] {
  if (mcp === undefined) return [];
  const [program = "", ...rest] = words;
  const edit = (text: string) => (mcp ? withServer(text, [program, ...rest, "mcp"]) : withoutServer(text));
  return [planFile(target, SERVERS, edit, hasOwnServer).change];
}

/** Claude Code keeps the servers of all projects in a file of its own, which it writes again and again. */
function refuseServerOfUser({ mcp, user }: PartsRequest): void {
  if (mcp === undefined || !user) return;
  throw new UsageError("--mcp: not valid with --user", {
    hint: `Try claude mcp ${mcp ? "add --scope user rolecall -- rolecall mcp" : "remove --scope user rolecall"}.`,
  });
}

/** Carries out a plan. Removing what the last apply installed reverts that apply, so that not even the journal remains. */
export function applyParts(
  { target, changes }: Pick<PartsPlan, "target" | "changes">,
  now: number,
): PlannedChange[] {
  const last = readUndo(target);
  const pending = last?.changes.filter(isPending) ?? [];
  const isUndo =
    pending.length > 0 &&
    pending.length === changes.length &&
    pending.every((undo) => changes.some(isSameAs(undo)));
  return last && isUndo ? undoLast(target, last.at) : applyChanges(target, changes, new Date(now));
}

function isSameAs({ path, after }: PlannedChange): (other: PlannedChange) => boolean {
  return (other) => other.path === path && sameBytes(after, other.after);
}

function textIn(before: Buffer | undefined, path: string): string {
  const text = before?.toString("utf8") ?? "";
  if (text.trim() === "") return "{}\n";
  if (parseJsonObject(text)) return text;
  throw new RolecallError(`${path}: not a JSON object; nothing was written`, {
    hint: "Try to repair it first: Claude Code ignores the whole file.",
  });
}

function editParts(
  text: string,
  target: Target,
  { hooks, statusline, mcp, words, env }: PartsRequest,
  version: string | undefined,
): string | undefined {
  const command = shellWords(words);
  let edited: string | undefined = text;
  if (mcp === true) edited = withServerAllowed(edited);
  if (mcp === false) edited = withoutServerAllowed(text);
  if (edited !== undefined && hooks === true) edited = withHooks(edited, entriesFor(command, version));
  if (edited !== undefined && hooks === false) edited = withoutHooks(edited);
  if (edited === undefined || statusline === undefined) return edited;
  const elsewhere = statusLineElsewhere(target, env);
  if (!statusline) return withoutStatusLine(edited, elsewhere);
  const own = statusLineOf(edited);
  return isOwnStatusLine(own) ? edited : withStatusLine(edited, `${command} statusline`, own ?? elsewhere);
}

/** A program on the PATH is written by its name. */
function shellWords(words: readonly string[]): string {
  return words.length === 1 ? words.join("") : words.map(quoted).join(" ");
}

function entriesFor(command: string, version: string | undefined): HookEntry[] {
  return HOOK_EVENTS.filter(([event]) => isSafe(event, version)).map(([event, matcher]) => ({
    event,
    matcher,
    command: `${command} hook ${event}`,
  }));
}

/** A Claude Code of unknown version may be an old one. */
function isSafe(event: string, version: string | undefined): boolean {
  return mayNameEvent(event, version ?? "0");
}

/** The status line that a project's local settings would hide: that of the project or of the user. */
function statusLineElsewhere({ level, root, prefix }: Target, env: NodeJS.ProcessEnv): string | undefined {
  if (level === "user") return undefined;
  const user = locateTarget({ cwd: root, env, user: true }).target.root;
  const paths = [join(root, `${prefix}settings.json`), join(user, "settings.json")];
  const found = paths
    .map((path) => statusLineOf(readTextFile(path) ?? ""))
    .find((line) => line !== undefined);
  return isOwnStatusLine(found) ? undefined : found;
}

/** Returns the bytes of an edited file. What is left as it was before rolecall's first change gets the very bytes of then. */
function restored(
  target: Target,
  path: string,
  edited: string,
  hasOwn: (text: string) => boolean,
): Buffer | undefined {
  const json = withoutEmpty(parseJsonObject(edited));
  const isSame = (bytes: Buffer | undefined) =>
    isDeepStrictEqual(withoutEmpty(parseJsonObject(bytes?.toString("utf8") ?? "{}")), json);
  const former = hasOwn(edited) ? [] : formerVersions(target, path);
  const index = former.findIndex(isSame);
  return index < 0 ? Buffer.from(edited) : former[index];
}

/** Returns a value without empty objects and lists: removing the last member removes what holds it. */
function withoutEmpty(json: Json | undefined): Json | undefined {
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.length === 0 ? undefined : json;
  const members = Object.entries(json).map(([key, value]) => [key, withoutEmpty(value)] as const);
  const kept = members.filter((member): member is [string, Json] => member[1] !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function notesOn({ hooks, words }: PartsRequest, version: string | undefined, hasPolicy: boolean): string[] {
  if (hooks !== true) return [];
  const left = HOOK_EVENTS.filter(([event]) => !isSafe(event, version)).map(([event]) => event);
  const which = version === undefined ? "No Claude Code was found on the PATH" : `Claude Code ${version}`;
  return [
    ...(hasPolicy
      ? []
      : ["No policy yet, so the hooks route no agent. Try rolecall init, which writes one."]),
    ...(left.length > 0
      ? [`${which}: ${left.join(", ")} is left out, because an old version would drop the whole file.`]
      : []),
    ...(words.some((word) => word.includes("_npx"))
      ? [
          "The hooks point into the cache of npx, which is cleared now and then. Install rolecall to keep them.",
        ]
      : []),
  ];
}

function notesOnServer(target: Target, { mcp, words }: PartsRequest): string[] {
  if (mcp !== true) return [];
  const found = readTarget(target, SERVERS)?.toString("utf8") ?? "{}";
  const isOthers = withoutServer(found) === found && withServer(found, ["rolecall", "mcp"]) === found;
  return [
    ...(isOthers ? [`${SERVERS} has a server rolecall already. It stays as it is.`] : []),
    ...(words.length > 1 && !isOthers
      ? [
          `${SERVERS} is for everybody who works here, and names a folder of this machine. Install rolecall globally before you commit it.`,
        ]
      : []),
  ];
}
