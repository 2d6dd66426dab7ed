import { isDeepStrictEqual } from "node:util";
import { join } from "node:path";
import { changeOf, isPending, type PlannedChange, type Target } from "../agents/change.ts";
import {
  type HookEntry,
  hasOwnParts,
  isOwnStatusLine,
  statusLineOf,
  withHooks,
  withoutHooks,
  withoutStatusLine,
  withStatusLine,
} from "../agents/edit-hooks.ts";
import { parseJsonObject } from "../agents/edit-json.ts";
import { formerVersions } from "../agents/journal.ts";
import { type AgentPlace, locateTarget } from "../agents/place.ts";
import { readTarget } from "../agents/target-files.ts";
import { mayNameEvent } from "../client/client-settings.ts";
import { readClientVersion } from "../client/installed-version.ts";
import { RolecallError } from "../errors.ts";
import { readTextFile } from "../policy/read-file.ts";

/** Parts of rolecall inside Claude Code: true installs one, false removes it, undefined leaves it. */
export interface PartsRequest extends AgentPlace {
  hooks?: boolean | undefined;
  statusline?: boolean | undefined;
  /** How Claude Code starts this rolecall, quoted for the shell. */
  command: string;
}

/** What installing or removing parts writes. */
export interface PartsPlan {
  target: Target;
  changes: readonly PlannedChange[];
  /** One sentence each. */
  notes: readonly string[];
  /** Whether a part is installed afterwards. */
  hasParts: boolean;
}

/** The events that hooks are for, with the tools whose calls they see. Claude Code called the Agent tool Task before. */
const EVENTS: readonly (readonly [event: string, matcher?: string])[] = [
  ["PreToolUse", "Agent|Task"],
  ["PostToolUse", "Bash|Agent|Task"],
  ["PostToolUseFailure", "Bash"],
  ["SubagentStop"],
  ["PreModelSwitch"],
  ["SessionStart"],
  ["UserPromptSubmit"],
];

/** Plans to install or remove parts. They go to settings.local.json, or to the user's settings: never to a file that colleagues get. */
export async function planParts(request: PartsRequest): Promise<PartsPlan> {
  const { target } = locateTarget(request);
  const version = await readClientVersion(request.env);
  const path = `${target.prefix}${target.level === "user" ? "settings.json" : "settings.local.json"}`;
  const before = readTarget(target, path);
  const text = textIn(before, path);
  const edited = editParts(text, target, request, version);
  if (edited === undefined) throw new RolecallError(`${path} cannot be edited safely; nothing was written`);
  const after = text === edited ? before : restored(target, path, edited);
  const change = changeOf(path, before, after);
  return {
    target,
    changes: isPending(change) ? [change] : [],
    notes: notesOn(request, version),
    hasParts: hasOwnParts(edited),
  };
}

function textIn(before: Buffer | undefined, path: string): string {
  const text = before?.toString("utf8") ?? "";
  if (text.trim() === "") return "{}\n";
  if (parseJsonObject(text)) return text;
  throw new RolecallError(`${path} is not a JSON object; nothing was written`, {
    hint: "Claude Code ignores the whole file. Repair it first.",
  });
}

function editParts(
  text: string,
  target: Target,
  { hooks, statusline, command, env }: PartsRequest,
  version: string | undefined,
): string | undefined {
  let edited: string | undefined = text;
  if (hooks === true) edited = withHooks(edited, entriesFor(command, version));
  if (hooks === false) edited = withoutHooks(text);
  if (edited === undefined || statusline === undefined) return edited;
  const elsewhere = statusLineElsewhere(target, env);
  if (!statusline) return withoutStatusLine(edited, elsewhere);
  const own = statusLineOf(edited);
  return isOwnStatusLine(own) ? edited : withStatusLine(edited, `${command} statusline`, own ?? elsewhere);
}

function entriesFor(command: string, version: string | undefined): HookEntry[] {
  return EVENTS.filter(([event]) => isSafe(event, version)).map(([event, matcher]) => ({
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
function restored(target: Target, path: string, edited: string): Buffer | undefined {
  const json = parseJsonObject(edited);
  const isSame = (bytes: Buffer | undefined) =>
    isDeepStrictEqual(parseJsonObject(bytes?.toString("utf8") ?? "{}"), json);
  const former = hasOwnParts(edited) ? [] : formerVersions(target, path);
  const index = former.findIndex(isSame);
  return index < 0 ? Buffer.from(edited) : former[index];
}

function notesOn({ hooks, command }: PartsRequest, version: string | undefined): string[] {
  if (hooks !== true) return [];
  const left = EVENTS.filter(([event]) => !isSafe(event, version)).map(([event]) => event);
  const which = version === undefined ? "No Claude Code was found on the PATH" : `Claude Code ${version}`;
  return [
    ...(left.length > 0
      ? [`${which}: ${left.join(", ")} is left out, because an old version would drop the whole file.`]
      : []),
    ...(command.includes("_npx")
      ? [
          "The hooks point into the cache of npx, which is cleared now and then. Install rolecall to keep them.",
        ]
      : []),
  ];
}
