import type { AdviceTask } from "../../../src/advice/failure.ts";
import { createRandom, drawNormal } from "../../../src/advice/statistics/random.ts";
import type { ModelAtEffort } from "../../../src/domain/recommendation.ts";
import { drawTask, WORLD_END, type WorldTask } from "../tasks.ts";
import type { World } from "../world.ts";
import { type LoopRole, type LoopWorld, OPUS, trueSuccess } from "./loop-world.ts";

const DAY_MS = 86_400_000;
/** The end of the history that the loop begins with. */
export const LOOP_START = WORLD_END - 150 * DAY_MS;
const LATE = LOOP_START + 60 * DAY_MS;

export function isLate(at: number): boolean {
  return at >= LATE;
}

/** A task of the loop, with the run or prompt that did it again where it failed. */
export interface LoopTask extends WorldTask {
  redo?: WorldTask;
}

/** Draws the tasks of some days that end at `until`. The same tasks for everybody; only assignments differ. */
export function drawLoopTasks(
  world: LoopWorld,
  days: number,
  until: number,
  assignmentOf: ((role: LoopRole) => ModelAtEffort) | undefined,
): LoopTask[] {
  return world.roles.flatMap((role, index) => {
    const random = createRandom(world.seed * 9173 + index * 7 + Math.round(until / DAY_MS));
    const count = Math.max(
      0,
      Math.round(role.tasksPerDay * days + Math.sqrt(role.tasksPerDay * days) * drawNormal(random)),
    );
    return Array.from({ length: count }, (_, i) => {
      const startedAt = Math.round(until - random() * days * DAY_MS) - 1;
      const difficulty = drawNormal(random);
      const started = random() < 0.5 ? (role.beside ?? role.start) : role.start;
      const at = assignmentOf?.(role) ?? started;
      const own = createRandom(world.seed + index * 100_003 + i * 31 + Math.round(until / DAY_MS) * 17);
      return drawLoopTask(
        world,
        role,
        at,
        { startedAt, difficulty, name: `${role.role}-${i}-${until % 997}` },
        own,
      );
    });
  });
}

function drawLoopTask(
  world: LoopWorld,
  role: LoopRole,
  at: ModelAtEffort,
  { startedAt, difficulty, name }: { startedAt: number; difficulty: number; name: string },
  random: () => number,
): LoopTask {
  const lost = isLate(startedAt) ? Math.max(0, trueSuccess(role, at) - trueSuccess(role, at, true)) : 0;
  const drifted: LoopRole = {
    ...role,
    succeeds: (one, hard) => Math.max(0.01, role.succeeds(one, hard) - lost),
  };
  const as: World = { ...world, shape: "one-model" };
  const task = drawTask(as, drifted, at, difficulty, startedAt, name, random);
  const planMode = world.shape === "plan-mode" && role.agent === "main" && random() < 0.3;
  const plain = { ...task, ...(planMode && { planMode }) };
  if (plain.outcome === "accepted" || plain.outcome === "unknown") return plain;
  const escalated = random() < 0.5 && role.agent !== "main" && at.model !== OPUS.model;
  const redo = drawTask(
    { ...as, misleading: 0, unknown: 0 },
    { ...role, succeeds: () => 1, usual: bigger(role) },
    OPUS,
    difficulty,
    startedAt + 60_000,
    `${name}-again`,
    random,
  );
  if (random() < 0.2) return { ...plain, outcome: "failed" };
  return { ...plain, outcome: escalated ? "escalated" : "reworked", redo };
}

/** A redo of twice the size has twice the requests: its price follows. */
function bigger({ usual, redoSize }: LoopRole): LoopRole["usual"] {
  return { ...usual, context: usual.context * redoSize, output: usual.output * redoSize };
}

/** The tasks as rows, with redos as tasks of their own, as the transcripts would link them. */
export function asRows(tasks: readonly LoopTask[]): AdviceTask[] {
  return tasks.flatMap(({ redo, ...task }, i): AdviceTask[] => {
    const file = `${task.startedAt}`;
    if (!redo) return [{ ...task, file, line: 2 * i + 1 }];
    const evidence = [{ file, line: 2 * i + 2, why: "done again" }];
    const main = { kind: "turn", agent: "main", role: "main", agentId: "", index: i } as const;
    const again = { ...redo, ...(task.outcome === "escalated" ? {} : main), file, line: 2 * i + 2 };
    return [{ ...task, file, line: 2 * i + 1, evidence }, again];
  });
}
