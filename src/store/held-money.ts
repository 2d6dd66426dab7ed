import { DAY_MS } from "../domain/calendar.ts";
import type { HoldMoney } from "../domain/attempt.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { OpenedStore } from "./open.ts";
import { writeQueueOf } from "./write-queue.ts";

export const HELD_MONEY_SCHEMA = `
-- What attempts on their way may cost, and what they cost without a record of it: day budgets of all processes count it.
CREATE TABLE IF NOT EXISTS held_money (
  id INTEGER PRIMARY KEY,
  -- From when and for how long it counts, in ms since the epoch. A process that is killed gives nothing back.
  at INTEGER NOT NULL,
  until INTEGER NOT NULL,
  nano REAL NOT NULL
) STRICT;
`;

/** No attempt takes longer than this. */
const LONGEST_MS = 3_600_000;

/** Makes a function that holds money back from every process that has the store open; `spentSince` reads what is recorded. */
export function createMoneyHolder(store: OpenedStore, spentSince: (at: number) => NanoUsd): HoldMoney {
  const { db } = store;
  const queue = writeQueueOf(store);
  const forget = db.prepare<[number]>("DELETE FROM held_money WHERE until <= ?");
  const sum = db
    .prepare<[number], NanoUsd>("SELECT coalesce(sum(nano), 0) FROM held_money WHERE at >= ?")
    .pluck();
  const insert = db.prepare<[number, number, number]>(
    "INSERT INTO held_money (at, until, nano) VALUES (?, ?, ?)",
  );
  const keep = db.prepare<[number, number, number | bigint]>(
    "UPDATE held_money SET nano = ?, until = ? WHERE id = ?",
  );
  const remove = db.prepare<[number | bigint]>("DELETE FROM held_money WHERE id = ?");
  const hold = db.transaction(
    ({ since, at, nano }: Parameters<HoldMoney>[0], fits: Parameters<HoldMoney>[1]) => {
      forget.run(at);
      const isHeld = fits(spentSince(since) + (sum.get(since) ?? 0));
      return { id: isHeld ? insert.run(at, at + LONGEST_MS, nano).lastInsertRowid : undefined };
    },
  );
  return (money, fits) => {
    const held = queue.tryNow(() => hold.immediate(money, fits));
    if (!held) throw new Error("another process writes to it");
    const { id } = held;
    if (id === undefined) return undefined;
    return (unrecorded) =>
      queue.write(() => {
        if (unrecorded > 0) keep.run(unrecorded, money.since + DAY_MS, id);
        else remove.run(id);
      });
  };
}
