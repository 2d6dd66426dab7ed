import type { Assignment } from "../domain/policy.ts";
import { type PlannedChange, changeOf, pathIn, type PlanInput, type PlannedFile } from "./change.ts";
import type { AgentFile } from "./discover.ts";
import { formatNewFile } from "./edit-frontmatter.ts";
import { formatLock, hashOf, keepLineEnds, LOCK_NAME, type LockedFile } from "./lock.ts";
import { planAgentFile } from "./plan-agent.ts";
import { planSettings } from "./plan-settings.ts";
import { renderWorkflow, WORKFLOW } from "./template.ts";
import {
  agentKeys,
  type AgentKeys,
  agentNames,
  type WantedAgent,
  wantedAgents,
  wantedSettings,
} from "./wanted.ts";

/** Plans the changes that make Claude Code follow the policy. Pure. The lock is the last change. */
export function planChanges(input: PlanInput): PlannedChange[] {
  const agents = planAgents(input);
  const { prefix, settings } = input.target;
  const all = [
    ...agents,
    ...planWorkflow(input, agents),
    planSettings(input, `${prefix}${settings}`, wantedSettings(input.policy)),
  ];
  const paths = new Set(all.map(({ change }) => change.path));
  const planned = all.filter(
    ({ change }) => input.lock.files[change.path] || (input.wants?.(change) ?? true),
  );
  const orphans = Object.entries(input.lock.files)
    .filter(([path]) => !paths.has(path))
    .map(([path, locked]) => planOrphan(input, path, locked));
  const changes = [...planned, ...orphans].filter(
    ({ change }) => change.before || change.after || change.conflicts.length > 0,
  );
  return [...changes.map(({ change }) => change), planLock(input, changes)];
}

/** Plans the agents that the policy generates, then those that were adopted. */
function planAgents(input: PlanInput): PlannedFile[] {
  const { policy, target, agents, lock } = input;
  const byPath = new Map(agents.map((file) => [pathIn(target, file.path), file]));
  const own = wantedAgents(policy, input.templates).flatMap((agent) => planWanted(input, agent, byPath));
  const taken = new Set(own.map(({ change }) => change.path));
  const adopted = [...byPath.keys()].flatMap((path) => {
    const locked = lock.files[path];
    const role = locked?.created === false ? policy.roles.get(locked.role ?? "") : undefined;
    return role && !taken.has(path)
      ? [planAgentFile({ input, path, role: role.role, keys: routingKeys(role) })]
      : [];
  });
  return [...own, ...adopted];
}

/**
 * Plans the file of one agent that the policy generates. An existing file of its name stays the user's until it is adopted. No file is
 * created for a role that another agent on disk fills.
 */
function planWanted(
  input: PlanInput,
  agent: WantedAgent,
  byPath: ReadonlyMap<string, AgentFile>,
): PlannedFile[] {
  const { target, lock } = input;
  const named = [...byPath].filter(([, file]) => file.name === agent.name);
  const [path, file] = named.find(([at]) => lock.files[at]) ?? named[0] ?? [];
  if (path === undefined || file === undefined) {
    const linked = input.linked.find(({ name }) => name === agent.name);
    if (linked) return [leftAlone(pathIn(target, linked.path), linked, LINKED)];
    if (isFilled(input, agent.role)) return [];
    const keys = agentKeys(agent);
    const fresh = `${target.prefix}agents/${agent.name}.md`;
    return [planAgentFile({ input, path: fresh, role: agent.role, keys, body: agent.body })];
  }
  // A file with exactly these bytes is rolecall's own, even if a killed apply did not write the lock.
  const asCreated = formatNewFile(agentKeys(agent), agent.body);
  const created = file.bytes.equals(asCreated) || lock.files[path]?.created === true;
  if (!created && !lock.files[path]) {
    const note = `it is yours, and not under the policy: rolecall adopt ${file.name ?? ""} gives it the model of ${agent.role}`;
    return [leftAlone(path, file, note)];
  }
  const keys = created ? agentKeys(agent) : routingKeys(agent);
  return [planAgentFile({ input, path, role: agent.role, keys, ...(created && { body: agent.body }) })];
}

const LINKED = "it is a symbolic link, so it stays as it is: the file that it leads to has the model";

function leftAlone(path: string, { bytes }: AgentFile, note: string): PlannedFile {
  return { change: changeOf(path, bytes, bytes, { notes: [note] }), locked: undefined };
}

/** Returns whether an agent on disk fills a role under a name that rolecall does not use itself. */
function isFilled(input: PlanInput, role: string): boolean {
  return agentOnDisk(input, role) !== undefined;
}

/** Returns the name of a user's agent on disk that fills a role. */
function agentOnDisk({ policy, target, agents, linked, lock }: PlanInput, role: string): string | undefined {
  const known = policy.roles.get(role)?.agents ?? [];
  const serves = ({ name = "", description, path }: AgentFile) => {
    const locked = lock.files[pathIn(target, path)];
    if (description === undefined || locked?.created) return false;
    return locked?.role === undefined ? known.includes(name) : locked.role === role;
  };
  return [...agents, ...linked].find(serves)?.name;
}

/** The keys that rolecall manages in a file that it did not create. */
function routingKeys({ model, effort }: Pick<Assignment, "model" | "effort">): AgentKeys {
  return { model, effort: effort ?? null };
}

/** Plans the workflow skill. rolecall owns the whole file until the user edits it. It requires an agent of the policy. */
function planWorkflow(input: PlanInput, agents: readonly PlannedFile[]): PlannedFile[] {
  const { policy, target, templates, files, lock } = input;
  if (!agents.some(({ locked }) => locked)) return [];
  const path = `${target.prefix}skills/${WORKFLOW}/SKILL.md`;
  const text = Buffer.from(renderWorkflow(policy, templates, (role) => agentFor(input, agents, role)));
  const [before, locked] = [files.get(path), lock.files[path]];
  const edited = before && locked?.body !== hashOf(before) && !before.equals(text);
  if (edited && input.resolutionOf?.(path) !== "take") {
    const notes = [
      locked ? "edited since rolecall wrote it: left as it is" : "not rolecall's: left as it is",
    ];
    return [{ change: changeOf(path, before, before, { notes }), locked }];
  }
  const whole: LockedFile = { created: true, body: hashOf(text), keys: {} };
  return [{ change: changeOf(path, before, keepLineEnds(before, text)), locked: whole }];
}

/** Returns the name of the agent that fills a role: rolecall's own, or one of the user's. */
function agentFor(input: PlanInput, planned: readonly PlannedFile[], role: string): string | undefined {
  const { policy, target } = input;
  const assignment = policy.roles.get(role);
  const own = assignment && agentNames(assignment);
  const created = own?.find((name) =>
    planned.some(({ change }) => change.path === `${target.prefix}agents/${name}.md`),
  );
  return created ?? agentOnDisk(input, role);
}

/** Plans a file of the lock that the policy no longer needs: removes it if rolecall owns all of it, otherwise releases it. */
export function planOrphan(
  input: Pick<PlanInput, "files" | "lock" | "resolutionOf">,
  path: string,
  locked: LockedFile,
): PlannedFile {
  if (path.endsWith(".json")) return planSettings(input, path, {});
  const { files } = input;
  const before = files.get(path);
  const untouched = before && locked.created && [locked.whole, locked.body].includes(hashOf(before));
  const after = untouched ? undefined : before;
  const notes = [
    untouched
      ? "the policy has no role for it any more: it is removed"
      : "the policy has no role for it any more: rolecall no longer manages it",
  ];
  return { change: changeOf(path, before, after, { orphan: true, notes }), locked: undefined };
}

function planLock({ target, files, lock }: PlanInput, planned: readonly PlannedFile[]): PlannedChange {
  const path = `${target.prefix}${LOCK_NAME}`;
  const before = files.get(path);
  const entries = planned.flatMap(({ change, locked }) => (locked ? [[change.path, locked] as const] : []));
  const after = Buffer.from(formatLock({ ...lock, files: Object.fromEntries(entries) }));
  return changeOf(path, before, entries.length === 0 && !before ? undefined : keepLineEnds(before, after));
}
