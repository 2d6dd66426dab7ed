import { RULES_VERSION } from "../analysis/outcomes/session.ts";
import { fingerprintOf } from "../domain/hash.ts";
import { readHandOutcomes } from "../store/hand-outcomes.ts";
import { stampAttempts } from "../store/attempts.ts";
import { stampJudgements } from "../store/judgements.ts";
import { judgeSessions } from "./analyze.ts";
import { remember } from "./ledger-answers.ts";
import type { OpenedHistory } from "./open-history.ts";
import { createPricing } from "./pricing.ts";

/**
 * Returns what was computed for a question about the tasks since a time (ms since the epoch) before, as long as no judgement, verdict of
 * the user, attempt or price has changed since; otherwise computes and keeps it. The answer has to be plain data.
 */
export function rememberJudged<Answer>(
  history: OpenedHistory,
  since: number,
  question: readonly unknown[],
  compute: () => Answer,
): Answer {
  const { store, models } = history;
  judgeSessions(store, models, since);
  const basis = [
    stampJudgements(store, since),
    readHandOutcomes(store),
    stampAttempts(store),
    createPricing(models).fingerprint,
    ...question,
  ];
  return remember(history, ["tasks", RULES_VERSION, fingerprintOf(JSON.stringify(basis, withMaps))], compute);
}

function withMaps(_key: string, value: unknown): unknown {
  return value instanceof Map ? [...value] : value;
}
