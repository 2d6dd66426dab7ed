import type { Assignment, Policy } from "../domain/policy.ts";
import { pathIn, type Routing, type Target } from "./change.ts";
import type { AgentFile, Level } from "./discover.ts";
import { guessRole } from "./guess-role.ts";
import type { Lock, LockedFile } from "./lock.ts";

/**
 * What adopting does with one agent: brings its file under the policy, copies a plugin's agent into the target, could do so if
 * asked, finds it there already, or leaves it alone.
 */
export type AdoptionStep = "adopt" | "copy" | "offer-copy" | "already" | "no-role" | "not-an-agent";

/** One existing agent and the role that it is given. */
export interface Adoption {
  step: AdoptionStep;
  /** Absolute. */
  path: string;
  level: Level;
  plugin?: string;
  name: string;
  role?: string;
  /** Why this role, or why none. */
  why: string;
  from: { model: string | undefined; effort: string | undefined };
  to?: Routing;
}

export interface AdoptionRequest {
  policy: Policy;
  target: Target;
  lock: Lock;
  agents: readonly AgentFile[];
  /** Agents to adopt, by name; empty for all. */
  names: readonly string[];
  /** The role that the named agents get, instead of a guessed one. */
  role?: string | undefined;
  /** Whether to copy plugins' agents, whose own files belong to the plugin. */
  copyPlugins: boolean;
}

/** Decides for each agent which role it serves. Pure; `lockWith` then makes the lock say so. */
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
  const unread = whyNotLoaded(agent);
  if (unread) return { ...base, step: "not-an-agent", why: unread };
  const known = agent.level === target.level ? lock.files[path] : undefined;
  if (known?.created) return { ...base, step: "already", why: "rolecall created it", ...roleOfLocked(known) };

  const given = request.role === undefined ? undefined : { role: request.role, why: "you said so" };
  const locked = known?.role === undefined ? undefined : { role: known.role, why: "adopted before" };
  const guess = given ?? locked ?? guessRole(agent, policy);
  const assignment = guess && policy.roles.get(guess.role);
  if (!guess || !assignment) return { ...base, step: "no-role", why: "nothing says clearly what it does" };
  return { ...base, ...guess, step: stepOf(agent, request, guess === locked), to: routingOf(assignment) };
}

/** Why Claude Code does not offer an agent of this file. */
function whyNotLoaded({ frontMatter, name, description }: AgentFile): string | undefined {
  if (frontMatter.why !== undefined) return `Claude Code does not load it: ${frontMatter.why}`;
  if (name === undefined) return "Claude Code does not load it: no name";
  if (description === undefined) return "Claude Code does not load it: no description";
  return undefined;
}

function stepOf(agent: AgentFile, { copyPlugins }: AdoptionRequest, before: boolean): AdoptionStep {
  if (agent.level === "plugin") return copyPlugins ? "copy" : "offer-copy";
  return before ? "already" : "adopt";
}

function roleOfLocked({ role }: LockedFile): { role?: string } {
  return role === undefined ? {} : { role };
}

function routingOf({ model, effort }: Assignment): Routing {
  return { model, effort };
}

/** The lock with the adopted files in it, so that a plan brings them in line. */
export function lockWith(lock: Lock, adoptions: readonly Adoption[], target: Target): Lock {
  const added = adoptions
    .filter(({ step }) => step === "adopt" || step === "copy")
    .map(({ step, path, name, role }): [string, LockedFile] => [
      step === "copy" ? copyPath(target, name) : pathIn(target, path),
      { ...(role === undefined ? {} : { role }), created: false, keys: {} },
    ]);
  return { files: { ...lock.files, ...Object.fromEntries(added) } };
}

/** Where the copy of a plugin's agent goes; its name must not lead anywhere else. */
export function copyPath({ prefix }: Target, name: string): string {
  const plain = name.replaceAll(/[^\p{L}\p{N}_.-]+/gu, "-").replace(/^[.-]+/, "");
  return `${prefix}agents/${plain || "agent"}.md`;
}
