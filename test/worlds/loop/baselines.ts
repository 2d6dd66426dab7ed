import { createRandom, type Random } from "../../../src/advice/statistics/random.ts";
import { drawBeta } from "../draw-beta.ts";
import { normalShare } from "../../../src/advice/statistics/normal.ts";
import type { ModelAtEffort } from "../../../src/domain/recommendation.ts";
import { mean } from "../oracle.ts";
import type { LoopTask } from "./loop-tasks.ts";
import { HAIKU, type LoopRole, type LoopWorld, OPUS, SONNET } from "./loop-world.ts";

/** Somebody who decides every 15 days what each role runs on. */
export interface LoopAdviser {
  /** The assignments from `now` on, after these tasks since the last time. */
  advise(tasks: readonly LoopTask[], now: number): Promise<(role: LoopRole) => ModelAtEffort>;
  /** Moves that were made, and trials that were kept. */
  tally?(): LoopTally;
  close?(): void;
}

export interface LoopTally {
  moves: number;
  kept: readonly { role: LoopRole; from: ModelAtEffort; to: ModelAtEffort; at: number }[];
  /** Advice that moved exactly what it says, and reverts that restored every byte; each of all. */
  fidelity?: { applied: [exact: number, all: number]; reverted: [exact: number, all: number] };
  forecasts: { usd: [within: number, all: number]; success: [within: number, all: number] };
}

export function alwaysSonnet(): LoopAdviser {
  return { advise: async () => () => SONNET };
}

const TABLE: Readonly<Record<string, ModelAtEffort>> = {
  explorer: HAIKU,
  formatter: HAIKU,
  "docs-writer": HAIKU,
  planner: OPUS,
  architect: OPUS,
  debugger: OPUS,
};

export function staticTable(): LoopAdviser {
  return {
    advise:
      async () =>
      ({ agent }) =>
        TABLE[agent] ?? SONNET,
  };
}

interface Arm {
  accepted: number;
  failed: number;
  cost: number[];
}

const key = ({ model, effort }: ModelAtEffort) => `${model}@${effort}`;

function observe(arms: Map<string, Arm>, tasks: readonly LoopTask[]): void {
  for (const task of tasks) {
    const id = `${task.role} ${key({ model: task.models[0] ?? "", ...(task.effort && { effort: task.effort }) })}`;
    const arm = arms.get(id) ?? { accepted: 0, failed: 0, cost: [] };
    if (task.outcome === "accepted") arm.accepted++;
    else if (task.outcome !== "unknown") arm.failed++;
    arm.cost.push(task.costNano);
    arms.set(id, arm);
  }
}

const NONE: Arm = { accepted: 0, failed: 0, cost: [] };

/** Samples the cost of each of three models and takes the lowest. */
export function thompson({ seed, roles }: LoopWorld): LoopAdviser {
  const random: Random = createRandom(seed + 5);
  const arms = new Map<string, Arm>();
  return {
    advise: async (tasks) => {
      observe(arms, tasks);
      const chosen = new Map(
        roles.map((role) => {
          const redo = redoOf(tasks, role);
          const known = [OPUS, SONNET, HAIKU].map((at) => arms.get(`${role.role} ${key(at)}`) ?? NONE);
          const base = mean(known.flatMap(({ cost }) => cost));
          const drawn = [OPUS, SONNET, HAIKU].map((at, i) => {
            const { accepted, failed, cost } = known[i] ?? NONE;
            const own = cost.length > 0 ? mean(cost) : base * [1, 0.5, 0.1][i]!;
            return { at, usd: own + drawBeta(random, failed + 1, accepted + 4) * redo };
          });
          return [role, drawn.toSorted((a, b) => a.usd - b.usd)[0]?.at ?? OPUS] as const;
        }),
      );
      return (role) => chosen.get(role) ?? role.start;
    },
  };
}

function redoOf(tasks: readonly LoopTask[], { role }: LoopRole): number {
  const redone = tasks
    .filter((task) => task.role === role && task.redo)
    .map(({ redo }) => redo?.costNano ?? 0);
  return redone.length > 0
    ? mean(redone)
    : mean(tasks.filter((task) => task.role === role).map((t) => t.costNano));
}

/** Trials of one step at a time by role and category, each tried once. */
export function simpleTrials({ roles }: LoopWorld): LoopAdviser {
  const state = new Map(
    roles.map((role) => [
      role,
      {
        at: role.start,
        before: [] as LoopTask[],
        tried: new Set<string>(),
        trial: undefined as { to: ModelAtEffort; runs: LoopTask[] } | undefined,
      },
    ]),
  );
  return {
    advise: async (tasks) => {
      for (const [role, one] of state) {
        const own = tasks.filter((task) => task.role === role.role);
        one.before.push(...own.filter((task) => isOn(task, one.at)));
        const { trial } = one;
        const redo = redoOf([...one.before, ...(trial?.runs ?? []), ...own], role);
        if (trial) {
          trial.runs.push(...own.filter((task) => isOn(task, trial.to)));
          const [a, b] = [rate(one.before), rate(trial.runs)];
          const sd = Math.hypot(
            Math.sqrt((a.p * (1 - a.p)) / (a.n + 6)),
            Math.sqrt((b.p * (1 - b.p)) / (b.n + 6)),
          );
          const worse = normalShare((a.p - 0.03 - b.p) / sd);
          if (b.n >= 8 && worse > 0.85) one.trial = undefined;
          else if (b.n >= 25) {
            if (worse <= 0.55 && price(trial.runs, redo) < 0.95 * price(one.before, redo)) {
              one.at = trial.to;
              one.before = trial.runs;
            }
            one.trial = undefined;
          }
        }
        if (!one.trial && rate(one.before).n >= 12) {
          const next = steps(one.at, role, one.before, redo).find((to) => !one.tried.has(key(to)));
          if (next) {
            one.tried.add(key(next));
            one.trial = { to: next, runs: [] };
          }
        }
      }
      return (role) => state.get(role)?.trial?.to ?? state.get(role)?.at ?? role.start;
    },
  };
}

function steps(
  at: ModelAtEffort,
  { complexity }: LoopRole,
  runs: readonly LoopTask[],
  redo: number,
): ModelAtEffort[] {
  const failed =
    runs.filter(({ outcome }) => outcome !== "accepted" && outcome !== "unknown").length / runs.length;
  const up = failed * redo > 1.5 * mean(runs.map(({ costNano }) => costNano));
  const down =
    at.model === OPUS.model
      ? complexity === "mechanical"
        ? [HAIKU, SONNET]
        : [SONNET]
      : at.model === SONNET.model
        ? [HAIKU]
        : [];
  if (at.model === HAIKU.model) return up ? [SONNET] : [];
  if (at.model !== SONNET.model && at.model !== OPUS.model) return [OPUS];
  return [
    ...(up && at.model === SONNET.model ? [OPUS] : []),
    ...down,
    ...(at.effort === "low" ? [] : [{ ...at, effort: "low" as const }]),
  ];
}

function isOn(task: LoopTask, at: ModelAtEffort): boolean {
  return task.models[0] === at.model && task.effort === at.effort;
}

function rate(tasks: readonly LoopTask[]): { n: number; p: number } {
  const known = tasks.filter(({ outcome }) => outcome !== "unknown");
  const accepted = known.filter(({ outcome }) => outcome === "accepted").length;
  return { n: known.length, p: (accepted + 4) / (known.length + 5) };
}

function price(tasks: readonly LoopTask[], redo: number): number {
  return mean(tasks.map(({ costNano }) => costNano)) + (1 - rate(tasks).p) * redo;
}
