import { existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative, resolve } from "node:path";
import { changeOf, pathIn, type PlanInput } from "../agents/change.ts";
import type { AgentFile } from "../agents/discover.ts";
import { type Guess, guessRole } from "../agents/guess-role.ts";
import type { AgentPlace } from "../agents/locate.ts";
import { readPlace, resolveAt } from "../agents/place.ts";
import { refuseLinkedAgents } from "../agents/target-files.ts";
import { isPackage, readRepository, type Repository } from "../agents/repository/read.ts";
import { readClientVersion } from "../client/installed-version.ts";
import { readSetup } from "../client/setup.ts";
import { isAtLeast, SINCE } from "../client/version.ts";
import { type Policy, type Preset, PRESETS, roleOf } from "../domain/policy.ts";
import { UsageError } from "../errors.ts";
import type { IngestProgress } from "../history/ingest.ts";
import { configDir, locatePolicies } from "../policy/places.ts";
import { readTextFile } from "../policy/read-file.ts";
import { BUILT_IN_ROLES } from "../policy/roles.ts";
import { type AdoptPlan, planWithAdoption } from "./adopt.ts";
import type { Choices } from "../agents/adopt.ts";
import { readRepositoryHistory, type RepositoryHistory } from "./repository-history.ts";

/** The input of init's decisions. */
export interface InitFindings extends Repository {
  /** Place of the policy. */
  place: AgentPlace;
  /** The policy file. If `policyExists`, it stays unchanged. */
  policyPath: string;
  policyExists: boolean;
  /** Preset of the user's own policy, otherwise the default. */
  preset: Preset;
  clientVersion: string | undefined;
  /** Whether CLAUDE_CODE_SUBAGENT_MODEL overrides every agent's own model in the installed Claude Code. */
  environmentBeatsAgents: boolean;
  /** Reason why sessions that start in the working folder do not read everything; undefined if they do. */
  reach: string | undefined;
  /** Agents that were called here; undefined without a history of this repository. */
  history: RepositoryHistory | undefined;
  /** Roles that existing agents fill, with the names of the target's agents that the policy does not have yet. */
  filled: ReadonlyMap<string, readonly string[]>;
  /** Reason for the role of each agent, by name. Kept from before the new policy, which would become the reason. */
  reasons: ReadonlyMap<string, string>;
}

/** The decisions that a new policy contains. */
export interface InitAnswers {
  preset: Preset;
  /** Empty for none. */
  verify: string;
  /** Built-in roles that get an agent of rolecall's own. */
  roles: readonly string[];
  choices: Choices;
}

/** Roles for a project without a history: the phases of the workflow. */
const CORE_ROLES = ["explorer", "planner", "implementer", "reviewer"] as const;

/**
 * Reads the repository of a place (`placeOfInit`), its agents, its history and the version of Claude Code. Writes only to rolecall's own
 * store.
 */
export async function readFindings(
  place: AgentPlace,
  now: number,
  onProgress?: (progress: IngestProgress) => void,
): Promise<InitFindings> {
  const { target, places, state } = await readPlace(place);
  refuseLinkedAgents(target);
  const policy = resolveAt(places);
  const clientVersion = await readClientVersion(place.env);
  const setup = await readSetup({ cwd: target.root, env: place.env, version: clientVersion });
  const files = setup.loading;
  const guesses = files.map((file) => ({ file, guess: guessRole(file, policy) }));
  const root = place.user ? undefined : target.root;
  const none: Repository = { languages: [], verify: undefined };
  return {
    ...(root === undefined ? none : readRepository(root, repositoryOf(root))),
    place,
    policyPath: places.project,
    policyExists: readTextFile(places.project) !== undefined,
    preset: policy.preset,
    clientVersion,
    environmentBeatsAgents: clientVersion !== undefined && !isAtLeast(clientVersion, SINCE.variableIsDefault),
    reach: place.user ? undefined : reachOf(place.cwd, target.root),
    history: await readRepositoryHistory({
      root,
      cwd: place.cwd,
      env: place.env,
      now,
      policy,
      files,
      onProgress,
    }),
    filled: filledRoles(policy, guesses, new Set(state.agents.map(({ path }) => path))),
    reasons: new Map(guesses.map(({ file, guess }) => [file.name ?? "", guess?.why ?? ""])),
  };
}

/**
 * Returns the place that init sets up. In a package of a monorepo without a policy above it, this is the package, because sessions that
 * start there read no other settings. Throws UsageError in the home folder.
 */
export function placeOfInit(asked: AgentPlace): AgentPlace {
  if (asked.user) return asked;
  refuseHome(asked);
  const cwd = real(asked.cwd);
  const { root, project } = locatePolicies(cwd, asked.env);
  const own = cwd !== root && !existsSync(project) && isPackage(cwd);
  return own ? { ...asked, cwd, root: cwd } : asked;
}

/** In the home folder `.claude` is the user's own configuration, so a project there would be a mistake. */
function refuseHome({ cwd, env }: AgentPlace): void {
  const home = env["HOME"] || homedir();
  const isHome = real(cwd) === real(home) || real(join(cwd, ".claude")) === real(configDir(env));
  if (!isHome) return;
  throw new UsageError(`${cwd}: your home folder, not a project`, {
    hint: "Try rolecall init --user, which sets up every project of yours, or run rolecall init in a project.",
  });
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path); // nothing is there, or not any more
  }
}

function reachOf(cwd: string, root: string): string | undefined {
  const below = relative(root, real(cwd));
  if (below === "") return undefined;
  return `Sessions that start in ${below} get the agents of ${root}, but not its settings: start Claude Code in ${root}.`;
}

/** Returns the root of the repository that a folder is in, otherwise the folder. */
function repositoryOf(folder: string): string {
  for (let at = folder; ; at = resolve(at, "..")) {
    if (existsSync(join(at, ".git"))) return at;
    if (at === resolve(at, "..")) return folder;
  }
}

/** Finds the roles that agents of any level fill. The policy has to name only the target's agents that it does not have yet. */
function filledRoles(
  policy: Policy,
  guesses: readonly { file: AgentFile; guess: Guess | undefined }[],
  ofTarget: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const filled = new Map<string, Set<string>>();
  for (const { file, guess } of guesses) {
    if (!guess) continue;
    const { role } = guess;
    const names = filled.get(role) ?? new Set();
    if (file.name !== undefined && ofTarget.has(file.path) && !roleOf(policy, file.name))
      names.add(file.name);
    filled.set(role, names);
  }
  return new Map([...filled].map(([role, names]) => [role, [...names]]));
}

export const BUILT_IN_ROLE_NAMES: readonly string[] = Object.keys(BUILT_IN_ROLES);

/** Returns the roles that get a new agent by default: those that occur here and that no agent fills. */
export function defaultRoles({ history, filled }: Pick<InitFindings, "history" | "filled">): string[] {
  const occurring = history?.roles ?? CORE_ROLES;
  return BUILT_IN_ROLE_NAMES.filter((role) => occurring.includes(role) && !filled.has(role));
}

/** Plans an init: the policy file if it does not exist, and all files that the policy then needs. */
export async function loadInit(findings: InitFindings, answers: InitAnswers): Promise<AdoptPlan> {
  const { place } = findings;
  const { target, places, state } = await readPlace(place);
  const text = readTextFile(places.project) ?? formatPolicy(findings, answers);
  const input: PlanInput = { ...state, policy: resolveAt(places, { [places.project]: text }) };
  const plan = await planWithAdoption(input, { ...place, choices: answers.choices });
  if (findings.policyExists) return plan;
  const path = place.user ? places.project : pathIn(target, places.project);
  return {
    ...plan,
    adoptions: plan.adoptions.map((one) => ({ ...one, why: findings.reasons.get(one.name) || one.why })),
    changes: [changeOf(path, undefined, Buffer.from(text)), ...plan.changes],
  };
}

/** Formats a new rolecall.yaml. */
function formatPolicy(findings: InitFindings, answers: InitAnswers): string {
  const { environmentBeatsAgents, clientVersion } = findings;
  const verify = answers.verify.replaceAll(/[\n`]/g, " ").slice(0, 200).trim();
  const lines = [
    "# yaml-language-server: $schema=./node_modules/rolecall/schema/rolecall.schema.json",
    "# Which role runs on which model, at which effort. rolecall apply --dry-run shows what this changes in Claude Code's files,",
    "# rolecall apply writes it, rolecall explain ROLE shows why.",
    "version: 1",
    "",
    `# ${PRESETS.join(", ")}`,
    `preset: ${answers.preset}`,
    ...formatGenerate(answers.roles),
  ];
  if (verify) lines.push("", "# Agents run this before they report.", `verify: ${JSON.stringify(verify)}`);
  if (environmentBeatsAgents)
    lines.push(
      "",
      "main:",
      `  # Claude Code ${clientVersion} would put every agent on this model; from ${SINCE.variableIsDefault} on it is a default, and sonnet saves money.`,
      "  subagentModel: inherit",
    );
  return `${[...lines, ...formatRoles(findings)].join("\n")}\n`;
}

function formatGenerate(roles: readonly string[]): string[] {
  if (BUILT_IN_ROLE_NAMES.every((role) => roles.includes(role))) return [];
  const comment = "# The roles that get an agent of rolecall's own: all, none or a list.";
  return ["", comment, `generate: ${roles.length === 0 ? "none" : `[${roles.join(", ")}]`}`];
}

function formatRoles({ filled }: InitFindings): string[] {
  const lines = [...filled].flatMap(([role, names]) =>
    names.length === 0 ? [] : [`  ${role}:`, `    agents: ${JSON.stringify(names)}`],
  );
  return lines.length === 0
    ? []
    : ["", "# Existing agents, by the role whose work they do.", "roles:", ...lines];
}
