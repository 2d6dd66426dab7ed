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
import { groupOfLeaf } from "../../domain/cost-causes.ts";
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
    entries.add(row, request);
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
type LeafSums = Map<LedgerPart["leaf"], Map<string, LedgerEntry>>;

function createSums() {
  const groups = new Map<string, LeafSums>();
  const entries: LedgerEntry[] = [];

  function entryOf(group: LeafSums, { leaf, name }: LedgerPart, common: CommonOf): LedgerEntry {
    let names = group.get(leaf);
    if (!names) group.set(leaf, (names = new Map()));
    let entry = names.get(name);
    if (entry) return entry;
    entry = { leaf, name, ...common, tokens: 0, nano: 0, requests: 0, leafRequests: 0, groupRequests: 0 };
    names.set(name, entry);
    entries.push(entry);
    return entry;
  }

  return {
    take: () => entries,
    add(row: LedgerRow, request: LedgerRequest): void {
      const common = commonOf(row, request);
      const key = keyOf(common);
      let group = groups.get(key);
      if (!group) groups.set(key, (group = new Map()));
      let [leaf, top] = ["", ""];
      for (const part of row.parts) {
        const entry = entryOf(group, part, common);
        entry.tokens += part.tokens;
        entry.nano += part.nano;
        entry.requests++;
        if (part.leaf === leaf) continue;
        leaf = part.leaf;
        entry.leafRequests++;
        if (top !== (top = groupOfLeaf(part.leaf))) entry.groupRequests++;
      }
    },
  };
}

type CommonOf = Pick<LedgerEntry, "model" | "branch" | "quarter" | "activity" | "trigger">;

function commonOf({ calls, trigger }: LedgerRow, { model, branch = "", at }: LedgerRequest): CommonOf {
  return { model, branch, quarter: Math.floor(at / QUARTER_MS), activity: calls.activity, trigger };
}

function keyOf({ model, branch, quarter, activity, trigger }: CommonOf): string {
  return `${quarter} ${activity} ${trigger} ${model} ${branch}`;
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
  row: LedgerRow,
  request: LedgerRequest,
  models: ModelTable,
): void {
  if (request.part) return;
  const common = commonOf(row, request);
  const key = keyOf(common);
  let own = counts.get(key);
  if (!own) counts.set(key, (own = { ...common, requests: 0, unrecorded: 0, unrecordedNano: 0 }));
  own.requests++;
  if (row.unrecorded === 0) return;
  const entry = models.find(request.model);
  const prices = entry && tokenPrices(entry, promptTokens(request.usage), request);
  own.unrecorded++;
  own.unrecordedNano += row.unrecorded * (prices?.output ?? 0);
}
