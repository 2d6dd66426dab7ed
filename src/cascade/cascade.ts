import { join } from "node:path";
import type { AttemptCause, Telemetry } from "../domain/attempt.ts";
import { fromUsd, type NanoUsd, toUsd } from "../domain/money.ts";
import { sum } from "../domain/numbers.ts";
import { messageOf, RolecallError } from "../errors.ts";
import type { Catalogue } from "../executor/catalogue.ts";
import {
  type AttemptOutcome,
  type AttemptPlan,
  type AttemptWorld,
  type CascadeAttempt,
  runAttempt,
} from "./attempt.ts";
import { type CascadeStop, type CascadeVerdict, decide, type JudgedAttempt, type Move } from "./decide.ts";
import type { FileChange } from "./file-state.ts";
import { explainFullDisk } from "./full-disk.ts";
import type { LeftOut } from "./left-out.ts";
import { beginRun, keepFolder, type LiveRun, removeTree } from "./live-runs.ts";
import type { FailedCheck } from "./prompt.ts";
import { pinStart } from "./start.ts";
import type { Winner } from "./winner.ts";

/** One step of a ladder: a model, with an effort if it is not the model's own. */
export interface CascadeStep {
  /** A tier or an exact id. */
  model: string;
  /** Level of effort (default: the model's own). */
  effort?: string;
}

/** The options of a cascade. */
export interface CascadeRequest {
  /** The task, in the user's words. */
  prompt: string;
  /** A shell command; exit code 0 means that the work is done. */
  verify: string;
  /** From the lowest step up. */
  ladder: readonly CascadeStep[];
  /** Attempts per step. */
  tries: number;
  /** Dollars for all attempts (default: no limit). */
  maxUsd?: number;
  /** Each attempt starts from what the one before left, not from the user's state. */
  keepBroken: boolean;
  /** Runs in each fresh folder before the client (`npm ci`). */
  setup?: string;
  /** Tools that the client may use without asking. */
  allow: readonly string[];
  /** An answer that asks for more information counts as a failed check. */
  redFlags: boolean;
  /** Limit of one attempt, in ms. */
  attemptTimeoutMs: number;
  /** Limit of one check, in ms. */
  verifyTimeoutMs: number;
  /** Ends the cascade, with everything that it started. */
  signal: AbortSignal;
}

/** The outside world of a cascade. */
export interface CascadeWorld {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Folder in which the folders of runs are made. */
  place: string;
  /** The program of Claude Code. */
  client: string;
  telemetry: Telemetry;
  catalogue: Catalogue;
  /** Keeps the winner's changes outside of the user's tree; undefined if there is nothing to keep, or no place. */
  keep: (winner: Pick<Winner, "run" | "root" | "changes">) => Winner | undefined;
  now: () => number;
  newId: () => string;
}

/** An event of a cascade, reported as it happens. */
export type CascadeEvent =
  | { type: "start"; kind: "git" | "copy"; root: string }
  | { type: "attempt"; number: number; step: CascadeStep; cause: AttemptCause }
  | { type: "check"; number: number }
  | { type: "settled"; number: number; attempt: CascadeAttempt }
  /** Something the user should know. */
  | { type: "note"; text: string };

/** The result of a cascade. */
export interface CascadeResult {
  /** ID of the cascade, for `--undo` and `--redo`. */
  run: string;
  /** Root of the user's tree, which nothing was written to. */
  root: string;
  /** Every attempt, in order. */
  attempts: readonly CascadeAttempt[];
  /** Dollars for all attempts. */
  costUsd: number;
  /** The winner, or why there is no winner. */
  outcome: CascadeOutcome;
}

/** The attempt that passed the check, and its changes; otherwise why none did. */
export type CascadeOutcome =
  | {
      kind: "won";
      attempt: CascadeAttempt;
      changes: readonly FileChange[];
      /** Changes that cannot be carried over, because git ignores them or they are another repository's. */
      leftOut: readonly LeftOut[];
      /** The changes as they are kept; absent if nothing changed, or they could not be kept. */
      winner?: Winner;
    }
  | { kind: "stopped"; stop: CascadeStop; why: string; lastOutput: string };

/**
 * Climbs a ladder of models until a check passes: each attempt runs headless Claude Code in a fresh copy of the user's
 * tree. Records every attempt and removes all that it made. The winner's changes are returned, not applied.
 */
export async function runCascade(
  request: CascadeRequest,
  world: CascadeWorld,
  onEvent: (event: CascadeEvent) => void = () => undefined,
): Promise<CascadeResult> {
  const id = world.newId();
  let run: LiveRun | undefined;
  try {
    run = await beginRun(world.place, id);
    const start = await pinStart(world.cwd, run.folder, world.env, request.signal);
    onEvent({ type: "start", kind: start.kind, root: start.root });
    return await climb(id, request, { ...world, run, start, onEvent: onceEach(onEvent) });
  } catch (error) {
    if (isAbort(error, request.signal)) return stoppedAtOnce(id, world.cwd);
    throw explainFullDisk(error, world.place);
  } finally {
    await run?.remove().catch((error: unknown) => {
      onEvent({ type: "note", text: `the next start removes ${run?.folder}: ${messageOf(error)}` });
    });
  }
}

function isAbort(error: unknown, { aborted, reason }: AbortSignal): boolean {
  return aborted && error === reason;
}

/** The result of a cascade that was stopped before it had a copy to work in. */
function stoppedAtOnce(run: string, root: string): CascadeResult {
  return {
    run,
    root,
    attempts: [],
    costUsd: 0,
    outcome: { kind: "stopped", stop: "aborted", why: "", lastOutput: "" },
  };
}

/** Passes each note on once: every attempt would repeat it. */
function onceEach(onEvent: (event: CascadeEvent) => void): (event: CascadeEvent) => void {
  const seen = new Set<string>();
  return (event) => {
    if (event.type === "note" && seen.has(event.text)) return;
    if (event.type === "note") seen.add(event.text);
    onEvent(event);
  };
}

/** An attempt that was made, and the folder that it left. */
interface MadeAttempt extends JudgedAttempt, AttemptOutcome {
  folder: string;
}

async function climb(id: string, request: CascadeRequest, world: AttemptWorld): Promise<CascadeResult> {
  const made: MadeAttempt[] = [];
  const { ladder, tries, maxUsd, signal } = request;
  const rules = { steps: ladder.length, tries, ...(maxUsd !== undefined && { maxNano: fromUsd(maxUsd) }) };
  for (;;) {
    const isWon = made.at(-1)?.verdict.kind === "accepted";
    const move: Move = signal.aborted && !isWon ? { kind: "stop", stop: "aborted" } : decide(rules, made);
    if (move.kind === "try") made.push(...(await climbOnce(id, move, made, request, world)));
    else
      return {
        run: id,
        root: world.start.root,
        attempts: made.map(({ attempt }) => attempt),
        costUsd: toUsd(spentOn(made)),
        outcome: await outcomeOf(move, made.at(-1), world),
      };
  }
}

async function climbOnce(
  id: string,
  { step, cause }: Extract<Move, { kind: "try" }>,
  made: readonly MadeAttempt[],
  request: CascadeRequest,
  world: AttemptWorld,
): Promise<MadeAttempt[]> {
  const last = made.at(-1);
  const number = made.length + 1;
  const kept = request.keepBroken ? last : undefined;
  if (last && !kept) await removeTree(folderOf(world.run, made.length));
  // The copy of a project has the project's own path below the attempt's number: its transcripts show whose work it was.
  const folder = kept?.folder ?? join(folderOf(world.run, number), world.start.root);
  const plan: AttemptPlan = {
    run: id,
    number,
    // `decide` stays on the ladder.
    step: request.ladder[step] as CascadeStep,
    stepIndex: step,
    cause,
    folder,
    signature: kept?.signature,
    before: failedCheckOf(last?.verdict, kept !== undefined),
    spentNano: spentOn(made),
  };
  try {
    const outcome = await runAttempt(plan, request, world);
    return [{ ...outcome, step, costNano: outcome.attempt.costNano, folder }];
  } catch (error) {
    // Stopped while the copy was made: there was no attempt.
    if (isAbort(error, request.signal)) return [];
    throw error;
  }
}

async function outcomeOf(
  move: Exclude<Move, { kind: "try" }>,
  last: MadeAttempt | undefined,
  world: AttemptWorld,
): Promise<CascadeOutcome> {
  if (move.kind === "won" && last) return await readWinner(last, world);
  return {
    kind: "stopped",
    stop: move.kind === "stop" ? move.stop : "failed",
    why: last && last.verdict.kind !== "accepted" ? explain(last.verdict) : "",
    lastOutput: last?.verdict.kind === "rejected" ? last.verdict.output : "",
  };
}

/** Reads what the winner changed, and keeps it. Work that was paid for and cannot be read stays where it is. */
async function readWinner(
  { attempt, folder, signature }: MadeAttempt,
  { start, run, place, keep }: AttemptWorld,
): Promise<CascadeOutcome> {
  try {
    const changes = await start.changesIn(folder);
    const winner = keep({ run: attempt.run, root: start.root, changes });
    const leftOut = await start.leftOutOf(folder, signature);
    return { kind: "won", attempt, changes, leftOut, ...(winner && { winner }) };
  } catch (error) {
    const kept = await keepFolder(place, attempt.run, folderOf(run, attempt.index + 1));
    throw new RolecallError(
      `cascade: the check passes, but the changes cannot be read: ${messageOf(error)}`,
      {
        hint: `Try the attempt's copy of your project, kept in ${kept}`,
        cause: error,
      },
    );
  }
}

function explain(verdict: Exclude<CascadeVerdict, { kind: "accepted" }>): string {
  const detail = "detail" in verdict ? verdict.detail.trim() : "";
  return detail === "" ? verdict.reason : `${verdict.reason}: ${detail}`;
}

function folderOf(run: LiveRun, number: number): string {
  return join(run.folder, String(number));
}

function spentOn(made: readonly JudgedAttempt[]): NanoUsd {
  return sum(made.map(({ costNano = 0 }) => costNano));
}

/** Only an answer that was checked helps the next one. */
function failedCheckOf(last: CascadeVerdict | undefined, kept: boolean): FailedCheck | undefined {
  return last?.kind === "rejected" ? { ending: last.reason, output: last.output, kept } : undefined;
}
