import type { Decision } from "../domain/decision.ts";
import type { Recommendation } from "../domain/recommendation.ts";
import type { OpenedStore } from "./open.ts";
import { unseal } from "./seal.ts";

export const DECISIONS_SCHEMA = `
CREATE TABLE decision (
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  step TEXT NOT NULL,
  recommendation TEXT NOT NULL,
  PRIMARY KEY (id, at)
) STRICT, WITHOUT ROWID;
`;

/** Reads the advice that was dismissed: the latest time of each. */
export function readDismissed({ db }: OpenedStore): Decision[] {
  const rows = db
    .prepare("SELECT at, recommendation FROM decision WHERE step = 'dismissed' ORDER BY at, id")
    .all() as { at: number; recommendation: string }[];
  const decisions = rows.map(({ at, recommendation }): Decision => ({
    step: "dismissed",
    at,
    recommendation: JSON.parse(recommendation) as Recommendation,
  }));
  return [...new Map(decisions.map((one) => [one.recommendation.id, one])).values()];
}

export function writeDismissed({ db }: OpenedStore, decisions: readonly Decision[]): void {
  const insert = db.prepare(
    "INSERT OR REPLACE INTO decision (id, at, step, recommendation) VALUES (?, ?, ?, ?)",
  );
  db.transaction(() => {
    unseal(db);
    for (const { at, step, recommendation } of decisions)
      insert.run(recommendation.id, at, step, JSON.stringify(recommendation));
  })();
}
