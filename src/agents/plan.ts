import type { Assignment } from "../domain/policy.ts";
import { type Change, changeOf, pathIn, type PlanInput, type PlannedFile } from "./change.ts";
import type { AgentFile } from "./discover.ts";
import { formatNewFile } from "./edit-frontmatter.ts";
import { formatLock, hashOf, LOCK_NAME, type LockedFile } from "./lock.ts";
import { planAgentFile } from "./plan-agent.ts";
import { planSettings } from "./plan-settings.ts";
import { renderWorkflow, WORKFLOW } from "./template.ts";
import { agentKeys, type AgentKeys, type WantedAgent, wantedAgents, wantedSettings } from "./wanted.ts";

/** Decides what has to change so that Claude Code does what the policy says. Touches nothing; the lock comes last. */
export function planChanges(input: PlanInput): Change[] {
  const agents = planAgents(input);
  const { prefix, settings } = input.target;
  const all = [
    ...agents,
    planWorkflow(input, agents),
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

/** The agents that the policy wants, then those that were adopted. */
function planAgents(input: PlanInput): PlannedFile[] {
  const { policy, target, agents, lock } = input;
  const byPath = new Map(agents.map((file) => [pathIn(target, file.path), file]));
  const adopted = [...byPath].filter(([path]) => lock.files[path]?.role && !lock.files[path].created);
  const wanted = wantedAgents(policy, input.templates).filter(
    ({ name, role }) => !adopted.some(([, file]) => standsIn(file, name, policy.roles.get(role))),
  );
  const own = wanted.map((agent) => planWanted(input, agent, byPath));
  const taken = new Set(own.map(({ change }) => change.path));
  const others = adopted.flatMap(([path]) => {
    const role = policy.roles.get(lock.files[path]?.role ?? "");
    return role && !taken.has(path)
      ? [planAgentFile({ input, path, role: role.role, keys: routingKeys(role) })]
      : [];
  });
  return [...own, ...others];
}

/** Whether an adopted agent does a role's work under another of the role's names, so that none needs to be created. */
function standsIn(file: AgentFile, name: string, role: Assignment | undefined): boolean {
  const known = role?.agents.some((agent) => agent === file.name) ?? false;
  return known && file.name !== name && name === role?.role;
}

function planWanted(
  input: PlanInput,
  agent: WantedAgent,
  byPath: ReadonlyMap<string, AgentFile>,
): PlannedFile {
  const { target, lock } = input;
  const named = [...byPath].filter(([, file]) => file.name === agent.name);
  const own = named.find(([path]) => lock.files[path]) ?? named[0];
  const path = own?.[0] ?? `${target.prefix}agents/${agent.name}.md`;
  const asCreated = formatNewFile(agentKeys(agent), agent.body);
  // A file of exactly these bytes is rolecall's own even where a killed apply did not get to the lock.
  const created = own?.[1].bytes.equals(asCreated) || (lock.files[path]?.created ?? !own);
  const keys = created ? agentKeys(agent) : routingKeys(agent);
  return planAgentFile({ input, path, role: agent.role, keys, ...(created && { body: agent.body }) });
}

/** What rolecall manages in a file that it did not create. */
function routingKeys({ model, effort }: Pick<Assignment, "model" | "effort">): AgentKeys {
  return { model, effort: effort ?? null };
}

/** The workflow skill belongs to rolecall as a whole until somebody edits it. */
function planWorkflow(input: PlanInput, agents: readonly PlannedFile[]): PlannedFile {
  const { policy, target, templates, files, lock } = input;
  const path = `${target.prefix}skills/${WORKFLOW}/SKILL.md`;
  const text = Buffer.from(renderWorkflow(policy, templates, (role) => nameOnDisk(input, agents, role)));
  const [before, locked] = [files.get(path), lock.files[path]];
  const edited = before && locked?.body !== hashOf(before) && !before.equals(text);
  if (edited && input.resolutionOf?.(path) !== "take") {
    const notes = [
      locked ? "edited since rolecall wrote it: left as it is" : "not rolecall's: left as it is",
    ];
    return { change: changeOf(path, before, before, { notes }), locked };
  }
  return { change: changeOf(path, before, text), locked: { created: true, body: hashOf(text), keys: {} } };
}

/** The name of the agent that does a role's work: the role's own, or that of an adopted agent in its place. */
function nameOnDisk(
  { policy, target, agents }: PlanInput,
  planned: readonly PlannedFile[],
  role: string,
): string {
  const created = planned.some(({ change }) => change.path === `${target.prefix}agents/${role}.md`);
  const known = policy.roles.get(role)?.agents ?? [];
  return created ? role : (known.find((name) => agents.some((file) => file.name === name)) ?? role);
}

/** A file of the lock that the policy has no place for any more: taken away where it is all rolecall's, else let go. */
function planOrphan(input: PlanInput, path: string, locked: LockedFile): PlannedFile {
  if (path.endsWith(".json")) return planSettings(input, path, {});
  const { files } = input;
  const before = files.get(path);
  const untouched = before && locked.created && locked.whole === hashOf(before);
  const after = untouched ? undefined : before;
  const notes = [
    untouched
      ? "the policy has no role for it: taken away"
      : "the policy has no role for it: let go, left as it is",
  ];
  return { change: changeOf(path, before, after, { orphan: true, notes }), locked: undefined };
}

function planLock({ target, files, lock }: PlanInput, planned: readonly PlannedFile[]): Change {
  const path = `${target.prefix}${LOCK_NAME}`;
  const before = files.get(path);
  const entries = planned.flatMap(({ change, locked }) => (locked ? [[change.path, locked] as const] : []));
  const after = Buffer.from(formatLock({ ...lock, files: Object.fromEntries(entries) }));
  return changeOf(path, before, entries.length === 0 && !before ? undefined : after);
}
