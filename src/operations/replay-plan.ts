import { createHash } from "node:crypto";
import { createRepricer } from "../advice/reprice.ts";
import type { CascadeStep } from "../cascade/cascade.ts";
import { createGit, type Git, tryGit } from "../cascade/git.ts";
import type { Attempt } from "../domain/attempt.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import { isEffort } from "../domain/model.ts";
import type { NanoUsd } from "../domain/money.ts";
import { sum } from "../domain/numbers.ts";
import type { Period } from "../domain/period.ts";
import type { NotReplayed } from "../domain/replay.ts";
import { UsageError } from "../errors.ts";
import { readJudged } from "../history/judged.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { readPastPrompt } from "../history/past-prompts.ts";
import { parseLadder } from "./cascade-ladder.ts";
import { createCatalogue } from "./executor.ts";
import { readReplays, replaySessions } from "./replay-evidence.ts";
import { isInRepository, rootOf } from "./recommend.ts";

/** The tasks that are to be run again, and on what. */
export interface ReplayWish {
  /** A role or an agent; `main` for the first prompts of sessions. */
  role: string;
  /** `haiku` or `sonnet:high`. */
  model: string;
  tasks: number;
  verify: string;
}

/** A past task that can be run again. */
export interface ReplayTask {
  /** The same for the same task, model and check: a replay that was done is not done twice. */
  id: string;
  task: JudgedTask;
  prompt: string;
  /** The latest commit of the task's branch from before it started. */
  commit: string;
  estimateNano: NanoUsd;
  /** The replay of an earlier call. */
  done?: Attempt;
}

/** The plan of a replay. */
export interface ReplayPlan {
  root: string;
  step: CascadeStep;
  tasks: readonly ReplayTask[];
  /** Tasks that cannot be run again, by reason. */
  left: Readonly<Record<NotReplayed, readonly JudgedTask[]>>;
  /** Estimated cost of the tasks that are not done yet. */
  estimateNano: NanoUsd;
}

/** Chooses the latest tasks of a role in this repository that can be run again. Throws UsageError without any. */
export async function planReplay(
  history: OpenedHistory,
  period: Period,
  wish: ReplayWish,
): Promise<ReplayPlan> {
  const step = stepOf(wish.model, history);
  const root = rootOf(history);
  const git = createGit(history.place.env, root);
  const price = pricerOf(step, history);
  const done = new Map(readReplays(history.store).map((attempt) => [attempt.run, attempt]));
  const tasks: ReplayTask[] = [];
  const left: Record<NotReplayed, JudgedTask[]> = {
    prompt: [],
    conversation: [],
    "no-change": [],
    interrupted: [],
    "no-commit": [],
  };
  for (const task of pastTasks(history, period, wish.role)) {
    if (tasks.length >= wish.tasks) break;
    const found = await readStart(task, git);
    if (typeof found === "string") {
      left[found].push(task);
      continue;
    }
    const id = replayId(task, step, wish.verify);
    const before = done.get(id);
    tasks.push({ id, task, ...found, estimateNano: price(task), ...(before && { done: before }) });
  }
  const open = tasks.filter((one) => !one.done);
  return { root, step, tasks, left, estimateNano: sum(open.map(({ estimateNano }) => estimateNano)) };
}

function stepOf(model: string, { models }: OpenedHistory): CascadeStep {
  const [step, ...more] = parseLadder(model, createCatalogue(models), "--model");
  if (step && more.length === 0) return step;
  throw new UsageError(`--model: more than one model "${model}"`, { hint: "Try haiku or sonnet:high." });
}

/** Returns the tasks of a role in this repository, the latest first, without replays. */
function pastTasks(history: OpenedHistory, period: Period, wanted: string): JudgedTask[] {
  const replayed = replaySessions(history.store);
  const past = readJudged(history, period)
    .flatMap(({ tasks }) => tasks)
    .filter(isInRepository(history))
    .filter(({ session }) => !replayed.has(session))
    .filter(({ agent, role }) => agent === wanted || role === wanted);
  if (past.length > 0) return past.toSorted((a, b) => b.startedAt - a.startedAt);
  throw new UsageError(`replay: no tasks of "${wanted}" in this repository`, {
    hint: "Try rolecall roles --agents: it lists the agents that ran here.",
  });
}

/** Returns the prompt and the commit that a task started from, or why it cannot be run again. */
async function readStart(
  task: JudgedTask,
  git: Git,
): Promise<{ prompt: string; commit: string } | NotReplayed> {
  if (task.kind === "turn" && (task.index ?? 0) > 0) return "conversation";
  if (task.filesTouched === 0) return "no-change";
  if (task.outcome === "interrupted") return "interrupted";
  const prompt = readPastPrompt(task);
  if (!prompt) return "prompt";
  const before = `--before=${new Date(task.startedAt).toISOString()}`;
  const at = (name: string) => tryGit(git, "rev-list", "-1", before, "--end-of-options", name, "--");
  const commit = (prompt.branch !== "" && (await at(`refs/heads/${prompt.branch}`))) || (await at("HEAD"));
  return commit ? { prompt: prompt.text, commit } : "no-commit";
}

function replayId({ key }: JudgedTask, { model, effort }: CascadeStep, verify: string): string {
  return createHash("sha256")
    .update(JSON.stringify([key, model, effort, verify]))
    .digest("hex")
    .slice(0, 32);
}

/** Prices tasks on the model; unknown prices count as what the task cost. */
function pricerOf({ model, effort }: CascadeStep, { models }: OpenedHistory): (task: JudgedTask) => NanoUsd {
  const id = createCatalogue(models).find(model)?.id ?? model;
  const reprice = createRepricer({ model: id, ...(isEffort(effort) && { effort }) }, models);
  return (task) => reprice?.(task, "task") ?? task.costNano;
}
