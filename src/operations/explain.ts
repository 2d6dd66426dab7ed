import { roleOf, type Assignment, type Policy } from "../domain/policy.ts";
import { RolecallError, UsageError } from "../errors.ts";
import { effectiveAgent } from "../client/agent.ts";
import { effectiveMain } from "../client/main.ts";
import type { AgentCall, AgentModel, Effective, Session } from "../client/types.ts";
import { isAtLeast, KNOWN_VERSION, OLDEST_VERSION } from "../client/version.ts";
import { expectOneOf } from "../domain/nearest.ts";
import { readClientVersion } from "../client/installed-version.ts";
import { loadPolicy } from "../policy/load-policy.ts";
import { modelFacts } from "../policy/catalogue-facts.ts";
import { isOwnAgentHook } from "../agents/edit-hooks.ts";
import { hooksOnAgents } from "../client/hooks.ts";
import { refusalOf } from "../client/refusal.ts";
import { twinsOf } from "../client/same-name.ts";
import { fileThatStopsClient } from "../client/settings-files.ts";
import {
  agentNamed,
  loadedAgents,
  readSetup,
  sessionAgent,
  type Setup,
  type SetupRequest,
  surroundingsOf,
} from "../client/setup.ts";
import { hookedCall } from "./explain-hook.ts";
import { explainSkill } from "./explain-skill.ts";

/** The subject to explain, and its surroundings. */
export interface ExplainRequest extends SetupRequest {
  /** An agent, a role, or `main`. */
  name: string;
  /** Options that the session was started with: model, effort, plan mode and the like. */
  session?: Partial<{ [K in keyof Session]: Session[K] | undefined }> | undefined;
  /** Arguments of the call of the agent. */
  call?: AgentCall | undefined;
  /** Version of Claude Code; by default the one on the PATH, else the newest known. */
  version?: string | undefined;
}

/** The model and effort of an agent, a role or the main thread, with the reasons. */
export interface Explanation extends Effective {
  /** The agent's name; `main` for the main thread. */
  agent: string;
  /** Role by which it was asked for. */
  role?: string;
  /** Its definition: a path, `built-in`, or where it would come from. */
  where: string;
  /** Of Claude Code. */
  version: string;
  /** Reason why Claude Code refuses to start it, whatever its model. */
  refused?: string;
}

/**
 * Returns what an agent, a role or the main thread will run on, and why. Throws UsageError if nothing has the name, and for an
 * invalid version or size.
 *
 * @example
 * ```ts
 * import { explain } from "rolecall";
 *
 * const { model, effort, where } = await explain({ name: "reviewer", cwd: process.cwd(), env: process.env });
 * console.log(model, effort, where);
 * ```
 */
export async function explain(request: ExplainRequest): Promise<Explanation> {
  refuseNonsense(request);
  const version = request.version ?? (await readClientVersion(request.env)) ?? KNOWN_VERSION;
  refuseUnknownVersion(version);
  const setup = await readSetup({ ...request, version });
  const explanation = explainIn(setup, request);
  const stopping = fileThatStopsClient(setup.settings, version);
  if (!stopping) return explanation;
  const refused = `Claude Code does not start, because ${stopping.path} is not a JSON object.`;
  return { ...explanation, refused, notes: [refused, ...explanation.notes] };
}

function explainIn(setup: Setup, request: ExplainRequest): Explanation {
  const { name, call = {} } = request;
  const { version } = setup;
  const agents = loadedAgents(setup);
  const around = { ...surroundingsOf(setup), session: sessionOf(request, setup) };
  const facts = modelFacts();
  const main = sessionAgent(setup, agents);
  if (name === "main")
    return { agent: "main", where: "the session", version, ...effectiveMain(around, facts, main) };
  const skill = /^skill:(.+)$/.exec(name)?.[1];
  if (skill !== undefined) return explainSkill(skill, { setup, agents, around, facts, sessionAgent: main });
  const { agent, role, notes: more = [] } = findAgent(name, agents, request);
  const hooked = hookedCall(agent.name, call, setup);
  const effective = effectiveAgent(agent, hooked.call, around, facts, main);
  const refused = refusalOf(agent, hooked.call, around);
  const notes = [
    ...(refused ? [`Claude Code refuses every such call. ${refused}`] : []),
    ...effective.notes,
    ...twinNotes(agent.where, setup),
    ...hooked.notes,
    ...hookNotes(setup),
    ...(role?.reasons ?? []),
    ...more,
  ];
  return {
    agent: agent.name,
    ...(role && { role: role.name }),
    where: agent.where,
    version,
    ...effective,
    notes,
    ...(refused && { refused }),
  };
}

function twinNotes(where: string, setup: Setup): string[] {
  return twinsOf(where, setup).map(
    ({ path }) => `${path} has the same name. Which of the two runs is undefined.`,
  );
}

function hookNotes(setup: Setup): string[] {
  return hooksOnAgents(setup, isOwnAgentHook).map(
    (path) => `A PreToolUse hook of ${path} can change the model and effort of the call; it is not run here.`,
  );
}

/** Throws UsageError for a version that rolecall was not compared with. */
function refuseUnknownVersion(version: string): void {
  if (isAtLeast(version, OLDEST_VERSION)) return;
  throw new UsageError(`--client-version: unknown version "${version}"`, {
    hint: `Expected ${OLDEST_VERSION} or later. Try --client-version ${KNOWN_VERSION}, the newest known version.`,
  });
}

/** Returns the state of the session. */
function sessionOf({ session }: ExplainRequest, setup: Setup): Session {
  return {
    ...session,
    contextTokens: session?.contextTokens ?? 0,
    mode: session?.mode ?? startingMode(setup),
  };
}

function refuseNonsense({ version, session }: ExplainRequest): void {
  if (version !== undefined && !/^\d+(?:\.\d+)*$/.test(version))
    throw new UsageError(`--client-version: invalid version "${version}"`, {
      hint: "Expected one such as 2.1.329.",
    });
  const { contextTokens = 0 } = session ?? {};
  if (!(contextTokens >= 0))
    throw new UsageError("--context-tokens: invalid number of tokens", {
      hint: "Expected a whole number. Try 250000.",
    });
}

/** The permission mode that the settings start sessions in, as far as it decides models. */
function startingMode({ layers }: Setup): Session["mode"] {
  const mode = layers.find(({ settings }) => settings.defaultMode)?.settings.defaultMode;
  return mode === "plan" ? "plan" : "default";
}

/** A role's name and the sentences that say why it has its model. */
interface RoleNotes {
  name: string;
  reasons: readonly string[];
}

/** An agent of the name, or the one that does the role's work: on disk, else as `rolecall apply` would write it. */
function findAgent(
  name: string,
  agents: ReadonlyMap<string, AgentModel>,
  { cwd, env }: SetupRequest,
): { agent: AgentModel; role?: RoleNotes; notes?: readonly string[] } {
  const known = agentNamed(name, agents);
  if (known) return { agent: known, ...roleOfAgent(known, cwd, env) };
  const { policy } = loadPolicy(cwd, env);
  const role = roleNamed(policy, name);
  if (!role) throw unknownName(name, [...agents.keys(), ...policy.roles.keys(), "main"]);
  const onDisk = role.agents.map((agent) => agents.get(agent)).find((agent) => agent !== undefined);
  const agent = onDisk ?? planned(role, policy);
  return { agent, role: { name: role.role, reasons: reasonsOf(role, agent) } };
}

/** Returns the role of an agent on disk where a policy has one for it. An invalid policy is a note, because the agent runs all the same. */
function roleOfAgent(
  agent: AgentModel,
  cwd: string,
  env: NodeJS.ProcessEnv,
): { role?: RoleNotes; notes?: readonly string[] } {
  try {
    const { policy } = loadPolicy(cwd, env);
    const role = policy.sources.length > 0 ? roleNamed(policy, agent.name) : undefined;
    return role ? { role: { name: role.role, reasons: reasonsOf(role, agent) } } : {};
  } catch (thrown) {
    if (!(thrown instanceof RolecallError)) throw thrown;
    return {
      notes: ["The policy cannot be read, so its reasons are missing: rolecall doctor lists the problems."],
    };
  }
}

/** Returns the role of a name, its own or that of one of its agents. A name with a colon is a plugin's agent, not a role's. */
function roleNamed(policy: Policy, name: string): Assignment | undefined {
  return policy.roles.get(name) ?? (name.includes(":") ? undefined : roleOf(policy, name));
}

function planned({ role, model, effort }: Assignment, { sources }: Policy): AgentModel {
  const where =
    sources.length > 0
      ? "the policy; rolecall apply writes it"
      : "the built-in policy; rolecall init writes one";
  return { name: role, model, effort, where };
}

function unknownName(name: string, known: readonly string[]): UsageError {
  return new UsageError(`explain: unknown agent or role "${name}"`, {
    hint: expectOneOf(name, [...new Set(known)]),
  });
}

/** Returns why a role has its model, where the policy says so, and whether the agent's file says something else. */
function reasonsOf(
  { role, model, effort, reason: { why, evidence, from } }: Assignment,
  agent: AgentModel,
): string[] {
  const differs = agent.model !== model || agent.effort !== effort;
  const wanted = `${model}${effort === undefined ? "" : ` at ${effort} effort`}`;
  return [
    `Role ${role} (${from}): ${why}`,
    ...(evidence ? [`Evidence: ${evidence}`] : []),
    ...(differs ? [`The policy wants ${wanted} for it: rolecall apply --dry-run shows the difference.`] : []),
  ];
}
