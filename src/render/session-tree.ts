import type { JudgedTask } from "../domain/judged-task.ts";

/** One line of a session: a turn, an agent run, or several runs that are told apart by nothing. */
export interface SessionLine {
  /** In order of time; more than one where lines are folded. */
  tasks: readonly [JudgedTask, ...JudgedTask[]];
  /** 0 for a turn, 1 for its agents, 2 for theirs. */
  depth: number;
}

/** Puts each agent run below the turn or run that called it, and folds runs of one caller that agree in agent, models and outcome. */
export function sessionLines(tasks: readonly JudgedTask[]): SessionLine[] {
  const names = new Set(tasks.map(nameOf));
  const children = Map.groupBy(tasks, ({ parent }) =>
    parent !== undefined && names.has(parent) ? parent : "",
  );
  const placed = new Set<JudgedTask>();
  const below = (own: readonly JudgedTask[], depth: number): SessionLine[] =>
    fold(
      own.filter((task) => !placed.has(task)),
      children,
    ).flatMap((group) => {
      const [first] = group;
      if (placed.has(first)) return [];
      for (const task of group) placed.add(task);
      const level = first.kind === "turn" ? 0 : Math.max(1, depth);
      return [
        { tasks: group, depth: level },
        ...group.flatMap((task) => below(children.get(nameOf(task)) ?? [], level + 1)),
      ];
    });
  // A run that calls itself through others is below nothing.
  const roots = below(children.get("") ?? [], 0);
  return [...roots, ...below(tasks, 0)];
}

function nameOf({ kind, index, agentId }: JudgedTask): string {
  return kind === "turn" ? `turn:${index}` : (agentId ?? "");
}

type FoldedTasks = [JudgedTask, ...JudgedTask[]];

function fold(
  own: readonly JudgedTask[],
  children: ReadonlyMap<string, readonly JudgedTask[]>,
): FoldedTasks[] {
  const groups = new Map<string | JudgedTask, FoldedTasks>();
  for (const task of own) {
    const isLeaf = task.kind === "agent-run" && !children.has(nameOf(task));
    const key = isLeaf ? [task.agent, task.outcome, task.effort, ...task.models].join("\u0000") : task;
    const known = groups.get(key);
    if (known) known.push(task);
    else groups.set(key, [task]);
  }
  return [...groups.values()];
}
