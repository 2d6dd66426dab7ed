import type { LedgerRequest, LedgerThread } from "../../domain/ledger-input.ts";
import {
  type LedgerEntry,
  type LedgerPart,
  type LedgerRow,
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
  const unrecorded = createSums();
  const turns = new Map<number, TurnCost>();
  const losses: ThreadLedger["losses"] = [];
  for (const row of rows) {
    const request = thread.requests[row.index] as LedgerRequest;
    if (request.copied) continue;
    const group = entries.groupOf(row, request);
    for (const part of row.parts) entries.add(group, part, row, request);
    if (row.unrecorded > 0)
      unrecorded.add(unrecorded.groupOf(row, request), unrecordedPart(row, request, models), row, request);
    if (row.loss && row.loss.tokens > 0) losses.push({ ...row.loss, line: request.line, at: request.at });
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
    unrecorded: unrecorded.take(),
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
  row: LedgerRow,
  { line, at, costNano = 0, part }: LedgerRequest,
): void {
  const turn = turns.get(row.turn);
  if (!turn) {
    const context = row.prompt;
    turns.set(row.turn, { line, at, context, trigger: row.trigger, requests: part ? 0 : 1, nano: costNano });
    return;
  }
  if (!part) turn.requests++;
  turn.nano += costNano;
}

function unrecordedPart({ unrecorded }: LedgerRow, request: LedgerRequest, models: ModelTable): LedgerPart {
  const entry = models.find(request.model);
  const prices = entry && tokenPrices(entry, promptTokens(request.usage), request);
  return { leaf: "output.text", name: "", tokens: unrecorded, nano: unrecorded * (prices?.output ?? 0) };
}
