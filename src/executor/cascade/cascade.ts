import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Attempt, AttemptCause, Telemetry } from "../../domain/attempt.ts";
import { toUsd, type NanoUsd } from "../../domain/money.ts";
import type { Catalogue } from "../catalogue.ts";
import { runAttempt } from "./attempt.ts";
import type { FileChange } from "./change.ts";
import { type CascadeStop, decide, type Settled, type Verdict } from "./decide.ts";
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

async function climb(id: string, request: CascadeRequest, world: ClimbWorld): Promise<CascadeResult> {
  const attempts: Attempt[] = [];
  const settled: Settled[] = [];
  const rules = { rungs: request.ladder.length, tries: request.tries, ...limitOf(request) };
  let folder: string | undefined;
  for (;;) {
    const last = settled.at(-1)?.verdict;
    const move = request.signal.aborted ? STOPPED : decide(rules, settled);
    const result = { run: id, root: world.start.root, attempts, costUsd: toUsd(spentOn(settled)) };
    const winner = attempts.at(-1);
    if (move.kind === "won" && winner && folder !== undefined)
      return {
        ...result,
        outcome: { kind: "won", attempt: winner, changes: await world.start.changesIn(folder) },
      };
    if (move.kind !== "try") {
      const why = last && last.kind !== "accepted" ? last.reason : "";
      const lastOutput = last?.kind === "rejected" ? last.output : "";
      const stop = move.kind === "stop" ? move.stop : "failed";
      return { ...result, outcome: { kind: "stopped", stop, why, lastOutput } };
    }
    const fresh = !request.keepBroken || folder === undefined;
    if (fresh) {
      const place = (number: number) => join(world.run.folder, String(number));
      await rm(place(attempts.length), { recursive: true, force: true });
      folder = join(place(attempts.length + 1), withoutDrive(world.start.root));
    }
    const { attempt, verdict } = await runAttempt(
      {
        run: id,
        number: attempts.length + 1,
        rung: request.ladder[move.rung] ?? { model: "" },
        step: move.rung,
        cause: move.cause,
        folder: folder ?? "",
        fresh,
        before: beforeOf(last, !fresh),
        spentNano: spentOn(settled),
      },
      request,
      world,
    );
    attempts.push(attempt);
    settled.push({ rung: move.rung, verdict, costNano: attempt.costNano ?? 0 });
  }
}

/** Short, for it is a part of long paths, and some programs put sockets below. */
function folderOf(id: string): string {
  return id.slice(0, 8);
}

/** The copy of a project has the project's own path below the attempt's number: its transcripts tell whose work it was. */
function withoutDrive(root: string): string {
  return root.replace(/^[A-Za-z]:/, "");
}

const STOPPED = { kind: "stop", stop: "aborted" } as const;

function limitOf({ maxUsd }: CascadeRequest): { maxNano?: NanoUsd } {
  return maxUsd === undefined ? {} : { maxNano: Math.round(maxUsd * 1e9) };
}

function spentOn(settled: readonly Settled[]): NanoUsd {
  return settled.reduce((sum, { costNano }) => sum + costNano, 0);
}

/** Only an answer that was checked has something to tell the next one. */
function beforeOf(last: Verdict | undefined, kept: boolean): Before | undefined {
  return last?.kind === "rejected" ? { ending: last.reason, output: last.output, kept } : undefined;
}
