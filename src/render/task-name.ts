import type { JudgedTask } from "../domain/judged-task.ts";
import { plainLine } from "./text.ts";

/** `turn 3`, or the agent. An agent of a plugin has its own name last: `tools:review:security-sentinel`. */
export function taskName({ kind, index, agent }: JudgedTask): string {
  return kind === "turn" ? `turn ${index}` : plainLine(agent.split(":").at(-1) || agent);
}

/** `session 1b88a9d7`, or `session 1b88a9d7, agent a36aa5a2` for a sub-agent's transcript. */
export function threadName({ session, file }: { session: string; file: string }): string {
  const agent = /agent-(\w{1,8})\w*\.jsonl$/.exec(file)?.[1];
  return plainLine(`session ${session.slice(0, 8)}${agent === undefined ? "" : `, agent ${agent}`}`);
}

/** `3 Commit this`, or `Explore: Map the cart`: how the prompt of a turn begins, or what a run was called for. */
export function taskTitle(task: JudgedTask, title: string | undefined): string {
  if (title === undefined) return taskName(task);
  return task.kind === "turn"
    ? `${task.index} ${plainLine(title)}`
    : `${taskName(task)}: ${plainLine(title)}`;
}
