import { ledgerRows } from "../analysis/ledger/rows.ts";
import { toSteps } from "../analysis/simulate/steps.ts";
import { pricesOfToday } from "../analysis/simulate/today.ts";
import { simulate, type Simulation } from "../analysis/simulate/waterfall.ts";
import { globMatcher } from "../domain/glob.ts";
import type { LedgerRequest, LedgerThread } from "../domain/ledger-input.ts";
import type { Period } from "../domain/period.ts";
import { readLedgerThreads } from "../history/ledger-threads.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { readLedgerAnswer, writeLedgerAnswer } from "../store/ledger-answers.ts";

/** Which requests a simulation is about. */
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

/** What simulations make of a history. */
export type SimulatedSavings = Simulation;

/** Returns what each kind of change would have saved. The ledgers have to be up to date: the answer is kept until they change. */
export function readSimulation(history: OpenedHistory, request: SimulationRequest): SimulatedSavings {
  const { store, accounts } = history;
  const { period, project, model, branch, agent, now } = request;
  // Prices can change from one day to the next.
  const day = new Date(now).toISOString().slice(0, 10);
  const question = JSON.stringify([
    RULES,
    day,
    period.since,
    period.until,
    project,
    model,
    branch,
    agent,
    accounts,
  ]);
  const known = readLedgerAnswer(store, question);
  if (known !== undefined) return JSON.parse(known) as SimulatedSavings;
  const simulation = simulateRequests(history, request);
  writeLedgerAnswer(store, question, JSON.stringify(simulation));
  return simulation;
}

/** Counts up when the same history gives other advice. */
const RULES = 1;

function simulateRequests(
  { store, models, accounts }: OpenedHistory,
  request: SimulationRequest,
): Simulation {
  const counts = requestFilter(request);
  const steps = readLedgerThreads(store, accounts)
    .filter(threadFilter(request))
    .map((thread) => toSteps(thread, ledgerRows(thread, models), counts))
    .filter((thread) => thread.steps.some(({ isPaid }) => isPaid));
  return simulate(steps, models, pricesOfToday(steps, models, request.now));
}

function threadFilter({ project, agent }: SimulationRequest): (thread: LedgerThread) => boolean {
  const isProject = project === undefined ? undefined : globMatcher(project);
  return (thread) =>
    (!isProject || isProject(thread.project)) &&
    (agent === undefined || agent === (thread.agentId === "" ? "main" : thread.agentType || "unknown"));
}

function requestFilter({ period, model, branch }: SimulationRequest): (request: LedgerRequest) => boolean {
  const { since = -Infinity, until = Infinity } = period;
  const isModel = model === undefined ? undefined : globMatcher(model);
  const isBranch = branch === undefined ? undefined : globMatcher(branch);
  return (request) =>
    request.at >= since &&
    request.at < until &&
    (!isModel || isModel(request.model)) &&
    (!isBranch || isBranch(request.branch ?? ""));
}
