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
  const key = JSON.stringify([LEDGER_RULES, accounts, ...question]);
  const known = readLedgerAnswer(store, key);
  if (known !== undefined) return JSON.parse(known) as Answer;
  const answer = compute();
  writeLedgerAnswer(store, key, JSON.stringify(answer));
  return answer;
}
