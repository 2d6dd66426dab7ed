import { sum } from "../../domain/numbers.ts";
import { type SimulationPrices, stepCost } from "./cost.ts";
import type { StepThread } from "./steps.ts";

/** The known facts about a turn at its first step. */
export interface TurnStart {
  /** Share of the files that the turn uses which were used before it in the same context; undefined if it uses none. */
  overlap?: number;
  /** The turn before committed. */
  afterCommit: boolean;
}

/** Returns the turns of a thread by the index of their first step. */
export function turnStarts({ steps }: StepThread): Map<number, TurnStart> {
  const turns = new Map<number, TurnStart>();
  const seen = new Set<number>();
  let own = new Set<number>();
  let turn: TurnStart = { afterCommit: false };
  let committed = false;
  const close = (): void => {
    if (own.size === 0) return;
    turn.overlap = [...own].filter((file) => seen.has(file)).length / own.size;
    for (const file of own) seen.add(file);
    own = new Set();
  };
  steps.forEach(({ row }, index) => {
    if (row.isCommitted) committed = true;
    if (row.turn !== steps[index - 1]?.row.turn) {
      close();
      turns.set(index, (turn = { afterCommit: committed }));
      committed = false;
    }
    if (row.isCut) seen.clear();
    for (const file of row.calls.reads) own.add(file);
    for (const file of row.calls.edits) own.add(file);
  });
  close();
  return turns;
}

/** The cost of one turn. */
export interface TurnSum {
  /** Nano-dollars. */
  cost: number;
  requests: number;
  hasEdits: boolean;
}

/** Returns what the turns of a thread cost. */
export function turnSums({ steps }: StepThread, pricing: SimulationPrices): TurnSum[] {
  const turns = Map.groupBy(
    steps.map((step, index) => ({ row: step.row, cost: stepCost(steps, index, pricing) })),
    ({ row }) => row.turn,
  );
  return [...turns.values()].map((turn) => ({
    cost: sum(turn.map(({ cost }) => cost)),
    requests: turn.length,
    hasEdits: turn.some(({ row }) => row.calls.activity === "edit"),
  }));
}
