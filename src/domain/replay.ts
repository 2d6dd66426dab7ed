/** Reasons why a past task cannot be run again. */
export const NOT_REPLAYED = ["prompt", "conversation", "no-change", "interrupted", "no-commit"] as const;
/** A reason why a past task cannot be run again. */
export type NotReplayed = (typeof NOT_REPLAYED)[number];

/** Task types of replays begin with it; the agent's name follows. */
const PREFIX = "replay ";

/** Returns the task type of replays of an agent's work. */
export function replayTaskType(agent: string): string {
  return `${PREFIX}${agent}`;
}

/** Returns the agent whose work a replay with this task type ran again; undefined for other attempts. */
export function replayedAgent(taskType: string): string | undefined {
  return taskType.startsWith(PREFIX) ? taskType.slice(PREFIX.length) : undefined;
}
