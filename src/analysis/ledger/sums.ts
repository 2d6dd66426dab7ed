import { toolOfContent } from "../../domain/content-name.ts";
import { groupOfLeaf } from "../../domain/cost-causes.ts";
import type { LedgerRequest, LedgerThread } from "../../domain/ledger-input.ts";
import {
  type LedgerPart,
  type LedgerRow,
  type LedgerSums,
  QUARTER_MS,
  type SlotPart,
} from "../../domain/ledger.ts";

type Slot = LedgerSums["slots"][number];
type Turn = LedgerSums["turns"][number];

/** Adds up the rows of a thread by cause, context and quarter of an hour. */
export function sumLedger(thread: LedgerThread, rows: readonly LedgerRow[]): LedgerSums {
  const slots = createSlots();
  const turns = new Map<number, Turn>();
  const losses: LedgerSums["losses"] = [];
  for (const row of rows) {
    const request = thread.requests[row.index] as LedgerRequest;
    if (request.copied) continue;
    const slot = slots.of(row, request);
    slot.add(row.parts, row.calls.names);
    if (!request.part) slot.countRequest();
    const { line, at } = request;
    if (row.loss && row.loss.tokens > 0) losses.push({ ...row.loss, line, at, place: placeOf(request) });
    addToTurn(turns, row, request);
  }
  return { slots: slots.take(), turns: [...turns.values()], losses };
}

function placeOf({ context, elsewhere }: LedgerRequest): Turn["place"] {
  return { context, elsewhere };
}

function createSlots() {
  const slots = new Map<string, ReturnType<typeof createSlot>>();
  return {
    take: () => [...slots.values()].map((slot) => slot.take()),
    of({ calls: { activity }, trigger }: LedgerRow, { context, elsewhere, at }: LedgerRequest) {
      const quarter = Math.floor(at / QUARTER_MS);
      const key = `${context} ${quarter} ${activity} ${trigger} ${elsewhere}`;
      let slot = slots.get(key);
      if (!slot) slots.set(key, (slot = createSlot({ context, elsewhere, quarter, activity, trigger })));
      return slot;
    },
  };
}

function createSlot(common: Pick<Slot, "context" | "elsewhere" | "quarter" | "activity" | "trigger">) {
  const sums: Slot = { ...common, requests: 0, parts: [], calls: [] };
  const calls = new Map<string, number>();
  const partOf = createPartFinder(sums.parts);
  let number = 0;
  return {
    take(): Slot {
      sums.calls = [...calls];
      return sums;
    },
    countRequest: () => void sums.requests++,
    add(parts: readonly LedgerPart[], called: readonly string[]): void {
      for (const name of called) calls.set(name, (calls.get(name) ?? 0) + 1);
      number++;
      let [leaf, top] = ["", ""];
      for (const one of parts) {
        const { part, tool } = partOf(one);
        part.tokens += one.tokens;
        part.nano += one.nano;
        if (tool.request !== number) part.requests++;
        tool.request = number;
        if (one.leaf === leaf) continue;
        leaf = one.leaf;
        part.leafRequests++;
        if (top !== (top = groupOfLeaf(one.leaf))) part.groupRequests++;
      }
    },
  };
}

/** A sum, and the number of the last request that counted for its leaf and tool. */
interface KnownPart {
  part: SlotPart;
  tool: { request: number };
}

/** Makes a function that finds the sum of a part, and adds it to `sums` first if it is new. Joined keys would take most of the time. */
function createPartFinder(sums: SlotPart[]): (one: LedgerPart) => KnownPart {
  const leaves = new Map<string, { names: Map<string, KnownPart>; tools: Map<string, KnownPart["tool"]> }>();
  return ({ leaf, name }) => {
    let known = leaves.get(leaf);
    if (!known) leaves.set(leaf, (known = { names: new Map(), tools: new Map() }));
    let found = known.names.get(name);
    if (found) return found;
    const called = toolOfContent(name);
    const tool = known.tools.get(called) ?? { request: 0 };
    known.tools.set(called, tool);
    const part = { leaf, name, tokens: 0, nano: 0, requests: 0, leafRequests: 0, groupRequests: 0 };
    sums.push(part);
    known.names.set(name, (found = { part, tool }));
    return found;
  };
}

function addToTurn(
  turns: Map<number, Turn>,
  { turn: number, prompt: context, trigger }: LedgerRow,
  request: LedgerRequest,
): void {
  const { line, at, costNano = 0, part } = request;
  let turn = turns.get(number);
  if (!turn)
    turns.set(number, (turn = { line, at, context, trigger, requests: 0, nano: 0, place: placeOf(request) }));
  if (!part) turn.requests++;
  turn.nano += costNano;
}
