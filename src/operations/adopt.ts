import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Adoption, copyPath, lockWith, planAdoptions } from "../agents/adopt.ts";
import { type Change, changeOf, type PlanInput, type Target } from "../agents/change.ts";
import { type AgentFile, locatePlugins, parseAgentFile, readAgents } from "../agents/discover.ts";
import { editFrontMatter } from "../agents/edit-frontmatter.ts";
import { planChanges } from "../agents/plan.ts";
import { isFamily } from "../domain/model.ts";
import { UsageError } from "../errors.ts";
import { TIER_MODELS } from "../models/catalogue.ts";
import { createModelTable, type ModelTable } from "../models/resolve.ts";
import { configDir, readPlace, type Place, resolveAt, sourceOf } from "../agents/place.ts";
import type { Planned } from "../agents/load-plan.ts";

export interface AdoptRequest extends Place {
  /** Agents to adopt, by name; empty for all. */
  names?: readonly string[] | undefined;
  role?: string | undefined;
  copyPlugins?: boolean | undefined;
}

/** An adoption with what it does to the price of the agent's tokens. */
export interface PricedAdoption extends Adoption {
  /** Change of the list price per output token in percent; undefined where either model is not known beforehand. */
  priceChangePercent?: number;
}

export interface AdoptPlan extends Planned {
  adoptions: readonly PricedAdoption[];
  /** Agents on the user's level, which a plan for a project leaves alone. */
  userAgents: number;
}

/**
 * Finds the existing agents of a place and of its plugins, gives each a role, and plans everything that the policy then
 * wants. Writes nothing.
 */
export async function loadAdoption(request: AdoptRequest): Promise<AdoptPlan> {
  const { places, state } = await readPlace(request);
  const policy = resolveAt(places);
  if (request.role !== undefined && !policy.roles.has(request.role))
    throw new UsageError(`there is no role ${request.role}`, {
      hint: `Roles: ${[...policy.roles.keys()].join(", ")}.`,
    });
  return planWithAdoption({ ...state, policy }, request);
}

/** The same on a state that is read already; `init` uses it with a policy that is not written yet. */
export async function planWithAdoption(
  input: PlanInput,
  request: AdoptRequest,
  adopt = true,
): Promise<AdoptPlan> {
  const { target, policy, lock } = input;
  const plugins = await readAgents(await locatePlugins(configDir(request.env)));
  const adoptions = planAdoptions({
    policy,
    target,
    lock,
    agents: adopt ? [...input.agents, ...plugins.agents] : [],
    names: request.names ?? [],
    role: request.role,
    copyPlugins: request.copyPlugins ?? false,
  });
  const copies = copiesOf(adoptions, plugins.agents, target);
  const changes = planChanges({
    ...input,
    agents: [...input.agents, ...copies],
    lock: lockWith(lock, adoptions, target),
  }).map((change) => asNew(change, copies));
  const table = createModelTable();
  return {
    target,
    policy,
    changes,
    skipped: [...input.skipped, ...plugins.skipped],
    adoptions: adoptions.map((adoption) => priced(adoption, table)),
    userAgents: target.level === "user" ? 0 : await countUserAgents(request.env),
  };
}

async function countUserAgents(env: NodeJS.ProcessEnv): Promise<number> {
  const { agents } = await readAgents([{ level: "user", root: configDir(env) }]);
  return agents.filter(({ name, description }) => name !== undefined && description !== undefined).length;
}

/** Plugin agents as files of the target that are not there yet. */
function copiesOf(adoptions: readonly Adoption[], agents: readonly AgentFile[], target: Target): AgentFile[] {
  return adoptions
    .filter(({ step }) => step === "copy")
    .flatMap(({ path, name }) => {
      const copy = join(target.root, copyPath(target, name));
      const original = agents.find((agent) => agent.path === path);
      return original && !existsSync(copy) ? [parseAgentFile(named(original), copy, sourceOf(target))] : [];
    });
}

/** The agent's file with its name in it: only plugins' agents may go by the name of their file. */
function named({ bytes, frontMatter, name }: AgentFile): Buffer {
  const edited = frontMatter.keys["name"] === undefined ? editFrontMatter(bytes, { name }) : { file: bytes };
  return "file" in edited ? edited.file : bytes;
}

function asNew(change: Change, copies: readonly AgentFile[]): Change {
  const copied = copies.some(({ path }) => path.endsWith(`/${change.path}`));
  return copied ? changeOf(change.path, undefined, change.after, change) : change;
}

function priced(adoption: Adoption, table: ModelTable): PricedAdoption {
  if (!adoption.to) return adoption;
  const [old, next] = [adoption.from.model, adoption.to.model].map((model) => outputRate(model, table));
  if (old === undefined || next === undefined) return adoption;
  return { ...adoption, priceChangePercent: (next / old - 1) * 100 };
}

/** Dollars per million output tokens; undefined for a model that depends on the session. */
function outputRate(model: string | undefined, table: ModelTable): number | undefined {
  const plain = (model ?? "inherit").toLowerCase().replace(/\[1m\]$/, "");
  return table.find(isFamily(plain) ? TIER_MODELS[plain] : plain)?.rates?.output;
}
