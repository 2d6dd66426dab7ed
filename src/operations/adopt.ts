import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Adoption, type Choices, copyPath, lockWith, planAdoptions } from "../agents/adopt.ts";
import { type PlannedChange, changeOf, type PlanInput, type Target } from "../agents/change.ts";
import { type AgentFile, parseAgentFile } from "../agents/discover.ts";
import { editFrontMatter, formatNewFile } from "../agents/edit-frontmatter.ts";
import { whyNotLoaded } from "../agents/loading.ts";
import { planChanges } from "../agents/plan.ts";
import { agentKeys, wantedAgents } from "../agents/wanted.ts";
import { expectOneOf } from "../domain/nearest.ts";
import { RolecallError, UsageError } from "../errors.ts";
import { readClientVersion } from "../client/installed-version.ts";
import { hiddenBy } from "../client/same-name.ts";
import { readSetup, type Setup } from "../client/setup.ts";
import type { Policy } from "../domain/policy.ts";
import type { AgentPlace } from "../agents/locate.ts";
import { readPlace, type PlaceState, resolveAt, sourceOf } from "../agents/place.ts";
import { refuseLinkedAgents } from "../agents/target-files.ts";
import type { Planned } from "../agents/load-plan.ts";
import type { PolicyPlaces } from "../policy/places.ts";
import { type AgentPrices, readAgentPrices } from "./agent-prices.ts";

/** The agents to adopt, and the options. */
export interface AdoptRequest extends AgentPlace {
  /** The only agents to adopt, by name; empty for all. */
  names?: readonly string[] | undefined;
  /** Agents to adopt and to leave, by name, against the usual rules. */
  choices?: Choices | undefined;
  /** The role for all of them (default: by each agent's own words). */
  role?: string | undefined;
  /** Whether agents of plugins are copied, so that they can be changed. */
  copyPlugins?: boolean | undefined;
}

/** An adoption with its effect on the price of the agent's tokens. */
export interface PricedAdoption extends Adoption {
  /** Change of the list price per output token in percent; undefined if either price is unknown. */
  priceChangePercent?: number;
}

/** A plan to bring existing agents under the policy. */
export interface AdoptPlan extends Planned {
  /** Each agent with its role, and why. */
  adoptions: readonly PricedAdoption[];
  /** Number of agents on the user's level, which a plan for a project does not change. */
  userAgents: number;
}

const NO_CHOICES: Choices = { adopt: [], leave: [] };

/**
 * Finds the existing agents of a place and of its plugins, assigns a role to each, and plans the changes that follow. Writes nothing.
 * Throws RolecallError if there is no policy, UsageError for a name or a role that does not exist.
 *
 * @example
 * ```ts
 * import { loadAdoption } from "rolecall";
 *
 * const { adoptions, changes } = await loadAdoption({ cwd: process.cwd(), env: process.env });
 * console.log(adoptions.map(({ name, role }) => [name, role]), changes.length);
 * ```
 */
export async function loadAdoption(request: AdoptRequest): Promise<AdoptPlan> {
  const { target, places, state } = await readPlace(request);
  refuseLinkedAgents(target);
  const policy = resolveAt(places);
  requirePolicy(policy, places, state);
  if (request.role !== undefined && !policy.roles.has(request.role))
    throw new UsageError(`--role: unknown role "${request.role}"`, {
      hint: expectOneOf(request.role, [...policy.roles.keys()]),
    });
  return planWithAdoption({ ...state, policy }, request);
}

/** Throws RolecallError without a policy: the one that ships would bring agents of its own, which nobody chose. */
function requirePolicy(
  { sources }: Policy,
  { project, user }: PolicyPlaces,
  { target, lock }: PlaceState["state"],
): void {
  if (sources.length > 0 || Object.keys(lock.files).length > 0) return;
  const places = [...new Set([project, user])].join(" or ");
  throw new RolecallError(`${target.root}: no policy to adopt agents into; nothing was written`, {
    hint: `Expected ${places}. Try rolecall init${target.level === "user" ? " --user" : ""}, which proposes one and asks which agents to adopt.`,
  });
}

/** Plans the same for a state that was already read; `init` uses it with a policy that is not written yet. */
export async function planWithAdoption(input: PlanInput, request: AdoptRequest): Promise<AdoptPlan> {
  const { target, policy, lock } = input;
  const version = await readClientVersion(request.env);
  const setup = await readSetup({ cwd: target.root, env: request.env, version });
  const ofPlugins = setup.agents.filter(({ level }) => level === "plugin");
  const agents = [...input.agents, ...ofPlugins];
  const { names = [], choices = NO_CHOICES, role, copyPlugins = false } = request;
  refuseUnknown([...names, ...choices.adopt, ...choices.leave], agents);
  const prices = readAgentPrices(setup);
  const adoptions = planAdoptions({
    policy,
    target,
    lock,
    agents,
    names,
    choices,
    role,
    copyPlugins,
    whyNotRun: (agent) => whyNotRun(agent, setup),
    isOwn: ownFiles(input),
    raise: (agent, to) => prices.raise(agent, to),
  });
  const copies = copiesOf(adoptions, ofPlugins, target);
  const changes = planChanges({
    ...input,
    agents: [...input.agents, ...copies],
    lock: lockWith(lock, adoptions, target),
  }).map((change) => asNew(change, copies));
  return {
    target,
    policy,
    changes,
    skipped: input.skipped,
    adoptions: adoptions.map((adoption) => withPrice(adoption, agents, prices)),
    userAgents: target.level === "user" ? 0 : setup.loading.filter(({ level }) => level === "user").length,
  };
}

function whyNotRun(agent: AgentFile, setup: Setup): string | undefined {
  const unread = whyNotLoaded(agent, setup.version);
  if (unread) return `Claude Code does not load it: ${unread}`;
  const hiding = hiddenBy(agent, setup);
  return hiding && `Claude Code never runs it here: ${hiding.path} has the same name`;
}

/** Throws UsageError for a name that no agent has. A misspelt one would silently apply the default to an agent. */
function refuseUnknown(wanted: readonly string[], agents: readonly AgentFile[]): void {
  const known = new Set(agents.flatMap(({ name, path }) => [name, path]));
  const unknown = wanted.find((name) => !known.has(name));
  if (unknown === undefined) return;
  const names = agents.flatMap(({ name }) => name ?? []).sort();
  throw new UsageError(`adopt: unknown agent "${unknown}"`, {
    hint: names.length > 0 ? expectOneOf(unknown, names) : "Expected an agent file: this place has none.",
  });
}

/** Returns whether a file has exactly the bytes that rolecall writes: it is its own, even if a killed apply did not write the lock. */
function ownFiles({ policy, templates }: PlanInput): (agent: AgentFile) => boolean {
  const own = new Map(
    wantedAgents(policy, templates).map((wanted) => [
      wanted.name,
      formatNewFile(agentKeys(wanted), wanted.body),
    ]),
  );
  return ({ name = "", bytes }) => own.get(name)?.equals(bytes) ?? false;
}

/** Returns the copies of plugins' agents as files of the target that do not exist yet. */
function copiesOf(adoptions: readonly Adoption[], agents: readonly AgentFile[], target: Target): AgentFile[] {
  return adoptions
    .filter(({ step }) => step === "copy")
    .flatMap(({ path, name }) => {
      const copy = join(target.root, copyPath(target, name));
      const original = agents.find((agent) => agent.path === path);
      return original && !existsSync(copy) ? [parseAgentFile(named(original), copy, sourceOf(target))] : [];
    });
}

/** Returns the agent's file with its name in it: outside of plugins the name of the file does not count. */
function named({ bytes, frontMatter, name }: AgentFile): Buffer {
  const edited = frontMatter.keys["name"] === undefined ? editFrontMatter(bytes, { name }) : { file: bytes };
  return "file" in edited ? edited.file : bytes;
}

function asNew(change: PlannedChange, copies: readonly AgentFile[]): PlannedChange {
  const copied = copies.some(({ path }) => path.endsWith(`/${change.path}`));
  return copied ? changeOf(change.path, undefined, change.after, change) : change;
}

function withPrice(adoption: Adoption, agents: readonly AgentFile[], prices: AgentPrices): PricedAdoption {
  const file = agents.find(({ path }) => path === adoption.path);
  const percent = file && adoption.to && prices.changePercent(file, adoption.to);
  return percent === undefined ? adoption : { ...adoption, priceChangePercent: percent };
}
