import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Attempt, AttemptCause, Telemetry } from "../domain/attempt.ts";
import { fromUsd, type NanoUsd, toUsd } from "../domain/money.ts";
import type { Catalogue } from "../executor/catalogue.ts";
import { runAttempt } from "./attempt.ts";
import type { FileChange } from "./change.ts";
import { type CascadeStop, decide, type Move, type Settled, type Verdict } from "./decide.ts";
import { beginRun, type LiveRun } from "./live-runs.ts";
import type { Before } from "./prompt.ts";
import { pinStart, type Start } from "./start.ts";

/** One rung: a model, and the effort to run it at where it is not the model's own. */
export interface CascadeRung {
  model: string;
  effort?: string;
}

export interface CascadeRequest {
  prompt: string;
  /** A shell command; exit code 0 says that the work is done. */
  verify: string;
  /** From the lowest rung up. */
  ladder: readonly CascadeRung[];
  /** Attempts per rung. */
  tries: number;
  maxUsd?: number;
  /** Each attempt starts from what the one before left, not from the user's state. */
  keepBroken: boolean;
  /** Run in each fresh folder before the client (`npm ci`). */
  setup?: string;
  /** Tools that the client may use without asking. */
  allow: readonly string[];
  attemptTimeoutMs: number;
  verifyTimeoutMs: number;
  signal: AbortSignal;
}

/** The outside world of a cascade. */
export interface CascadeWorld {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Where the folders of runs are made. */
  place: string;
  /** The program of Claude Code. */
  client: string;
  telemetry: Telemetry;
  catalogue: Catalogue;
  now: () => number;
  newId: () => string;
}

/** What happens, as it happens. */
export type CascadeEvent =
  | { type: "start"; kind: Start["kind"]; root: string }
  | { type: "attempt"; number: number; rung: CascadeRung; cause: AttemptCause }
  | { type: "check"; number: number }
  | { type: "settled"; number: number; attempt: Attempt };

export interface CascadeResult {
  run: string;
  /** Root of the user's tree, which nothing was written to. */
  root: string;
  attempts: readonly Attempt[];
  costUsd: number;
  /** The attempt that passed the check, and what it changed; else why none did. */
  outcome:
    | { kind: "won"; attempt: Attempt; changes: readonly FileChange[] }
    | { kind: "stopped"; stop: CascadeStop; why: string; lastOutput: string };
}

/**
 * Climbs a ladder of models until a check passes: each attempt runs headless Claude Code in a fresh copy of the user's
 * tree. Records every attempt and takes away all that it made; the winner's changes are returned, not applied.
 */
export async function runCascade(
  request: CascadeRequest,
  world: CascadeWorld,
  onEvent: (event: CascadeEvent) => void = () => undefined,
): Promise<CascadeResult> {
  const id = world.newId();
  const run = await beginRun(world.place, folderOf(id));
  try {
    const start = await pinStart(world.cwd, run.folder, world.env);
    onEvent({ type: "start", kind: start.kind, root: start.root });
    return await climb(id, request, { ...world, run, start, onEvent });
  } finally {
    await run.remove();
  }
}

interface ClimbWorld extends CascadeWorld {
  run: LiveRun;
  start: Start;
  onEvent: (event: CascadeEvent) => void;
}

/** An attempt that was made, and the folder that it left. */
interface Made extends Settled {
  attempt: Attempt;
  folder: string;
}

async function climb(id: string, request: CascadeRequest, world: ClimbWorld): Promise<CascadeResult> {
  const made: Made[] = [];
  const { ladder, tries, maxUsd, signal } = request;
  const rules = { rungs: ladder.length, tries, ...(maxUsd !== undefined && { maxNano: fromUsd(maxUsd) }) };
  for (;;) {
    const move: Move = signal.aborted ? { kind: "stop", stop: "aborted" } : decide(rules, made);
    if (move.kind === "try") made.push(await climbOnce(id, move, made, request, world));
    else
      return {
        run: id,
        root: world.start.root,
        attempts: made.map(({ attempt }) => attempt),
        costUsd: toUsd(spentOn(made)),
        outcome: await outcomeOf(move, made.at(-1), world.start),
      };
  }
}

async function climbOnce(
  id: string,
  { rung, cause }: Extract<Move, { kind: "try" }>,
  made: readonly Made[],
  request: CascadeRequest,
  world: ClimbWorld,
): Promise<Made> {
  const last = made.at(-1);
  const number = made.length + 1;
  const kept = request.keepBroken ? last?.folder : undefined;
  if (last && kept === undefined) await rm(placeOf(world.run, made.length), { recursive: true, force: true });
  const folder = kept ?? join(placeOf(world.run, number), withoutDrive(world.start.root));
  const { attempt, verdict } = await runAttempt(
    {
      run: id,
      number,
      // `decide` stays on the ladder.
      rung: request.ladder[rung] as CascadeRung,
      step: rung,
      cause,
      folder,
      fresh: kept === undefined,
      before: beforeOf(last?.verdict, kept !== undefined),
      spentNano: spentOn(made),
    },
    request,
    world,
  );
  return { rung, verdict, costNano: attempt.costNano ?? 0, attempt, folder };
}

async function outcomeOf(
  move: Exclude<Move, { kind: "try" }>,
  last: Made | undefined,
  start: Start,
): Promise<CascadeResult["outcome"]> {
  if (move.kind === "won" && last)
    return { kind: "won", attempt: last.attempt, changes: await start.changesIn(last.folder) };
  return {
    kind: "stopped",
    stop: move.kind === "stop" ? move.stop : "failed",
    why: last && last.verdict.kind !== "accepted" ? last.verdict.reason : "",
    lastOutput: last?.verdict.kind === "rejected" ? last.verdict.output : "",
  };
}

function placeOf(run: LiveRun, number: number): string {
  return join(run.folder, String(number));
}

/** Short, for it is a part of long paths, and some programs put sockets below. */
function folderOf(id: string): string {
  return id.slice(0, 8);
}

/** The copy of a project has the project's own path below the attempt's number: its transcripts tell whose work it was. */
function withoutDrive(root: string): string {
  return root.replace(/^[A-Za-z]:/, "");
}

function spentOn(made: readonly Settled[]): NanoUsd {
  return made.reduce((sum, { costNano }) => sum + costNano, 0);
}

/** Only an answer that was checked has something to tell the next one. */
function beforeOf(last: Verdict | undefined, kept: boolean): Before | undefined {
  return last?.kind === "rejected" ? { ending: last.reason, output: last.output, kept } : undefined;
}
