import type { NanoUsd } from "../domain/money.ts";
import { NO_USAGE, type Usage } from "../domain/usage.ts";
import { messageOf } from "../errors.ts";
import {
  type BudgetAnswer,
  type Budgets,
  checkBudgets,
  dayStart,
  type MostCost,
  type PassedBudget,
} from "./budget.ts";
import { orNote, priceOn } from "./record.ts";
import { sumCost } from "./run.ts";
import type { SendRequest } from "./sender.ts";
import type { Wish } from "./shape.ts";
import type { ResolvedStep } from "./steps.ts";
import { boundToolUse } from "./tool-use.ts";
import { type ActiveRun, type ExecutorWorld, sharesBudget } from "./world.ts";

/** Money that an attempt may cost, held back from others until its cost is known. */
export interface Reservation {
  /** Undefined if there is no budget, or no price. */
  mostNano?: NanoUsd;
  /** The attempt must not be made, and the reason: it could pass a hard budget. */
  over?: string;
  release(): void;
}

const NOTHING_HELD: Reservation = { release: () => undefined };

/** An attempt before it is made. */
export interface PlannedAttempt {
  step: ResolvedStep;
  wish: Wish;
  request: SendRequest;
}

/** Holds back the most that an attempt can cost. A prompt whose length decides is counted by its backend first. */
export async function reserve(
  world: ExecutorWorld,
  run: ActiveRun,
  planned: PlannedAttempt,
): Promise<Reservation> {
  const budgets = { ...world.budgets, ...(run.request.budget && { run: run.request.budget }) };
  if (!budgets.run && !budgets.day) return NOTHING_HELD;
  const { step, wish } = planned;
  const held = await hold(world, run, budgets, mostCost(world, planned, run.length.most(step, wish)));
  if (held.over === undefined) return held;
  const counted = await run.length.count(step, wish);
  return counted === undefined ? held : await hold(world, run, budgets, mostCost(world, planned, counted));
}

const PAUSE_MS = 50;
const PATIENCE_MS = 10_000;

/** Waits while another process locks the record of what was spent: a hard budget cannot be kept without it. */
async function hold(
  world: ExecutorWorld,
  run: ActiveRun,
  budgets: Budgets,
  most: MostCost,
): Promise<Reservation> {
  for (let waitedMs = 0; ; waitedMs += PAUSE_MS)
    try {
      return holdNow(world, run, budgets, most);
    } catch (thrown) {
      if (waitedMs >= PATIENCE_MS || run.signal.aborted)
        return { ...NOTHING_HELD, over: `the spending of the day could not be read: ${messageOf(thrown)}` };
      await world.clock.sleep(PAUSE_MS, run.signal);
    }
}

/** Reads, compares and holds back in one step, so that two runs cannot spend the same money, nor two processes that share the record. */
function holdNow(world: ExecutorWorld, run: ActiveRun, budgets: Budgets, most: MostCost): Reservation {
  const { hold } = world.telemetry;
  if (!hold || !sharesBudget(world) || typeof most !== "number") return holdHere(world, run, budgets, most);
  const at = world.clock.now();
  const since = dayStart(at);
  const unseenNano = run.unseenNano;
  let answer: BudgetAnswer | undefined;
  const release = hold({ since, at, nano: most }, (recorded) => {
    const day = recorded + world.offRecord.since(since);
    answer = checkBudgets(budgets, { run: sumCost(run.attempts) + unseenNano, day }, most);
    return answer.kind === "within";
  });
  if (answer?.kind === "within") notePassed(run, answer.passedSoft);
  if (!release)
    return { ...NOTHING_HELD, over: answer?.kind === "over" ? answer.why : "the budget is used up" };
  return {
    mostNano: most,
    release: () =>
      orNote(
        run,
        "what an attempt held back could not be given back",
        () => release(run.unseenNano - unseenNano),
        undefined,
      ),
  };
}

/** Holds money back in this process alone. */
function holdHere(world: ExecutorWorld, run: ActiveRun, budgets: Budgets, most: MostCost): Reservation {
  const today = dayStart(world.clock.now());
  const read = (): NanoUsd => world.telemetry.spentSince(today);
  const recorded = (): NanoUsd =>
    budgets.day?.hardUsd === undefined
      ? orNote(run, "the spending of the day could not be read", read, 0)
      : read();
  const spent = {
    run: sumCost(run.attempts) + run.unseenNano,
    day: budgets.day ? recorded() + world.offRecord.since(today) + world.inFlight.nano : 0,
  };
  const answer = checkBudgets(budgets, spent, most);
  if (answer.kind === "over") return { ...NOTHING_HELD, over: answer.why };
  notePassed(run, answer.passedSoft);
  if (typeof most !== "number") return NOTHING_HELD;
  world.inFlight.nano += most;
  return { mostNano: most, release: () => void (world.inFlight.nano -= most) };
}

function notePassed(run: ActiveRun, budgets: readonly PassedBudget[]): void {
  for (const passed of budgets) {
    run.emit({ type: "budget", ...passed });
    run.notes.add(`the soft budget per ${passed.scope} of $${passed.softUsd} is passed`);
  }
}

/** The whole prompt at the highest price it can be sent at, what server tools add, and an answer of as many tokens as its limit allows. */
function mostCost(
  world: ExecutorWorld,
  { step, request }: PlannedAttempt,
  prompt: number | undefined,
): MostCost {
  if (prompt === undefined) return { unknown: "the length of the prompt is not known" };
  const tools = boundToolUse(request.tools ?? [], prompt, step.facts.contextTokens);
  if ("unknown" in tools) return tools;
  const cached = request.system.some(({ cache }) => cache);
  const usage: Usage = {
    ...NO_USAGE,
    ...(cached ? { cacheWrite1h: prompt } : { input: prompt }),
    output: request.maxTokens,
    ...tools,
  };
  const nano = priceOn(world.catalogue, step, usage, { at: world.clock.now(), usOnly: true });
  return nano ?? { unknown: `the price of ${step.facts.id} is not known` };
}
