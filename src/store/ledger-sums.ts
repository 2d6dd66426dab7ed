import type { Activity, Trigger } from "../domain/ledger-input.ts";
import {
  type CallCount,
  LEAVES,
  type LedgerSums,
  type LossAt,
  type SlotPart,
  type ThreadLedger,
  type TurnCost,
} from "../domain/ledger.ts";
import { outdateLedgers } from "./content.ts";
import type { Tables } from "./open.ts";
import { countsIn } from "./spend-sums.ts";

/** The cost of requests by cause, beside `spend`: the same contexts and quarters, so that both add up to the same. */
export const LEDGER_SCHEMA = `
CREATE TABLE ledger (
  transcript INTEGER NOT NULL,
  context INTEGER NOT NULL,
  -- Quarter of an hour since the epoch, in UTC.
  quarter INTEGER NOT NULL,
  -- As in request.
  elsewhere TEXT NOT NULL,
  -- What the calls of the requests do, and what started the stretch that they belong to.
  activity TEXT NOT NULL,
  "trigger" TEXT NOT NULL,
  -- Without what was billed along with one.
  requests INTEGER NOT NULL,
  -- A JSON array for each cause: its number (view causes), name, tokens, nano-dollars, requests; and of these, those in which it is the first of its
  -- leaf, and of its group.
  parts TEXT NOT NULL,
  -- A JSON array of names and how often each was called; empty for none.
  calls TEXT NOT NULL,
  PRIMARY KEY (transcript, context, quarter, elsewhere, activity, "trigger")
) STRICT, WITHOUT ROWID;

-- Prompts with all requests until the next.
CREATE TABLE ledger_turn (
  transcript INTEGER NOT NULL,
  -- Of its first request, like line, time, tokens and what started it.
  context INTEGER NOT NULL,
  elsewhere TEXT NOT NULL,
  line INTEGER NOT NULL,
  at INTEGER NOT NULL,
  tokens REAL NOT NULL,
  "trigger" TEXT NOT NULL,
  requests INTEGER NOT NULL,
  -- Nano-dollars.
  cost REAL NOT NULL
) STRICT;
CREATE INDEX ledger_turn_transcript ON ledger_turn (transcript);

-- Caches that were lost, so that what had been in them was written again.
CREATE TABLE ledger_loss (
  transcript INTEGER NOT NULL,
  context INTEGER NOT NULL,
  elsewhere TEXT NOT NULL,
  line INTEGER NOT NULL,
  at INTEGER NOT NULL,
  cause TEXT NOT NULL,
  -- What went with it; empty for a loss with a cause.
  sign TEXT NOT NULL,
  tokens REAL NOT NULL,
  -- Nano-dollars beyond reading the same.
  avoidable REAL NOT NULL
) STRICT;
CREATE INDEX ledger_loss_transcript ON ledger_loss (transcript);
`;

/** The tables that are made again from requests and content. */
export const LEDGER_TABLES = ["ledger", "ledger_turn", "ledger_loss"] as const;

/** Returns whether the ledgers were made by these rules. */
export function agreesOnRules({ db }: Tables, rules: string): boolean {
  return db.prepare("SELECT value FROM meta WHERE key = 'ledger-rules'").pluck().get() === rules;
}

/** Marks all ledgers as out of date if they were made by other rules; must run inside a transaction. */
export function agreeOnRules(store: Tables, rules: string): void {
  if (agreesOnRules(store, rules)) return;
  outdateLedgers(store);
  store.db.prepare("INSERT OR REPLACE INTO meta VALUES ('ledger-rules', ?)").run(rules);
}

/** Returns the transcripts whose ledger is out of date and whose content is known. */
export function readUnsummed({ db }: Tables): number[] {
  return db.prepare<[], number>("SELECT transcript FROM content WHERE summed = 0").pluck().all();
}

/** Makes a function that replaces the ledger of a transcript; must run inside a transaction. */
export function createLedgerWriter({ db }: Tables): (transcript: number, threads: LedgerSums[]) => void {
  const clear = LEDGER_TABLES.map((table) => db.prepare(`DELETE FROM ${table} WHERE transcript = ?`));
  const slot = db.prepare("INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const turn = db.prepare("INSERT INTO ledger_turn VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const loss = db.prepare("INSERT INTO ledger_loss VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const summed = db.prepare("UPDATE content SET summed = 1 WHERE transcript = ?");
  return (transcript, threads) => {
    for (const statement of clear) statement.run(transcript);
    for (const { slots, turns, losses } of threads) {
      for (const { context, elsewhere, quarter, activity, trigger, requests, parts, calls } of slots) {
        const packed = JSON.stringify(parts.map(packPart));
        slot.run(
          transcript,
          context,
          quarter,
          elsewhere,
          activity,
          trigger,
          requests,
          packed,
          packCalls(calls),
        );
      }
      for (const { place, line, at, context, trigger, requests, nano } of turns)
        turn.run(transcript, place.context, place.elsewhere, line, at, context, trigger, requests, nano);
      for (const { place, line, at, cause, sign = "", tokens, avoidableNano } of losses)
        loss.run(transcript, place.context, place.elsewhere, line, at, cause, sign, tokens, avoidableNano);
    }
    summed.run(transcript);
  };
}

/** Numbers instead of the names of leaves are read in half the time. */
type PackedPart = [
  leaf: number,
  name: string,
  tokens: number,
  nano: number,
  requests: number,
  leafRequests: number,
  groupRequests: number,
];

function packPart({ leaf, name, tokens, nano, requests, leafRequests, groupRequests }: SlotPart): PackedPart {
  return [LEAVES.indexOf(leaf), name, tokens, nano, requests, leafRequests, groupRequests];
}

function unpackPart([leaf, name, tokens, nano, requests, leafRequests, groupRequests]: PackedPart): SlotPart {
  return { leaf: LEAVES[leaf] ?? "rest.part", name, tokens, nano, requests, leafRequests, groupRequests };
}

const NO_CALLS: CallCount[] = [];

function packCalls(calls: readonly CallCount[]): string {
  return calls.length === 0 ? "" : JSON.stringify(calls);
}

function unpackCalls(calls: string): CallCount[] {
  return calls === "" ? NO_CALLS : (JSON.parse(calls) as CallCount[]);
}

const OF_CONTEXT = (table: string) =>
  `FROM ${table} AS own JOIN context ON context.id = own.context JOIN transcript ON transcript.id = own.transcript
  WHERE account IN (SELECT value FROM json_each(@account)) AND ${countsIn("elsewhere", true)}`;

/** Returns the ledgers that are kept of some accounts, one for each thread of each session in each transcript. */
export function readLedgers({ db }: Tables, accounts: readonly string[]): ThreadLedger[] {
  const ledgers = createLedgers({ db });
  const account = JSON.stringify(accounts);
  const all = <Row>(columns: string, table: string) =>
    db
      .prepare<[{ account: string }], Row & { of: number }>(
        `SELECT own.context AS of, ${columns} ${OF_CONTEXT(table)}`,
      )
      .all({ account });
  for (const { of, parts, calls, ...slot } of all<SlotRow>(SLOT_COLUMNS, "ledger")) {
    const { ledger, model, branch } = ledgers.of(of);
    const unpacked = (JSON.parse(parts) as PackedPart[]).map(unpackPart);
    ledger.slots.push({ ...slot, model, branch, parts: unpacked, calls: unpackCalls(calls) });
  }
  for (const { of, ...turn } of all<Omit<TurnCost, "model" | "branch">>(TURN_COLUMNS, "ledger_turn")) {
    const { ledger, model, branch } = ledgers.of(of);
    ledger.turns.push({ ...turn, model, branch });
  }
  for (const { of, sign, ...loss } of all<LossRow>(LOSS_COLUMNS, "ledger_loss")) {
    const { ledger, model, branch } = ledgers.of(of);
    const named = sign && { sign: sign as NonNullable<LossAt["sign"]> };
    ledger.losses.push({ ...loss, model, branch, ...named });
  }
  return ledgers.all();
}

const SLOT_COLUMNS = 'quarter, activity, "trigger", requests, parts, calls';
const TURN_COLUMNS = 'line, at, tokens AS context, "trigger", requests, cost AS nano';
const LOSS_COLUMNS = "line, at, cause, sign, tokens, avoidable AS avoidableNano";

type LossRow = Omit<LossAt, "model" | "branch" | "sign"> & { sign: string };

interface SlotRow {
  quarter: number;
  activity: Activity;
  trigger: Trigger;
  requests: number;
  parts: string;
  calls: string;
}

/** Makes a ledger for each thread of a session in a transcript, and finds it by context. */
function createLedgers({ db }: Tables) {
  const contexts = db
    .prepare<[], LedgerContext>(
      `SELECT context.id, transcript, context.session, project, path AS file, context.agent_id AS agentId, agent AS agentType,
        model, branch FROM context JOIN transcript ON transcript.id = context.transcript`,
    )
    .all();
  const ledgers = new Map<string, ThreadLedger>();
  const byContext = new Map<number, { ledger: ThreadLedger; model: string; branch: string }>();
  for (const { id, transcript, model, branch, ...thread } of contexts) {
    const key = `${transcript} ${thread.session} ${thread.agentId} ${thread.agentType}`;
    let ledger = ledgers.get(key);
    if (!ledger) ledgers.set(key, (ledger = { ...thread, slots: [], turns: [], losses: [] }));
    byContext.set(id, { ledger, model, branch });
  }
  return {
    all: () => [...ledgers.values()].filter(({ slots }) => slots.length > 0),
    of: (context: number) =>
      byContext.get(context) as { ledger: ThreadLedger; model: string; branch: string },
  };
}

type LedgerContext = Pick<ThreadLedger, "session" | "project" | "file" | "agentId" | "agentType"> & {
  id: number;
  transcript: number;
  model: string;
  branch: string;
};
