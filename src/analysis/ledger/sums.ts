import type { LedgerRequest, LedgerThread } from "../../domain/ledger-input.ts";
import {
  type LedgerEntry,
  type LedgerPart,
  type LedgerRow,
  type RequestCount,
  QUARTER_MS,
  type ThreadLedger,
  type TurnCost,
} from "../../domain/ledger.ts";
import { promptTokens } from "../../domain/usage.ts";
import { tokenPrices } from "../../models/price.ts";
import type { ModelTable } from "../../models/resolve.ts";

/** Adds up the rows of a thread by cause, model, branch and quarter of an hour. */
export function sumLedger(
  thread: LedgerThread,
  rows: readonly LedgerRow[],
  models: ModelTable,
): ThreadLedger {
  const { session, project, file, title, agentId, agentType } = thread;
  const entries = createSums();
  const counts = new Map<string, RequestCount>();
  const turns = new Map<number, TurnCost>();
  const losses: ThreadLedger["losses"] = [];
  for (const row of rows) {
    const request = thread.requests[row.index] as LedgerRequest;
    if (request.copied) continue;
    const group = entries.groupOf(row, request);
    for (const part of row.parts) entries.add(group, part, row, request);
    count(counts, row, request, models);
    if (row.loss && row.loss.tokens > 0) {
      const { line, at, model, branch = "" } = request;
      losses.push({ ...row.loss, line, at, model, branch });
    }
    addToTurn(turns, row, request);
  }
  return {
    session,
    project,
    file,
    title,
    agentId,
    agentType,
    entries: entries.take(),
    turns: [...turns.values()],
    losses,
    counts: [...counts.values()],
  };
}

/** Sums by leaf and name within what a row has in common with others. */
type Group = Map<LedgerPart["leaf"], Map<string, LedgerEntry>>;

function createSums() {
  const groups = new Map<string, Group>();
  const entries: LedgerEntry[] = [];
  return {
    take: () => entries,
    groupOf({ calls, trigger }: LedgerRow, { model, branch = "", at }: LedgerRequest): Group {
      const key = `${Math.floor(at / QUARTER_MS)} ${calls.activity} ${trigger} ${model} ${branch}`;
      let group = groups.get(key);
      if (!group) groups.set(key, (group = new Map()));
      return group;
    },
    add(
      group: Group,
      part: LedgerPart,
      { calls, trigger }: LedgerRow,
      { model, branch = "", at }: LedgerRequest,
    ): void {
      const { leaf, name, tokens, nano } = part;
      let names = group.get(leaf);
      if (!names) group.set(leaf, (names = new Map()));
      const entry = names.get(name);
      if (entry) {
        entry.tokens += tokens;
        entry.nano += nano;
        entry.requests++;
        return;
      }
      const quarter = Math.floor(at / QUARTER_MS);
      const { activity } = calls;
      const first = { leaf, name, model, branch, quarter, activity, trigger, tokens, nano, requests: 1 };
      names.set(name, first);
      entries.push(first);
    },
  };
}

function addToTurn(
  turns: Map<number, TurnCost>,
  { turn: number, prompt: context, trigger }: LedgerRow,
  { line, at, model, branch = "", costNano = 0, part }: LedgerRequest,
): void {
  let turn = turns.get(number);
  if (!turn) turns.set(number, (turn = { line, at, context, trigger, model, branch, requests: 0, nano: 0 }));
  if (!part) turn.requests++;
  turn.nano += costNano;
}

function count(
  counts: Map<string, RequestCount>,
  { unrecorded }: LedgerRow,
  request: LedgerRequest,
  models: ModelTable,
): void {
  const { model, branch = "", at, part } = request;
  if (part) return;
  const quarter = Math.floor(at / QUARTER_MS);
  const key = `${quarter} ${model} ${branch}`;
  let own = counts.get(key);
  if (!own)
    counts.set(key, (own = { model, branch, quarter, requests: 0, unrecorded: 0, unrecordedNano: 0 }));
  own.requests++;
  if (unrecorded === 0) return;
  const entry = models.find(model);
  const prices = entry && tokenPrices(entry, promptTokens(request.usage), request);
  own.unrecorded++;
  own.unrecordedNano += unrecorded * (prices?.output ?? 0);
}
