import type { JudgedTask } from "../domain/judged-task.ts";
import type { Task } from "../domain/task.ts";

/** A task as advice sees it; only judged tasks know their place and their mode. */
export type AdviceTask = Task & Partial<Pick<JudgedTask, "planMode" | "file" | "line" | "askedModel">>;

/** The tasks that did failed ones again, as the transcripts link them. */
export interface Redos {
  /** The task that did a failed one again. */
  of: (task: AdviceTask) => AdviceTask | undefined;
  /** Dollars in nano of doing a failed task again, and again where that failed too; undefined if no redo was seen. */
  costOf: (task: AdviceTask) => number | undefined;
  /** Tasks that are redos: they were given out because others had failed, and say nothing about ordinary work. */
  all: ReadonlySet<AdviceTask>;
}

/** A redo of a redo counts, up to so many. */
const MOST_DEPTH = 4;

/** Links each failed task to the one that did it again: the later run or prompt that its outcome rests on. */
export function linkRedos(tasks: readonly AdviceTask[]): Redos {
  const places = new Map(tasks.map((task) => [`${task.file}:${task.line}`, task]));
  const redoOf = (task: AdviceTask): AdviceTask | undefined => {
    if (!isFailure(task)) return undefined;
    const found = task.evidence.map(({ file, line }) => places.get(`${file}:${line}`));
    return found.find((other) => other && other !== task && other.startedAt >= task.startedAt);
  };
  const links = new Map(tasks.map((task) => [task, redoOf(task)]));
  const costOf = (task: AdviceTask, depth = 0): number | undefined => {
    const redo = links.get(task);
    if (!redo) return undefined;
    const own = redo.kind === "turn" ? redo.fullCostNano : redo.costNano;
    return own + (depth < MOST_DEPTH ? (costOf(redo, depth + 1) ?? 0) : 0);
  };
  const all = new Set([...links.values()].filter((redo) => redo !== undefined));
  return { of: (task) => links.get(task), costOf, all };
}

/** Returns the tasks with a known outcome: the ones that a success rate is made of. */
export function knownOf<T extends Task>(tasks: readonly T[]): T[] {
  return tasks.filter(({ outcome }) => outcome !== "unknown");
}

/** Returns whether a task has a known outcome and was not accepted. */
export function isFailure({ outcome }: Task): boolean {
  return outcome !== "accepted" && outcome !== "unknown";
}
