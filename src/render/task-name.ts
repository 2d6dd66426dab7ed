import type { JudgedTask } from "../domain/judged-task.ts";
import { plainLine } from "./text.ts";

/** `turn 3`, or the agent. An agent of a plugin has its own name last: `tools:review:security-sentinel`. */
export function taskName({ kind, index, agent }: JudgedTask): string {
  return kind === "turn" ? `turn ${index}` : plainLine(agent.split(":").at(-1) || agent);
}

/** `3 Commit this`, or `Explore: Map the cart`: how the prompt of a turn begins, or what a run was called for. */
export function taskTitle(task: JudgedTask, title: string | undefined): string {
  if (title === undefined) return taskName(task);
  return task.kind === "turn"
    ? `${task.index} ${plainLine(title)}`
    : `${taskName(task)}: ${plainLine(title)}`;
}
