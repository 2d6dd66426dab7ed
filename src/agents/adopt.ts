import type { Assignment, Policy } from "../domain/policy.ts";
import { pathIn, type Routing, type Target } from "./change.ts";
import { deliberatePin } from "./deliberate.ts";
import type { AgentFile, Level } from "./discover.ts";
import { guessRole } from "./guess-role.ts";
import { whyNotLoaded } from "./loading.ts";
import type { Lock, LockedFile } from "./lock.ts";

/**
 * What adopting does with one agent: brings its file under the policy, leaves it as it is, copies a plugin's agent into the target, could
 * do so if asked, finds it there already, or has no role for it.
 */
export type AdoptionStep = "adopt" | "leave" | "copy" | "offer-copy" | "already" | "no-role" | "not-an-agent";

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
  /** Why its file is left as it is, for `leave`. */
  whyLeft?: string;
  from: { model: string | undefined; effort: string | undefined };
  to?: Routing;
}

/** Which agents to adopt and which to leave, by name; whoever is in neither is decided by default. */
export interface Choices {
  adopt: readonly string[];
  leave: readonly string[];
}

export interface AdoptionRequest {
  policy: Policy;
  target: Target;
  lock: Lock;
  agents: readonly AgentFile[];
  /** The only agents that are asked about, by name; empty for all. */
  names: readonly string[];
  choices: Choices;
  /** The role that the named agents get, instead of a guessed one. */
  role?: string | undefined;
  /** Whether to copy plugins' agents, whose own files belong to the plugin. */
  copyPlugins: boolean;
  /** Whether a file is exactly as rolecall creates it. */
  isOwn: (agent: AgentFile) => boolean;
  /** What an agent would cost more than today, in words; undefined if nothing. */
  raise: (agent: AgentFile, to: Routing) => string | undefined;
}

/** Decides for each agent which role it serves and whether its file is to change. Pure; `lockWith` then makes the lock say so. */
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
  if (unread) return { ...base, step: "not-an-agent", why: `Claude Code does not load it: ${unread}` };
  const known = agent.level === target.level ? lock.files[path] : undefined;
  if (known?.created || request.isOwn(agent))
    return { ...base, step: "already", why: "rolecall created it", ...roleOfLocked(known) };

  const given = request.role === undefined ? undefined : { role: request.role, why: "you said so" };
  const locked = known?.role === undefined ? undefined : { role: known.role, why: "adopted before" };
  const guess = given ?? locked ?? guessRole(agent, policy);
  const assignment = guess && policy.roles.get(guess.role);
  if (!guess || !assignment) return { ...base, step: "no-role", why: "nothing says clearly what it does" };
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
