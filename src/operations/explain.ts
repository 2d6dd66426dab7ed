import { roleOf, type Assignment } from "../domain/policy.ts";
import { UsageError } from "../errors.ts";
import { effectiveAgent } from "../client/agent.ts";
import { effectiveMain } from "../client/main.ts";
import type { AgentCall, AgentModel, Effective, Session, Surroundings } from "../client/types.ts";
import { KNOWN_VERSION } from "../client/version.ts";
import { nearest } from "../domain/nearest.ts";
import { readClientVersion } from "../client/installed-version.ts";
import { loadPolicy } from "../policy/load-policy.ts";
import { modelFacts } from "../policy/catalogue-facts.ts";
import { loadedAgents, readSetup, type Setup, type SetupRequest } from "../client/setup.ts";

export interface ExplainRequest extends SetupRequest {
  /** An agent, a role, or `main`. */
  name: string;
  session?: Partial<{ [K in keyof Session]: Session[K] | undefined }> | undefined;
  call?: AgentCall | undefined;
  /** Version of Claude Code; by default the one on the PATH, else the newest known. */
  version?: string | undefined;
}

/** What an agent, a role or the main thread will run on, and why. */
export interface Explanation extends Effective {
  /** The agent's name; `main` for the main thread. */
  agent: string;
  /** Where it was asked by its role. */
  role?: string;
  /** Its definition: a path, `built-in`, or where it would come from. */
  where: string;
  /** Of Claude Code. */
  version: string;
}

/** Throws UsageError where nothing has the name, or a version or a size is none. */
export async function explain(request: ExplainRequest): Promise<Explanation> {
  const { name, call = {} } = request;
  refuseNonsense(request);
  const version = request.version ?? (await readClientVersion(request.env)) ?? KNOWN_VERSION;
  const setup = await readSetup(request);
  const agents = loadedAgents(setup, version);
  const session = {
    ...request.session,
    contextTokens: request.session?.contextTokens ?? 0,
    mode: request.session?.mode ?? startingMode(setup),
  };
  const around: Surroundings = { version, env: setup.env, layers: setup.layers, session };
  const facts = modelFacts();
  const sessionAgent = agents.get(setup.layers.find(({ settings }) => settings.agent)?.settings.agent ?? "");
  if (name === "main")
    return { agent: "main", where: "the session", version, ...effectiveMain(around, facts, sessionAgent) };
  const { agent, role } = findAgent(name, agents, request);
  const effective = effectiveAgent(agent, call, around, facts, sessionAgent);
  const notes = [...effective.notes, ...hookNotes(setup)];
  return { agent: agent.name, ...(role && { role }), where: agent.where, version, ...effective, notes };
}

/** Hooks that see Agent calls: they can change the model and the effort, and are not run here. */
function hookNotes({ settings }: Setup): string[] {
  return settings.flatMap(({ path, json, faults }) => {
    const hooks = json?.["hooks"] as { PreToolUse?: unknown } | undefined;
    const before = faults.some(({ voids }) => voids) ? undefined : hooks?.PreToolUse;
    if (!Array.isArray(before) || !before.some(seesAgents)) return [];
    return [`A PreToolUse hook of ${path} can change the model and effort of the call; it is not run here.`];
  });
}

function refuseNonsense({ version, session }: ExplainRequest): void {
  if (version !== undefined && !/^\d+(?:\.\d+)*$/.test(version))
    throw new UsageError(`invalid version of Claude Code "${version}"`, {
      hint: "Expected one such as 2.1.329.",
    });
  const { contextTokens = 0 } = session ?? {};
  if (!(contextTokens >= 0))
    throw new UsageError("the context has to be a number of tokens", { hint: "Write one like 250000." });
}

/** The permission mode that the settings start sessions in, as far as it decides models. */
function startingMode({ layers }: Setup): Session["mode"] {
  const mode = layers.find(({ settings }) => settings.defaultMode)?.settings.defaultMode;
  return mode === "plan" ? "plan" : "default";
}

function seesAgents({ matcher }: { matcher?: unknown }): boolean {
  return typeof matcher === "string" && /\b(?:Agent|Task)\b/.test(matcher);
}

/** An agent of the name, or the one that does the role's work: on disk, else as `rolecall apply` would write it. */
function findAgent(
  name: string,
  agents: ReadonlyMap<string, AgentModel>,
  { cwd, env }: SetupRequest,
): { agent: AgentModel; role?: string } {
  const known =
    agents.get(name) ?? only([...agents.values()].filter((agent) => agent.name.endsWith(`:${name}`)));
  if (known) return { agent: known };
  const { policy } = loadPolicy(cwd, env);
  const role = policy.roles.get(name) ?? roleOf(policy, name);
  if (!role) throw unknownName(name, [...agents.keys(), ...policy.roles.keys(), "main"]);
  const onDisk = role.agents.map((agent) => agents.get(agent)).find((agent) => agent !== undefined);
  return { agent: onDisk ?? planned(role), role: role.role };
}

function only<T>(found: readonly T[]): T | undefined {
  return found.length === 1 ? found[0] : undefined;
}

function planned({ role, model, effort }: Assignment): AgentModel {
  return { name: role, model, effort, where: "the policy; rolecall apply writes it" };
}

function unknownName(name: string, known: readonly string[]): UsageError {
  const meant = nearest(name, known);
  return new UsageError(`unknown agent or role "${name}"`, {
    hint: meant ? `Did you mean ${meant}?` : `Known: ${[...new Set(known)].join(", ")}.`,
  });
}
