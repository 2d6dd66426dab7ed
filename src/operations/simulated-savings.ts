import { ledgerRows } from "../analysis/ledger/rows.ts";
import { toSteps } from "../analysis/simulate/steps.ts";
import { pricesOfToday } from "../analysis/simulate/today.ts";
import {
  type OtherAdvice,
  simulate,
  SIMULATION_RULES,
  type Simulation,
} from "../analysis/simulate/waterfall.ts";
import { dayOf } from "../domain/calendar.ts";
import { modelMatcher, pathMatcher } from "../domain/name-pattern.ts";
import type { LedgerRequest, LedgerThread } from "../domain/ledger-input.ts";
import type { Period } from "../domain/period.ts";
import { readSessionSetup } from "../history/session-setup.ts";
import { recall, remember } from "../history/ledger-answers.ts";
import { readLedgerThreads } from "../history/ledger-threads.ts";
import type { OpenedHistory } from "../history/open-history.ts";

/** The requests that a simulation is about. */
export interface SimulationRequest {
  period: Period;
  /** Patterns with `*` and `?`. */
  project?: string | undefined;
  model?: string | undefined;
  branch?: string | undefined;
  /** An agent type; `main` for the main thread. */
  agent?: string | undefined;
  /** ms since the epoch. */
  now: number;
}

/** Returns what each kind of change would have saved. The ledgers have to be up to date. */
export function readSimulation(
  history: OpenedHistory,
  request: SimulationRequest,
  settled: OtherAdvice = {},
): Simulation {
  return remember(history, questionOf(request, settled), () => simulateRequests(history, request, settled));
}

/** Returns a simulation that was computed before; undefined if it was not, or if something changed since. */
export function recallSimulation(
  history: OpenedHistory,
  request: SimulationRequest,
  settled: OtherAdvice,
): Simulation | undefined {
  return recall(history, questionOf(request, settled)) as Simulation | undefined;
}

function questionOf(request: SimulationRequest, settled: OtherAdvice): unknown[] {
  const { period, project, model, branch, agent, now } = request;
  // Prices can change from one day to the next.
  const day = dayOf(now, "UTC");
  const { since, until } = period;
  return ["simulation", SIMULATION_RULES, day, since, until, project, model, branch, agent, settled];
}

function simulateRequests(
  { store, models, accounts }: OpenedHistory,
  request: SimulationRequest,
  settled: OtherAdvice,
): Simulation {
  const counts = requestFilter(request);
  const isOf = threadFilter(request);
  const threads = readLedgerThreads(store, accounts);
  const steps = threads
    .filter(isOf)
    .map((thread) => toSteps(thread, ledgerRows(thread, models), counts))
    .filter((thread) => thread.steps.some(({ isPaid }) => isPaid));
  const setup = readSessionSetup(
    threads,
    accounts,
    (thread) => isOf(thread) && thread.requests.some((one) => !one.copied && counts(one)),
  );
  return simulate(steps, models, pricesOfToday(steps, models, request.now), settled, setup);
}

function threadFilter({ project, agent }: SimulationRequest): (thread: LedgerThread) => boolean {
  const isProject = project === undefined ? undefined : pathMatcher(project);
  return (thread) =>
    (!isProject || isProject(thread.project)) &&
    (agent === undefined || agent === (thread.agentId === "" ? "main" : thread.agentType || "unknown"));
}

function requestFilter({ period, model, branch }: SimulationRequest): (request: LedgerRequest) => boolean {
  const { since = -Infinity, until = Infinity } = period;
  const isModel = model === undefined ? undefined : modelMatcher(model);
  const isBranch = branch === undefined ? undefined : pathMatcher(branch);
  return (request) =>
    request.at >= since &&
    request.at < until &&
    (!isModel || isModel(request.model)) &&
    (!isBranch || isBranch(request.branch ?? ""));
}
