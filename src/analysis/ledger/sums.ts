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
    slot.add(row.parts);
    if (!request.part) slot.sums.requests++;
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
    take: () => [...slots.values()].map(({ sums }) => sums),
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
  const sums: Slot = { ...common, requests: 0, parts: [] };
  const known = new Map<string, SlotPart>();
  const partOf = ({ leaf, name }: LedgerPart): SlotPart => {
    const key = `${leaf} ${name}`;
    let part = known.get(key);
    if (part) return part;
    part = { leaf, name, tokens: 0, nano: 0, requests: 0, leafRequests: 0, groupRequests: 0 };
    known.set(key, part);
    sums.parts.push(part);
    return part;
  };
  return {
    sums,
    add(parts: readonly LedgerPart[]): void {
      let [leaf, top] = ["", ""];
      for (const one of parts) {
        const part = partOf(one);
        part.tokens += one.tokens;
        part.nano += one.nano;
        part.requests++;
        if (one.leaf === leaf) continue;
        leaf = one.leaf;
        part.leafRequests++;
        if (top !== (top = groupOfLeaf(one.leaf))) part.groupRequests++;
      }
    },
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
