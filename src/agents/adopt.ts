import type { Assignment, Policy } from "../domain/policy.ts";
import { pathIn, type Routing, type Target } from "./change.ts";
import { deliberatePin } from "./deliberate.ts";
import type { AgentFile, AgentLevel } from "./discover.ts";
import { guessRole } from "./guess-role.ts";
import type { Lock, LockedFile } from "./lock.ts";

/**
 * The planned step for an agent: put its file under the policy, leave it unchanged, copy a plugin's agent into the target, offer such a
 * copy, nothing because it is managed already, nothing because no role is clear, or nothing because Claude Code does not run it.
 */
export type AdoptionStep = "adopt" | "leave" | "copy" | "offer-copy" | "already" | "no-role" | "not-an-agent";

/** One existing agent and its role. */
export interface Adoption {
  /** Step of the plan for the agent. */
  step: AdoptionStep;
  /** Absolute. */
  path: string;
  /** The level that it is defined on. */
  level: AgentLevel;
  /** The plugin that it is from. */
  plugin?: string;
  /** Name of the agent. */
  name: string;
  /** The role that it gets. */
  role?: string;
  /** Reason for the role, or for having none. */
  why: string;
  /** Reason for leaving the file unchanged, for `leave`. */
  whyLeft?: string;
  /** Model and effort before. */
  from: { model: string | undefined; effort: string | undefined };
  /** Model and effort after, if it is adopted. */
  to?: Routing;
}

/** Names of agents to adopt and to leave; the defaults decide about all others. */
export interface Choices {
  /** Names of agents to adopt. */
  adopt: readonly string[];
  /** Names of agents to leave as they are. */
  leave: readonly string[];
}

export interface AdoptionRequest {
  policy: Policy;
  target: Target;
  lock: Lock;
  agents: readonly AgentFile[];
  /** Names of the only agents to consider; empty for all. */
  names: readonly string[];
  choices: Choices;
  /** Role of the named agents, instead of a guessed one. */
  role?: string | undefined;
  /** Whether to copy plugins' agents, whose own files belong to the plugin. */
  copyPlugins: boolean;
  /** Returns why Claude Code does not run the agent of a file; undefined if it does. */
  whyNotRun: (agent: AgentFile) => string | undefined;
  /** Returns whether a file is exactly as rolecall creates it. */
  isOwn: (agent: AgentFile) => boolean;
  /** Describes the increase in an agent's price; undefined if there is no increase. */
  raise: (agent: AgentFile, to: Routing) => string | undefined;
}

/** Decides the role of each agent and whether its file changes. Pure; `lockWith` adds the result to the lock. */
export function planAdoptions(request: AdoptionRequest): Adoption[] {
  const { agents, names } = request;
  return agents
    .filter(({ name, path }) => names.length === 0 || names.includes(name ?? "") || names.includes(path))
    .map((agent) => adoptionOf(agent, request));
}

function adoptionOf(agent: AgentFile, request: AdoptionRequest): Adoption {
  const { target, lock, policy } = request;
  const path = pathIn(target, agent.path);
  const base = {
    path: agent.path,
    level: agent.level,
    ...(agent.plugin === undefined ? {} : { plugin: agent.plugin }),
    name: agent.name ?? path,
    from: { model: agent.model, effort: agent.effort },
  };
  const notRun = request.whyNotRun(agent);
  if (notRun) return { ...base, step: "not-an-agent", why: notRun };
  const known = agent.level === target.level ? lock.files[path] : undefined;
  if (known?.created || request.isOwn(agent))
    return { ...base, step: "already", why: "rolecall created it", ...roleOfLocked(known) };

  const given = request.role === undefined ? undefined : { role: request.role, why: "you chose it" };
  const locked = known?.role === undefined ? undefined : { role: known.role, why: "adopted before" };
  const guess = given ?? locked ?? guessRole(agent, policy);
  const assignment = guess && policy.roles.get(guess.role);
  if (!guess || !assignment)
    return { ...base, step: "no-role", why: "its name and description show no clear role" };
  const to = routingOf(assignment);
  return { ...base, ...guess, ...stepOf(agent, to, request, guess === locked), to };
}

function stepOf(
  agent: AgentFile,
  to: Routing,
  request: AdoptionRequest,
  before: boolean,
): Pick<Adoption, "step" | "whyLeft"> {
  if (agent.level === "plugin") return { step: request.copyPlugins ? "copy" : "offer-copy" };
  if (before) return { step: "already" };
  const { adopt, leave } = request.choices;
  const name = agent.name ?? "";
  if (leave.includes(name)) return { step: "leave", whyLeft: "you left it" };
  if (adopt.includes(name) || request.names.length > 0) return { step: "adopt" };
  const whyLeft = deliberatePin(agent, to) ?? request.raise(agent, to);
  return whyLeft === undefined ? { step: "adopt" } : { step: "leave", whyLeft };
}

function roleOfLocked(locked: LockedFile | undefined): { role?: string } {
  return locked?.role === undefined ? {} : { role: locked.role };
}

function routingOf({ model, effort }: Assignment): Routing {
  return { model, effort };
}

/** Returns the lock with the adopted files, so that a plan updates them. */
export function lockWith(lock: Lock, adoptions: readonly Adoption[], target: Target): Lock {
  const added = adoptions
    .filter(({ step }) => step === "adopt" || step === "copy")
    .map(({ step, path, name, role }): [string, LockedFile] => [
      step === "copy" ? copyPath(target, name) : pathIn(target, path),
      { ...(role === undefined ? {} : { role }), created: false, keys: {} },
    ]);
  return { files: { ...lock.files, ...Object.fromEntries(added) } };
}

/** Returns the path for the copy of a plugin's agent. Removes path separators from its name. */
export function copyPath({ prefix }: Target, name: string): string {
  const plain = name.replaceAll(/[^\p{L}\p{N}_.-]+/gu, "-").replace(/^[.-]+/, "");
  return `${prefix}agents/${plain || "agent"}.md`;
}
