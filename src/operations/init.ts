import { changeOf, pathIn, type PlanInput } from "../agents/change.ts";
import { PRESETS, type Preset } from "../domain/policy.ts";
import { type AdoptPlan, planWithAdoption, type PricedAdoption } from "./adopt.ts";
import { readPlace, type Place, readText, resolveAt } from "../agents/place.ts";
import { readRepository, type Repository } from "../agents/repository.ts";
import { readClientVersion } from "../client/installed-version.ts";

/** What init finds before it asks anything. */
export interface InitFindings extends Repository {
  /** The policy file; `policyExists` says whether it is there already, and then it stays as it is. */
  policyPath: string;
  policyExists: boolean;
  /** What holds already, from the user's own policy, else the default. */
  preset: Preset;
  clientVersion: string | undefined;
  /** Whether this Claude Code lets CLAUDE_CODE_SUBAGENT_MODEL beat every agent's own model (before 2.1.251). */
  environmentBeatsAgents: boolean;
  /** Agents that adopting would bring under the policy. */
  adoptable: readonly PricedAdoption[];
}

/** The answers to init's questions. */
export interface InitAnswers {
  preset: Preset;
  /** Empty for none. */
  verify: string;
  adopt: boolean;
}

/** Looks at the repository, its agents and the installed Claude Code. Writes nothing. */
export async function readFindings(place: Place): Promise<InitFindings> {
  const { places, state } = await readPlace(place);
  const policy = resolveAt(places);
  const plan = await planWithAdoption({ ...state, policy }, place);
  const clientVersion = await readClientVersion(place.env);
  const none: Repository = { languages: [], testCommand: undefined };
  return {
    ...(place.user ? none : readRepository(places.root)),
    policyPath: places.project,
    policyExists: readText(places.project) !== undefined,
    preset: policy.preset,
    clientVersion,
    environmentBeatsAgents: clientVersion !== undefined && isBefore(clientVersion, "2.1.251"),
    adoptable: plan.adoptions.filter(({ step }) => step === "adopt"),
  };
}

/** The whole plan of an init: the policy file where there is none, and everything that it then wants. */
export async function loadInit(
  place: Place,
  findings: InitFindings,
  answers: InitAnswers,
): Promise<AdoptPlan> {
  const { target, places, state } = await readPlace(place);
  const text = readText(places.project) ?? formatPolicy(findings, answers);
  const input: PlanInput = { ...state, policy: resolveAt(places, { [places.project]: text }) };
  const plan = await planWithAdoption(input, place, answers.adopt);
  if (findings.policyExists) return plan;
  const path = place.user ? places.project : pathIn(target, places.project);
  return { ...plan, changes: [changeOf(path, undefined, Buffer.from(text)), ...plan.changes] };
}

/** What a new rolecall.yaml says. */
function formatPolicy({ environmentBeatsAgents, clientVersion }: InitFindings, answers: InitAnswers): string {
  const verify = answers.verify.replaceAll(/[\n`]/g, " ").slice(0, 200).trim();
  const lines = [
    "# yaml-language-server: $schema=./node_modules/rolecall/schema/rolecall.schema.json",
    "# Which role runs on which model, at which effort. rolecall plan shows what this comes to in Claude Code's files,",
    "# rolecall apply writes it, rolecall explain ROLE says why.",
    "version: 1",
    "",
    `# ${PRESETS.join(", ")}`,
    `preset: ${answers.preset}`,
  ];
  if (verify) lines.push("", "# Agents run this before they report.", `verify: ${JSON.stringify(verify)}`);
  if (environmentBeatsAgents)
    lines.push(
      "",
      "main:",
      `  # Claude Code ${clientVersion} would put every agent on this model; from 2.1.251 on it is a default, and sonnet saves money.`,
      "  subagentModel: inherit",
    );
  return `${lines.join("\n")}\n`;
}

function isBefore(version: string, other: string): boolean {
  return version.localeCompare(other, "en", { numeric: true }) < 0;
}
