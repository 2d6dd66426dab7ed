import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type CascadeEvent, type CascadeRequest, runCascade } from "../cascade/cascade.ts";
import { createGit } from "../cascade/git.ts";
import { beginRun } from "../cascade/live-runs.ts";
import type { Attempt } from "../domain/attempt.ts";
import { fromUsd, type NanoUsd, toUsd } from "../domain/money.ts";
import { sum } from "../domain/numbers.ts";
import { replayTaskType } from "../domain/replay.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { cascadesFolder } from "../history/workspace.ts";
import { openAttemptLog } from "../store/attempts.ts";
import { createCatalogue } from "./executor.ts";
import type { ReplayPlan, ReplayTask } from "./replay-plan.ts";

/** The options of running past tasks again. */
export interface ReplayOptions extends Pick<
  CascadeRequest,
  "verify" | "setup" | "allow" | "attemptTimeoutMs" | "verifyTimeoutMs" | "signal"
> {
  /** Hard limit for all of them together. */
  maxUsd: number;
  /** The program of Claude Code. */
  client: string;
}

/** A past task beside its replay. */
export interface ReplayedTask extends ReplayTask {
  /** Absent if the replay was not reached. */
  attempt?: Attempt;
}

/** An event of a replay, reported as it happens. */
export type ReplayEvent = CascadeEvent | { type: "task"; number: number; of: number; one: ReplayTask };

/** The result of a replay. */
export interface ReplayReport {
  tasks: readonly ReplayedTask[];
  /** Spent now, without what earlier calls did. */
  spentNano: NanoUsd;
  /** Reason for its end before all tasks were run. */
  stopped?: "budget" | "aborted";
}

/**
 * Runs the tasks of a plan again, each in a copy of the commit that it started from, and records every attempt. What is done is kept
 * after each task, so that another call goes on from there.
 */
export async function replay(
  { root, step, tasks }: ReplayPlan,
  options: ReplayOptions,
  history: OpenedHistory,
  now: () => number,
  onEvent: (event: ReplayEvent) => void,
): Promise<ReplayReport> {
  const finished: ReplayedTask[] = [];
  let spentNano = 0;
  let stopped: ReplayReport["stopped"];
  for (const [index, one] of tasks.entries()) {
    const leftNano = fromUsd(options.maxUsd) - spentNano;
    stopped ??= options.signal.aborted ? "aborted" : leftNano <= 0 ? "budget" : undefined;
    if (one.done) finished.push({ ...one, attempt: one.done });
    else if (stopped) finished.push(one);
    else {
      onEvent({ type: "task", number: index + 1, of: tasks.length, one });
      const made = await runAgain(
        one,
        { root, step },
        { ...options, maxUsd: toUsd(leftNano) },
        history,
        now,
        onEvent,
      );
      spentNano += sum(made.map(({ costNano = 0 }) => costNano));
      const attempt = made.at(-1);
      finished.push({ ...one, ...(attempt && { attempt }) });
    }
  }
  const isDone = finished.every(({ attempt }) => attempt);
  return { tasks: finished, spentNano, ...(stopped && !isDone && { stopped }) };
}

/** Runs one task again, and returns the attempts that were made. */
async function runAgain(
  one: ReplayTask,
  { root, step }: Pick<ReplayPlan, "root" | "step">,
  options: ReplayOptions,
  { place: { env }, store, models }: OpenedHistory,
  now: () => number,
  onEvent: (event: CascadeEvent) => void,
): Promise<Attempt[]> {
  const log = openAttemptLog(store);
  const made: Attempt[] = [];
  const ladder = { prompt: one.prompt, ladder: [step], tries: 1, keepBroken: false, redFlags: false };
  const world = {
    env,
    place: cascadesFolder(env),
    client: options.client,
    telemetry: {
      ...log,
      record: (attempt: Attempt) => void made.push(recordReplay(log, attempt, one)),
    },
    catalogue: createCatalogue(models),
    keep: () => undefined,
    now,
    newId: randomUUID,
  };
  await inCopyOf(root, one.commit, env, (cwd) =>
    runCascade({ ...options, ...ladder }, { ...world, cwd }, onEvent),
  );
  return made;
}

/** Records an attempt as a replay. A check that ran says so: a limit in time or dollars is not evidence. */
function recordReplay(
  log: ReturnType<typeof openAttemptLog>,
  attempt: Attempt,
  { id, task }: ReplayTask,
): Attempt {
  const isChecked = attempt.result === "rejected" && attempt.reason?.startsWith("the check ");
  const kept: Attempt = {
    ...attempt,
    run: id,
    taskType: replayTaskType(task.agent),
    ...(isChecked && { check: "command" }),
  };
  log.record(kept);
  return kept;
}

/** Runs `work` in a copy of a commit, whose path ends with the repository's own: its sessions count with the repository. */
async function inCopyOf(
  root: string,
  commit: string,
  env: NodeJS.ProcessEnv,
  work: (cwd: string) => Promise<unknown>,
): Promise<void> {
  const run = await beginRun(cascadesFolder(env), randomUUID());
  try {
    const copy = join(run.folder, "1", root);
    await mkdir(copy, { recursive: true });
    const git = createGit(env, copy);
    await git(["clone", "-q", "--shared", "--no-checkout", root, copy]);
    await git(["checkout", "-q", "--detach", commit]);
    await work(copy);
  } finally {
    await run.remove();
  }
}
