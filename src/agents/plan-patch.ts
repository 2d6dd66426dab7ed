import type { AdviceKey, AdviceValue } from "../domain/decision.ts";
import { roleOf } from "../domain/policy.ts";
import type { AdvicePatch, AgentPatch } from "../domain/recommendation.ts";
import { RolecallError } from "../errors.ts";
import type { PolicyEdit } from "../policy/edit.ts";
import { changeOf, isPending, ownSettings, pathIn, type PlannedChange, type Target } from "./change.ts";
import type { AgentFile } from "./discover.ts";
import { editFrontMatter, formatNewFile } from "./edit-frontmatter.ts";
import { editJson, parseJsonObject } from "./edit-json.ts";
import { keyChanges } from "./key-changes.ts";
import { hasDrift, loadPlan } from "./load-plan.ts";
import type { AgentPlace } from "./locate.ts";
import { type PlaceState, readPlace, resolveAt } from "./place.ts";
import { readTarget } from "./target-files.ts";
import { agentKeys, wantedAgents } from "./wanted.ts";

/** The content and the places that a patch of advice changes. */
export interface PatchPlan {
  target: Target;
  changes: readonly PlannedChange[];
  keys: readonly AdviceKey[];
}

/**
 * Plans to write a patch and nothing else: the file of each agent that it names, wherever that file is and whatever it is called, and keys
 * of `settings.local.json`. An agent under the policy changes in the policy as well, so that both stay in sync. Writes nothing.
 */
export async function planPatch(place: AgentPlace, patch: AdvicePatch): Promise<PatchPlan> {
  const [[name, agent] = []] = Object.entries(patch.agents ?? {});
  const at =
    name === undefined ? await readPlace(place) : await placeOfAgent(place, agent?.copyOf?.agent ?? name);
  const changes =
    name === undefined || !agent
      ? [planLocalSettings(at.target, patch.settings ?? {})]
      : await planAgent(place, at, name, agent);
  const pending = changes.filter(isPending);
  return { target: at.target, changes: pending, keys: pending.flatMap(keyChanges) };
}

/** The project if it has a file of the agent, otherwise the user's folder if that has one. */
async function placeOfAgent(place: AgentPlace, name: string): Promise<PlaceState> {
  const here = await readPlace(place);
  if (place.user || fileOf(here, name)) return here;
  const users = await readPlace({ ...place, user: true });
  return fileOf(users, name) ? users : here;
}

function fileOf({ state }: PlaceState, name: string): AgentFile | undefined {
  return state.agents.find((file) => file.name === name && file.description !== undefined);
}

async function planAgent(
  place: AgentPlace,
  at: PlaceState,
  name: string,
  { copyOf, ...routing }: AgentPatch,
): Promise<readonly PlannedChange[]> {
  const { target, state, places } = at;
  const file = fileOf(at, copyOf?.agent ?? name);
  const path = file && pathIn(target, file.path);
  const locked = path === undefined ? undefined : state.lock.files[path];
  if (copyOf && file) return [planCopy(at, file, name, { ...routing, description: copyOf.description })];
  if (file && path !== undefined && !locked) return [editedAgent(path, file, routing)];
  if (locked?.role !== undefined)
    return planManaged({ ...place, user: target.level === "user" }, locked.role, routing);
  const policy = resolveAt(places);
  const role = roleOf(policy, name);
  if (!role?.shadows.includes(name))
    throw new RolecallError(`${name}: no file that could be changed`, {
      hint: `Try model: ${routing.model} in the file that defines it.`,
    });
  const [wanted] = wantedAgents(
    { ...policy, roles: new Map([[role.role, { ...role, generated: true, shadows: [name] }]]) },
    state.templates,
  );
  if (!wanted) return [];
  const created = formatNewFile(
    agentKeys({ ...wanted, model: routing.model, effort: routing.effort }),
    wanted.body,
  );
  return [changeOf(`${target.prefix}agents/${name}.md`, undefined, created)];
}

function editedAgent(path: string, file: AgentFile, keys: Readonly<Record<string, string>>): PlannedChange {
  const edited = editFrontMatter(file.bytes, keys);
  if ("refused" in edited) throw new RolecallError(`${path}: ${edited.refused}`);
  return changeOf(path, file.bytes, edited.file);
}

function planCopy(
  { target }: PlaceState,
  file: AgentFile,
  name: string,
  keys: Readonly<Record<string, string>>,
): PlannedChange {
  const path = `${target.prefix}agents/${name}.md`;
  if (readTarget(target, path)) throw new RolecallError(`${path}: exists already; nothing was written`);
  return changeOf(path, undefined, editedAgent(path, file, { ...keys, name }).after);
}

/** Moves a role of the policy and every file that follows from it. Requires that the files are in sync before. */
async function planManaged(
  place: AgentPlace,
  role: string,
  { model, effort }: Omit<AgentPatch, "copyOf">,
): Promise<readonly PlannedChange[]> {
  const drift = (await loadPlan(place)).changes;
  if (hasDrift(drift))
    throw new RolecallError("the policy: out of sync with the files, so more than the advice would change", {
      hint: "Try rolecall apply first.",
    });
  const base = ["roles", role];
  const { changes } = await loadPlan({
    ...place,
    edits: (written): PolicyEdit[] => [
      ...(written.roles?.[role]?.tier === undefined ? [] : [{ path: [...base, "tier"], value: undefined }]),
      { path: [...base, "model"], value: model },
      ...(effort === undefined ? [] : [{ path: [...base, "effort"], value: effort }]),
    ],
  });
  return changes;
}

/** Plans keys of the settings that belong to one person in one repository. */
function planLocalSettings(target: Target, values: Readonly<Record<string, AdviceValue>>): PlannedChange {
  const path = ownSettings(target);
  const before = readTarget(target, path);
  const text = before?.toString("utf8") ?? "";
  if (text.trim() !== "" && !parseJsonObject(text))
    throw new RolecallError(`${path}: not a JSON object; nothing was written`);
  const edited = Object.entries(values).reduce<string | undefined>(
    (at, [key, value]) => (at === undefined ? at : editJson(at, key.split("/"), value ?? undefined)),
    text.trim() === "" ? "{}\n" : text,
  );
  if (edited === undefined) throw new RolecallError(`${path}: cannot be edited safely; nothing was written`);
  return changeOf(path, before, Buffer.from(edited));
}
