import { readFileSync } from "node:fs";
import { tierRank } from "../domain/model.ts";
import { expectOneOf } from "../domain/nearest.ts";
import { messageOf, RolecallError, UsageError } from "../errors.ts";
import { createAnthropicSender } from "../executor/anthropic.ts";
import { type ExecutorPolicy, POLICIES, type PolicyName } from "../executor/chain.ts";
import { GaveUpError, type RunEvent, type RunResult } from "../executor/run.ts";
import type { AnswerCheck } from "../executor/validate.ts";
import { type Language, syntax } from "../executor/validators/syntax.ts";
import { json, pattern } from "../executor/validators/text.ts";
import { openAttemptLog } from "../store/attempts.ts";
import { openBreakers } from "../store/breakers.ts";
import { createCatalogue, createExecutor } from "./executor.ts";
import { checkMaxTokens, checkUsd, credentials, effortOf, openStoreAt } from "./request-options.ts";
import { classifyPrompt } from "./route.ts";
import { loadModels } from "../history/load-models.ts";

export type { RunEvent };
export const POLICY_NAMES = Object.keys(POLICIES) as PolicyName[];
const DEFAULT_POLICY: PolicyName = "SONNET_TO_OPUS";

/** One prompt with its options, as the command line writes them. */
export interface PromptRun {
  taskType: string;
  prompt: string;
  policy?: string | undefined;
  /** Starts at the tier that the prompt's class asks for, if that is above the policy's. */
  route?: boolean | undefined;
  system?: string | undefined;
  effort?: string | undefined;
  maxTokens?: number | undefined;
  /** Hard limits in dollars. */
  maxUsd?: number | undefined;
  maxUsdPerDay?: number | undefined;
  /** The answer must be JSON. */
  expectJson?: boolean | undefined;
  schemaFile?: string | undefined;
  syntax?: string | undefined;
  match?: string | undefined;
  db?: string | undefined;
  /** The user's price file. */
  prices?: string | undefined;
  signal?: AbortSignal;
  onEvent?: (event: RunEvent) => void;
}

/** Returns the host that a run sends to. */
export function endpointOf(env: NodeJS.ProcessEnv): string {
  const url = env["ANTHROPIC_BASE_URL"] || "https://api.anthropic.com";
  return URL.canParse(url) ? new URL(url).host : url;
}

/** The end of a run: an answer, or everything that was tried. */
export type RunOutcome = { answered: true; result: RunResult } | { answered: false; gaveUp: GaveUpError };

/**
 * Sends a prompt through the executor, with attempts and breakers in the store. This talks to the network. Throws
 * UsageError for invalid options.
 */
export async function runPrompt(run: PromptRun, env: NodeJS.ProcessEnv): Promise<RunOutcome> {
  const { maxUsdPerDay, maxUsd, maxTokens, system, signal, onEvent, db } = run;
  checkUsd("--max-usd", maxUsd);
  checkUsd("--max-usd-per-day", maxUsdPerDay);
  checkMaxTokens(maxTokens);
  const named = POLICIES[policyName(run.policy)];
  const policy = run.route ? routed(named, run) : named;
  const effort = effortOf(run.effort);
  const validate = await checksOf(run);
  const catalogue = createCatalogue(loadModels(run.prices, env));
  const sender = createAnthropicSender(credentials(env));
  const store = openStoreAt(db, env);
  try {
    const executor = createExecutor({
      policy,
      sender,
      catalogue,
      telemetry: openAttemptLog(store),
      breakers: openBreakers(store),
      ...(onEvent && { onEvent }),
      ...(maxUsdPerDay !== undefined && { budgets: { day: { hardUsd: maxUsdPerDay } } }),
    });
    const result = await executor.run({
      taskType: run.taskType,
      prompt: run.prompt,
      validate,
      ...(system !== undefined && { system }),
      ...(effort && { effort }),
      ...(maxTokens !== undefined && { maxTokens }),
      ...(maxUsd !== undefined && { budget: { hardUsd: maxUsd } }),
      ...(signal && { signal }),
    });
    return { answered: true, result };
  } catch (thrown) {
    if (thrown instanceof GaveUpError) return { answered: false, gaveUp: thrown };
    throw thrown;
  } finally {
    store.close();
  }
}

/** The policy with the prompt's tier as the start of its task type, unless the policy starts that higher. */
function routed<Policy extends ExecutorPolicy>(policy: Policy, { taskType, prompt }: PromptRun): Policy {
  const { routes = {} } = policy;
  const tiers = [classifyPrompt(prompt).tier, routes[taskType] ?? "haiku"];
  const highest = tiers.reduce((a, b) => (tierRank(b) > tierRank(a) ? b : a));
  return { ...policy, routes: { ...routes, [taskType]: highest } };
}

function policyName(name: string = DEFAULT_POLICY): PolicyName {
  const known = POLICY_NAMES.find((policy) => policy === name.toUpperCase().replaceAll("-", "_"));
  if (known) return known;
  throw new UsageError(`--policy: unknown policy "${name}"`, { hint: expectOneOf(name, POLICY_NAMES) });
}

const LANGUAGES = [
  "typescript",
  "javascript",
  "json",
  "yaml",
  "python",
  "ruby",
  "php",
  "bash",
  "go",
] as const;

async function checksOf({
  expectJson,
  schemaFile,
  syntax: language,
  match,
}: PromptRun): Promise<AnswerCheck[]> {
  const checks: AnswerCheck[] = [];
  if (expectJson) checks.push(json());
  if (schemaFile !== undefined) {
    // Only this check pays for loading ajv.
    const { jsonSchema } = await import("../executor/validators/schema.ts");
    checks.push(jsonSchema(readSchema(schemaFile)));
  }
  if (language !== undefined) checks.push(syntax(languageOf(language)));
  if (match !== undefined) checks.push(pattern(expressionOf(match)));
  return checks;
}

function readSchema(file: string): object {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as object;
  } catch (cause) {
    throw new RolecallError(`${file}: not a readable JSON Schema: ${messageOf(cause)}`, {
      hint: "Expected a JSON file with a schema.",
      cause,
    });
  }
}

function languageOf(text: string): Language {
  const known = LANGUAGES.find((language) => language === text.toLowerCase());
  if (known) return known;
  throw new UsageError(`--syntax: unknown language "${text}"`, { hint: expectOneOf(text, LANGUAGES) });
}

function expressionOf(text: string): RegExp {
  try {
    return new RegExp(text, "m");
  } catch (cause) {
    throw new UsageError(`--match: invalid regular expression "${text}": ${messageOf(cause)}`);
  }
}
