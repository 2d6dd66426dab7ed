import type { AgentFile } from "./discover.ts";
import { editFrontMatter, formatNewFile } from "./edit-frontmatter.ts";
import type { AgentKeys } from "./wanted.ts";
import { hashOf, judgeKey, type LockedFile } from "./lock.ts";
import {
  type PlannedChange,
  changeOf,
  type Conflict,
  keptNotes,
  pathIn,
  type PlanInput,
  type PlannedFile,
} from "./change.ts";

/** One agent file and the values that the policy wants in it. */
interface AgentPlan {
  input: PlanInput;
  path: string;
  role: string;
  /** Managed keys; null is absent. */
  keys: AgentKeys;
  /** Body of the template, for files that rolecall creates. */
  body?: string;
}

type Serves = Required<Pick<PlannedChange, "role" | "routing">>;

/** Plans one agent file: creates it, updates it key by key, or leaves it unchanged and reports its conflicts. */
export function planAgentFile(plan: AgentPlan): PlannedFile {
  const { input, path, role, keys } = plan;
  const serves = {
    role,
    routing: { model: textOr(keys["model"], "inherit"), effort: textOr(keys["effort"], undefined) },
  };
  const locked = input.lock.files[path];
  const onDisk = input.agents.find((file) => pathIn(input.target, file.path) === path);
  if (!onDisk) return createFile(plan, serves);
  const resolution = input.resolutionOf?.(path);
  const found = foundKeys(onDisk, Object.keys(keys));
  const verdicts = Object.entries(keys).map(
    ([key, wanted]) => [key, judgeKey(key, found[key] ?? null, wanted, locked, resolution)] as const,
  );
  const keysOf = (verdict: string) => verdicts.filter(([, given]) => given === verdict).map(([key]) => key);
  const conflicts = keysOf("conflict").map((key) => conflictOf(key, found, keys));
  if (conflicts.length > 0) return untouched(onDisk, path, serves, conflicts, locked);

  const edited = setKeys(onDisk, pick(keys, keysOf("set")));
  if ("refused" in edited) {
    const wanted = Object.entries(pick(keys, keysOf("set"))).map(([key, value]) => `${key}: ${value}`);
    const conflict = { key: "file", found: null, wanted: wanted.join(", "), why: edited.refused };
    return untouched(onDisk, path, serves, [conflict], locked);
  }
  const rendered = plan.body === undefined ? edited.file : withBody(edited.file, onDisk, plan.body, locked);
  const kept = keysOf("kept");
  const notes = keptNotes(kept.map((key) => conflictOf(key, found, keys)));
  return {
    change: changeOf(path, onDisk.bytes, rendered, { ...serves, notes }),
    locked: {
      role,
      created: plan.body !== undefined,
      keys,
      ...(kept.length > 0 && { kept: pick(found, kept) }),
      ...(plan.body !== undefined && marksOf(rendered, onDisk, plan.body, locked)),
    },
  };
}

function createFile({ input, path, keys, body = "" }: AgentPlan, serves: Serves): PlannedFile {
  const blocked = input.skipped.find((file) => pathIn(input.target, file.path) === path);
  if (blocked) {
    const conflict = { key: "file", found: null, wanted: null, why: `not written, because ${blocked.why}` };
    return {
      change: changeOf(path, undefined, undefined, { ...serves, conflicts: [conflict] }),
      locked: undefined,
    };
  }
  const file = formatNewFile(keys, body);
  return {
    change: changeOf(path, undefined, file, serves),
    locked: { role: serves.role, created: true, keys, body: hashOf(body), whole: hashOf(file) },
  };
}

function untouched(
  file: AgentFile,
  path: string,
  serves: Serves,
  conflicts: readonly Conflict[],
  locked: LockedFile | undefined,
): PlannedFile {
  return { change: changeOf(path, file.bytes, file.bytes, { ...serves, conflicts }), locked };
}

function textOr<T>(value: AgentKeys[string] | undefined, otherwise: T): string | T {
  return typeof value === "string" ? value : otherwise;
}

/** Returns the values in the file in the form in which rolecall writes them. */
function foundKeys(file: AgentFile, keys: readonly string[]): AgentKeys {
  const all: AgentKeys = {
    ...Object.fromEntries(keys.map((key) => [key, plainValue(file.frontMatter.keys[key])])),
    name: file.name ?? null,
    description: file.description?.replaceAll(/\s+/g, " ") ?? null,
    tools: file.tools?.join(", ") ?? null,
    model: file.model?.toLowerCase() ?? null,
    effort: file.effort ?? null,
  };
  return pick(all, keys);
}

function plainValue(value: unknown): AgentKeys[string] {
  const plain = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  return plain ? value : null;
}

function conflictOf(key: string, found: AgentKeys, wanted: AgentKeys): Conflict {
  return { key, found: found[key] ?? null, wanted: wanted[key] ?? null };
}

function setKeys(file: AgentFile, keys: AgentKeys) {
  const changes = Object.entries(keys).map(([key, value]) => [key, value ?? undefined] as const);
  return editFrontMatter(file.bytes, Object.fromEntries(changes));
}

/** Returns the file with the template's body if the user did not edit the body. */
function withBody(file: Buffer, onDisk: AgentFile, body: string, locked: LockedFile | undefined): Buffer {
  if (!isOurs(onDisk, body, locked) || hashOf(onDisk.frontMatter.body) === hashOf(bodyText(body)))
    return file;
  const at = file.length - Buffer.byteLength(onDisk.frontMatter.body);
  return Buffer.concat([file.subarray(0, at), Buffer.from(bodyText(body))]);
}

/** Returns whether rolecall wrote the body on disk. */
function isOurs(onDisk: AgentFile, body: string, locked: LockedFile | undefined): boolean {
  const found = hashOf(onDisk.frontMatter.body.replace(/^\r?\n/, ""));
  return found === locked?.body || found === hashOf(body);
}

function bodyText(body: string): string {
  return `\n${body}`;
}

/** Returns the hash of a created file's body for the lock, unless the user edited the body. */
function marksOf(rendered: Buffer, onDisk: AgentFile, body: string, locked: LockedFile | undefined) {
  if (!isOurs(onDisk, body, locked)) return locked?.body === undefined ? {} : { body: locked.body };
  return { body: hashOf(body), whole: hashOf(rendered) };
}

function pick(from: AgentKeys, keys: readonly string[]): AgentKeys {
  return Object.fromEntries(keys.map((key) => [key, from[key] ?? null]));
}
