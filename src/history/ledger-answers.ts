import { LEDGER_RULES } from "../analysis/ledger/rows.ts";
import { readLedgerAnswer, writeLedgerAnswer } from "../store/ledger-answers.ts";
import type { OpenedHistory } from "./open-history.ts";

/**
 * Returns what was computed for a question before, as long as no transcript, price or rule has changed since; otherwise computes
 * and keeps it. The ledgers have to be up to date, and the answer has to be plain data.
 */
export function remember<Answer>(
  { store, accounts }: OpenedHistory,
  question: readonly unknown[],
  compute: () => Answer,
): Answer {
  const known = recall({ store, accounts }, question);
  if (known !== undefined) return known as Answer;
  const answer = compute();
  writeLedgerAnswer(store, keyOf(accounts, question), JSON.stringify(answer));
  return answer;
}

/** Returns what `remember` computed for a question before; undefined if it has not, or if something changed since. */
export function recall(
  { store, accounts }: Pick<OpenedHistory, "store" | "accounts">,
  question: readonly unknown[],
): unknown {
  const known = readLedgerAnswer(store, keyOf(accounts, question));
  return known === undefined ? undefined : JSON.parse(known);
}

function keyOf(accounts: readonly string[], question: readonly unknown[]): string {
  return JSON.stringify([LEDGER_RULES, accounts, ...question]);
}
