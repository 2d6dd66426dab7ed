import {
  type LedgerSlot,
  type LossAt,
  QUARTER_MS,
  type ThreadLedger,
  type TurnCost,
} from "../../domain/ledger.ts";

/** The parts of ledgers that count. */
export interface LedgerFilter {
  /** ms since the epoch; `until` is exclusive. */
  since?: number;
  until?: number;
  session?: (session: string) => boolean;
  project?: (project: string) => boolean;
  /** `main` for the main thread. */
  agent?: (agent: string) => boolean;
  model?: (model: string) => boolean;
  branch?: (branch: string) => boolean;
}

/** Returns the parts of ledgers that a filter lets through. Threads without any are left out. */
export function filterLedgers(ledgers: readonly ThreadLedger[], filter: LedgerFilter): ThreadLedger[] {
  const { session, project, agent } = filter;
  return ledgers
    .filter(
      (ledger) =>
        (!session || session(ledger.session)) &&
        (!project || project(ledger.project)) &&
        (!agent || agent(ledger.agentType)),
    )
    .map((ledger) => narrow(ledger, filter))
    .filter(({ slots }) => slots.length > 0);
}

function narrow(
  ledger: ThreadLedger,
  { since = -Infinity, until = Infinity, model, branch }: LedgerFilter,
): ThreadLedger {
  const isWithin = (at: number) => at >= since && at < until;
  const isOf = (one: { model: string; branch: string }) =>
    (!model || model(one.model)) && (!branch || branch(one.branch));
  const keeps = (one: LedgerSlot) => isWithin(one.quarter * QUARTER_MS) && isOf(one);
  const happened = (one: TurnCost | LossAt) => isWithin(one.at) && isOf(one);
  return {
    ...ledger,
    slots: ledger.slots.filter(keeps),
    turns: ledger.turns.filter(happened),
    losses: ledger.losses.filter(happened),
  };
}
