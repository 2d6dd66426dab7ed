import { randomUUID } from "node:crypto";
import { applyWinner, revertWinner } from "../cascade/apply.ts";
import {
  type CascadeEvent,
  type CascadeRequest,
  type CascadeResult,
  type CascadeWorld,
  runCascade,
} from "../cascade/cascade.ts";
import { formatDiff, formatPatch } from "../cascade/patch.ts";
import { keepWinner, listWinners, readWinner, type Winner } from "../cascade/winner.ts";
import { FAMILIES } from "../domain/model.ts";
import { messageOf, RolecallError, UsageError } from "../errors.ts";
import { loadModels } from "../history/load-models.ts";
import { sweepCascades, winnersFolder } from "../history/sweep-cascades.ts";
import { cascadesFolder } from "../history/workspace.ts";
import { loadPolicy } from "../policy/load-policy.ts";
import { openAttemptLog } from "../store/attempts.ts";
import { defaultLadder, fitLadder, parseLadder } from "./cascade-ladder.ts";
import { createCatalogue } from "./executor.ts";
import { openStoreAt } from "./request-options.ts";
import { classifyPrompt } from "./route.ts";

/** Options of a cascade. */
export interface CascadeOptions extends Omit<CascadeRequest, "ladder" | "tries" | "redFlags"> {
  /** `haiku,sonnet:high,opus`. Default: from the tier that the prompt asks for to the policy's highest. */
  ladder?: string | undefined;
  /** Default: the policy's. */
  tries?: number | undefined;
  /** Whether an answer that asks for more information counts as a failed check. Default: the policy's. */
  redFlags?: boolean | undefined;
  /** The program of Claude Code. */
  client: string;
  /** The store's file (default: ROLECALL_DB, otherwise the usual place). */
  db?: string | undefined;
}

/** The working folder, the environment and the clock of a cascade. */
export interface CascadeSurroundings {
  /** Folder in which the client works: inside the project. */
  cwd: string;
  /** Environment of the client and of the check. */
  env: NodeJS.ProcessEnv;
  /** Returns the time in ms since the epoch. */
  now: () => number;
}

/** A cascade that has ended, with its changes as text. */
export interface Cascade extends CascadeResult {
  /** The winner's changes as a patch for git; empty if there is no winner, or if it changed nothing. */
  patch: string;
  /** The same for people. */
  diff: string;
}

/**
 * Cleans up after cascades that were killed, then climbs the ladder until the check passes. Every attempt goes into the
 * store, and the winner is kept. Nothing in the user's tree is written to: `applyCascade` does that.
 *
 * @example
 * ```ts
 * import { cascade } from "rolecall";
 *
 * const where = { cwd: process.cwd(), env: process.env, now: Date.now };
 * const options = {
 *   prompt: "write done.txt",
 *   verify: "test -f done.txt",
 *   ladder: "haiku,sonnet",
 *   keepBroken: false,
 *   allow: ["Bash"],
 *   attemptTimeoutMs: 1_800_000,
 *   verifyTimeoutMs: 600_000,
 *   client: "claude",
 *   signal: AbortSignal.timeout(7_200_000),
 * };
 * const found = await cascade(options, where, ({ type }) => console.error(type));
 * console.log(found.outcome.kind, found.costUsd, found.diff); // won
 * ```
 */
export async function cascade(
  options: CascadeOptions,
  { cwd, env, now }: CascadeSurroundings,
  onEvent: (event: CascadeEvent) => void,
): Promise<Cascade> {
  const { policy } = loadPolicy(cwd, env);
  const catalogue = createCatalogue(loadModels(undefined, env));
  const { tries = policy.escalation.afterFailures, redFlags = policy.escalation.redFlags, prompt } = options;
  const route = options.ladder === undefined ? classifyPrompt(prompt, { checked: true }) : undefined;
  const wanted = route ? defaultLadder(policy, route.tier) : parseLadder(options.ladder ?? "", catalogue);
  if (route && route.tier !== FAMILIES[0])
    onEvent({ type: "note", text: `starts at ${route.tier}: ${route.reasons.join("; ")}` });
  const store = openStoreAt(options.db, env);
  try {
    for (const text of await sweepCascades(store, env)) onEvent({ type: "note", text });
    const { steps: ladder, notes } = await fitLadder(wanted, cwd, env);
    for (const text of notes) onEvent({ type: "note", text });
    const [telemetry, place] = [openAttemptLog(store), cascadesFolder(env)];
    const keep: CascadeWorld["keep"] = (winner) => tryToKeep(winner, winnersFolder(env), now(), onEvent);
    const world = { cwd, env, place, client: options.client, telemetry, catalogue, keep, now };
    const request = { ...options, ladder, tries, redFlags };
    const result = await runCascade(request, { ...world, newId: randomUUID }, onEvent);
    const changes = result.outcome.kind === "won" ? result.outcome.changes : [];
    return { ...result, patch: formatPatch(changes), diff: formatDiff(changes) };
  } finally {
    store.close();
  }
}

/** A winner that cannot be kept can still be printed. */
function tryToKeep(
  { run, root, changes }: Pick<Winner, "run" | "root" | "changes">,
  place: string,
  at: number,
  onEvent: (event: CascadeEvent) => void,
): Winner | undefined {
  if (changes.length === 0) return undefined;
  try {
    return keepWinner(place, { run, root, at, changes }, formatPatch(changes));
  } catch (error) {
    onEvent({ type: "note", text: `the changes cannot be kept in ${place}: ${messageOf(error)}` });
    return undefined;
  }
}

/**
 * Writes the winner's changes into the user's tree, all or none. Returns the paths in the way, because they
 * changed meanwhile or are reached through a link; then nothing is written. Throws RolecallError if writing fails.
 *
 * @example
 * ```ts
 * import { applyCascade, cascade } from "rolecall";
 *
 * const where = { cwd: process.cwd(), env: process.env, now: Date.now };
 * const options = {
 *   prompt: "write done.txt",
 *   verify: "test -f done.txt",
 *   ladder: "haiku,sonnet",
 *   keepBroken: false,
 *   allow: ["Bash"],
 *   attemptTimeoutMs: 1_800_000,
 *   verifyTimeoutMs: 600_000,
 *   client: "claude",
 *   signal: AbortSignal.timeout(7_200_000),
 * };
 * const found = await cascade(options, where, ({ type }) => console.error(type));
 * const conflicts = await applyCascade(found);
 * console.log(conflicts.length === 0 ? "written" : conflicts); // written
 * ```
 */
export async function applyCascade(
  { outcome }: Cascade,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string[]> {
  if (outcome.kind !== "won" || outcome.changes.length === 0) return [];
  if (!outcome.winner) throw new RolecallError("--redo: the changes were not kept");
  return applyWinner(winnersFolder(env), outcome.winner);
}

/** A winner that was applied or reverted later on, and the paths that stood in the way. */
export interface RewrittenWinner {
  /** The winner. */
  winner: Winner;
  /** Paths that changed meanwhile. If there are any, nothing was written. */
  conflicts: readonly string[];
}

/**
 * Reverts an applied winner: by default the last one in the tree that contains `cwd`. Throws UsageError if nothing was applied there.
 *
 * @example
 * ```ts
 * import { revertCascade } from "rolecall";
 *
 * try {
 *   const { winner, conflicts } = revertCascade(undefined, { cwd: process.cwd(), env: process.env });
 *   console.log(winner.run, conflicts);
 * } catch (error) {
 *   console.log(String(error)); // UsageError: nothing was applied here
 * }
 * ```
 */
export function revertCascade(
  run: string | undefined,
  { cwd, env }: Pick<CascadeSurroundings, "cwd" | "env">,
): RewrittenWinner {
  const place = winnersFolder(env);
  const winner = findWinner(place, run, cwd, ["applied"]);
  return { winner, conflicts: revertWinner(place, winner) };
}

/**
 * Applies a winner that was kept or reverted: by default the last one in the tree that contains `cwd`.
 *
 * @example
 * ```ts
 * import { reapplyCascade } from "rolecall";
 *
 * try {
 *   const { winner, conflicts } = reapplyCascade(undefined, { cwd: process.cwd(), env: process.env });
 *   console.log(winner.run, conflicts);
 * } catch (error) {
 *   console.log(String(error)); // UsageError: nothing is kept here
 * }
 * ```
 */
export function reapplyCascade(
  run: string | undefined,
  { cwd, env }: Pick<CascadeSurroundings, "cwd" | "env">,
): RewrittenWinner {
  const place = winnersFolder(env);
  const winner = findWinner(place, run, cwd, ["kept", "reverted"]);
  return { winner, conflicts: applyWinner(place, winner) };
}

function findWinner(
  place: string,
  run: string | undefined,
  cwd: string,
  states: readonly Winner["state"][],
): Winner {
  const here = listWinners(place).filter(({ root }) => cwd === root || cwd.startsWith(`${root}/`));
  const found = here.find((one) =>
    run === undefined ? states.includes(one.state) : one.run.startsWith(run),
  );
  const winner = found && readWinner(place, found.run);
  if (winner && states.includes(winner.state)) return winner;
  const what = states.includes("applied") ? "applied" : "kept or reverted";
  throw new UsageError(
    winner
      ? `cascade ${winner.run}: already ${winner.state}`
      : `cascade: no ${what} run ${run ? `"${run}" ` : ""}in ${cwd}`,
    {
      hint:
        here.length > 0
          ? `Expected one of ${here.map((one) => `${one.run} (${one.state})`).join(", ")}.`
          : "Try rolecall cascade first.",
    },
  );
}
