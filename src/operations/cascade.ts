import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { FAMILIES, isEffort, tierRank } from "../domain/model.ts";
import type { Policy } from "../domain/policy.ts";
import { InvalidInputError, type InputProblem } from "../errors.ts";
import type { Catalogue } from "../executor/catalogue.ts";
import {
  type CascadeEvent,
  type CascadeRequest,
  type CascadeResult,
  type CascadeRung,
  runCascade,
} from "../cascade/cascade.ts";
import { applyChanges } from "../cascade/change.ts";
import { formatPatch } from "../cascade/patch.ts";
import { openAttemptLog } from "../store/attempts.ts";
import { openStore } from "../store/open.ts";
import { createCatalogue } from "./executor.ts";
import { loadModels } from "../history/load-models.ts";
import { loadPolicy } from "../policy/load-policy.ts";
import { sweepCascades } from "../history/sweep-cascades.ts";
import { cascadesFolder } from "../history/workspace.ts";
import { resolveWorkspace } from "../history/workspace.ts";

export interface CascadeOptions extends Omit<CascadeRequest, "ladder" | "tries"> {
  /** `haiku,sonnet:high,opus`; default: every tier up to the policy's highest. */
  ladder?: string | undefined;
  /** Default: the policy's. */
  tries?: number | undefined;
  /** The program of Claude Code. */
  client: string;
  db?: string | undefined;
}

/** Where a cascade runs, and for whom. */
export interface Surroundings {
  cwd: string;
  env: NodeJS.ProcessEnv;
  now: () => number;
}

export interface Cascade extends CascadeResult {
  /** The winner's changes as a unified patch; empty without a winner, or where it changed nothing. */
  patch: string;
}

/**
 * Cleans up after cascades that were killed, then climbs the ladder until the check passes. Every attempt goes into the
 * store. Nothing in the user's tree is written to; `applyCascade` does that.
 */
export async function cascade(
  options: CascadeOptions,
  { cwd, env, now }: Surroundings,
  onEvent: (event: CascadeEvent) => void,
): Promise<Cascade> {
  const { policy } = loadPolicy(cwd, env);
  const catalogue = createCatalogue(loadModels(undefined, env));
  const ladder = parseLadder(options.ladder ?? ladderOf(policy), catalogue);
  const tries = options.tries ?? policy.escalation.afterFailures;
  const { dbFile } = resolveWorkspace(options.db === undefined ? {} : { db: options.db }, env);
  const store = openStore(dbFile);
  try {
    await sweepCascades(store, env);
    const [telemetry, place] = [openAttemptLog(store), cascadesFolder(env)];
    const world = { cwd, env, place, client: options.client, telemetry, catalogue, now, newId: randomUUID };
    const result = await runCascade({ ...options, ladder, tries }, world, onEvent);
    const { outcome } = result;
    return { ...result, patch: outcome.kind === "won" ? formatPatch(outcome.changes) : "" };
  } finally {
    store.close();
  }
}

/** Writes the winner's changes into the user's tree, or nothing: then the paths that are no longer as they were are returned. */
export async function applyCascade({ root, outcome }: Cascade): Promise<string[]> {
  return outcome.kind === "won" ? await applyChanges(root, outcome.changes) : [];
}

/** Keeps a patch that was paid for and not applied; returns its path. */
export function writePatch({ run, patch }: Cascade, env: NodeJS.ProcessEnv): string {
  const home = env["HOME"] || env["USERPROFILE"] || homedir();
  const place = join(env["XDG_DATA_HOME"] || join(home, ".local/share"), "rolecall/patches");
  mkdirSync(place, { recursive: true });
  const path = join(place, `${run}.patch`);
  writeFileSync(path, patch);
  return path;
}

/** From the cheapest tier to the highest that the policy lets work move up to. */
function ladderOf({ escalation }: Policy): string {
  return FAMILIES.slice(0, tierRank(escalation.upTo) + 1).join(",");
}

/** Reads a ladder. Throws InvalidInputError with every rung that is no known model, no known effort, or a step down. */
export function parseLadder(text: string, catalogue: Catalogue): CascadeRung[] {
  const problems: InputProblem[] = [];
  let highest = 0;
  const rungs = text.split(",").map((word): CascadeRung => {
    const [model = "", effort] = word.trim().split(":");
    const facts = catalogue.find(model);
    const key = "--ladder";
    if (!facts)
      problems.push({
        key,
        message: "not a known model",
        found: word.trim(),
        expected: `${FAMILIES.join(", ")}, or an exact id`,
      });
    else if (effort !== undefined && !(isEffort(effort) && facts.efforts.includes(effort)))
      problems.push({
        key,
        message: `not an effort of ${model}`,
        found: effort,
        expected: facts.efforts.join(", ") || "none: it has no such setting",
      });
    const rank = facts?.tier ? tierRank(facts.tier) : highest;
    if (rank < highest)
      problems.push({
        key,
        message: "a cascade never goes down",
        found: text,
        expected: "rising tiers: haiku, sonnet, opus, fable",
      });
    highest = Math.max(highest, rank);
    return { model, ...(effort !== undefined && { effort }) };
  });
  if (problems.length > 0) throw new InvalidInputError("the ladder", problems);
  return rungs;
}
