import type { Decision, DecisionStep } from "../domain/decision.ts";
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

/** Every decision on advice in order of time. */
export function readDecisions({ db }: OpenedStore): Decision[] {
  const rows = db.prepare("SELECT at, step, recommendation FROM decision ORDER BY at, id").all() as {
    at: number;
    step: DecisionStep;
    recommendation: string;
  }[];
  return rows.map(({ at, step, recommendation }) => ({
    at,
    step,
    recommendation: JSON.parse(recommendation) as Recommendation,
  }));
}

export function writeDecisions({ db }: OpenedStore, decisions: readonly Decision[]): void {
  const insert = db.prepare(
    "INSERT OR REPLACE INTO decision (id, at, step, recommendation) VALUES (?, ?, ?, ?)",
  );
  db.transaction(() => {
    unseal(db);
    for (const { at, step, recommendation } of decisions)
      insert.run(recommendation.id, at, step, JSON.stringify(recommendation));
  })();
}
