import type { Patch, PatchWrite } from "../domain/simulation.ts";
import { RolecallError } from "../errors.ts";
import { changeOf, isPending, ownSettings, pathIn, type PlannedChange, type Target } from "./change.ts";
import { type AgentFile, readAgents } from "./discover.ts";
import { editFrontMatter, formatNewFile } from "./edit-frontmatter.ts";
import { editJson, type Json, jsonAt, leavesIn, parseJsonObject } from "./edit-json.ts";
import { appendItem } from "./edit-json-list.ts";
import { appendParagraph } from "./edit-memory.ts";
import { type AgentPlace, locateTarget } from "./locate.ts";
import { resolveAt, sourceOf } from "./place.ts";
import { readTarget } from "./target-files.ts";
import { loadTemplates } from "./template.ts";
import { agentKeys, wantedAgents } from "./wanted.ts";

/** The files that following advice writes, and the parts that it cannot write. */
export interface ChangePlan {
  target: Target;
  changes: readonly PlannedChange[];
  /** The writes that reverting has to undo. */
  writes: readonly PatchWrite[];
  /** The steps that are left to do by hand, a sentence each. */
  byHand: readonly string[];
}

/**
 * Plans to write patches and nothing else: keys and items of settings, front matter of agents, lines of CLAUDE.md. Settings and lines
 * of a user go to the user's folder, those of a project to the project. Writes nothing. Throws RolecallError if a file cannot be edited.
 */
export async function planPatches(place: AgentPlace, patches: readonly Patch[]): Promise<ChangePlan> {
  const user = place.user ?? isForUser(patches);
  const { target, places } = locateTarget({ ...place, user });
  const { agents } = readAgents([sourceOf(target)]);
  const files = createFiles(target);
  const byHand: string[] = [];
  for (const patch of patches)
    switch (patch.type) {
      case "settings":
        writeSettings(files, ownSettings(target), leavesIn(patch.values));
        break;
      case "hook":
        writeSettings(files, ownSettings(target), [[["hooks", patch.event], [hookItem(patch.command)]]]);
        break;
      case "memory":
        writeLine(files, patch.text);
        break;
      case "agent":
        byHand.push(...writeAgent(files, target, patch, agents, () => shadowOf(patch.name, places)));
        break;
      case "manual":
        byHand.push(patch.text);
    }
  return { target, changes: files.changes(), writes: files.writes, byHand };
}

/** Advice for a project names it; everything else concerns all projects of the user. */
function isForUser(patches: readonly Patch[]): boolean {
  return !patches.some((patch) => "scope" in patch && patch.scope === "project");
}

interface Files {
  writes: PatchWrite[];
  /** Returns the bytes of a file as planned so far. */
  read: (path: string) => Buffer | undefined;
  write: (path: string, bytes: Buffer) => void;
  changes: () => PlannedChange[];
}

function createFiles(target: Target): Files {
  const before = new Map<string, Buffer | undefined>();
  const after = new Map<string, Buffer | undefined>();
  return {
    writes: [],
    read(path) {
      if (!before.has(path)) before.set(path, readTarget(target, path));
      return after.get(path) ?? before.get(path);
    },
    write: (path, bytes) => void after.set(path, bytes),
    changes: () =>
      [...after].map(([path, bytes]) => changeOf(path, before.get(path), bytes)).filter(isPending),
  };
}

function hookItem(command: string): Json {
  return { hooks: [{ type: "command", command }] };
}

function writeSettings(files: Files, path: string, leaves: ReturnType<typeof leavesIn>): void {
  for (const [key, value] of leaves)
    if (Array.isArray(value)) for (const item of value as readonly Json[]) writeItem(files, path, key, item);
    else writeKey(files, path, key, value);
}

function textOf(files: Files, path: string): string {
  const text = files.read(path)?.toString("utf8") ?? "";
  if (text.trim() === "") return "{}\n";
  if (!parseJsonObject(text)) throw new RolecallError(`${path}: not a JSON object; nothing was written`);
  return text;
}

function writeKey(files: Files, path: string, key: readonly string[], after: Json): void {
  const text = textOf(files, path);
  const before = jsonAt(parseJsonObject(text), key) ?? null;
  if (before === after) return;
  writeJson(files, path, editJson(text, key, after), { kind: "key", path, key, before, after });
}

function writeItem(files: Files, path: string, key: readonly string[], after: Json): void {
  const text = textOf(files, path);
  const items = jsonAt(parseJsonObject(text), key);
  const known = Array.isArray(items) ? (items as readonly Json[]).map((item) => JSON.stringify(item)) : [];
  if (known.includes(JSON.stringify(after))) return;
  writeJson(files, path, appendItem(text, key, after), { kind: "item", path, key, before: null, after });
}

function writeJson(files: Files, path: string, text: string | undefined, write: PatchWrite): void {
  if (text === undefined)
    throw new RolecallError(`${path}: ${write.key.join(".")} cannot be edited safely; nothing was written`);
  files.write(path, Buffer.from(text));
  files.writes.push(write);
}

const MEMORY = "CLAUDE.md";

function writeLine(files: Files, line: string): void {
  const text = files.read(MEMORY)?.toString("utf8") ?? "";
  if (text.split(/\r?\n/).includes(line)) return;
  files.write(MEMORY, Buffer.from(appendParagraph(text, line)));
  files.writes.push({ kind: "line", path: MEMORY, key: [], before: null, after: line });
}

type AgentChange = Extract<Patch, { type: "agent" }>;

/** Changes the file of an agent, whatever it is called, or makes one that replaces a built-in agent; returns what is left by hand. */
function writeAgent(
  files: Files,
  target: Target,
  { name, values }: AgentChange,
  agents: readonly AgentFile[],
  shadow: () => Buffer | undefined,
): string[] {
  const file = agents.find((one) => one.name === name && one.description !== undefined);
  const path = file ? pathIn(target, file.path) : `${target.prefix}agents/${name}.md`;
  const created = file ? undefined : shadow();
  const bytes = file ? (files.read(path) ?? file.bytes) : created;
  if (!bytes) return [`The agent ${name} has no file here. Write ${words(values)} where it is defined.`];
  const edited = editFrontMatter(bytes, values);
  if ("refused" in edited) throw new RolecallError(`${path}: ${edited.refused}`);
  if (created) files.read(path);
  files.write(path, edited.file);
  if (created) files.writes.push({ kind: "file", path, key: [], before: null, after: null });
  else
    for (const [key, after] of Object.entries(values)) {
      const before = (file?.frontMatter.keys[key] ?? null) as Json;
      if (before !== after) files.writes.push({ kind: "front-matter", path, key: [key], before, after });
    }
  return [];
}

function words(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}: ${value}`)
    .join(", ");
}

/** The file that a role of the policy would put in the place of a built-in agent. */
function shadowOf(name: string, places: Parameters<typeof resolveAt>[0]): Buffer | undefined {
  const policy = resolveAt(places);
  const role = [...policy.roles.values()].find(({ shadows }) => shadows.includes(name));
  if (!role) return undefined;
  const roles = new Map([[role.role, { ...role, generated: true, shadows: [name] }]]);
  const [wanted] = wantedAgents({ ...policy, roles }, loadTemplates());
  return wanted && formatNewFile(agentKeys(wanted), wanted.body);
}
