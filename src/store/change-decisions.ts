import type { ChangeAdvice, ChangeDecision } from "../domain/change-decision.ts";
import type { PatchWrite } from "../domain/simulation.ts";
import type { Tables } from "./open.ts";

export const CHANGE_DECISIONS_SCHEMA = `
-- What the user did about advice that simulations gave.
CREATE TABLE change_decision (
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  step TEXT NOT NULL CHECK (step IN ('applied', 'reverted', 'dismissed')),
  -- The folder that it was written to.
  level TEXT NOT NULL,
  root TEXT NOT NULL,
  -- JSON: the advice as it was then, and what was written, with the values before.
  advice TEXT NOT NULL,
  writes TEXT NOT NULL,
  PRIMARY KEY (id, root, at)
) STRICT, WITHOUT ROWID;
`;

type DecisionRow = Omit<ChangeDecision, "advice" | "writes"> & { advice: string; writes: string };

/** Returns the latest decision on each change in each place, in order of time. */
export function readChangeDecisions({ db }: Tables): ChangeDecision[] {
  const rows = db
    .prepare<[], DecisionRow>(
      "SELECT id, at, step, level, root, advice, writes FROM change_decision ORDER BY at, id",
    )
    .all();
  const latest = new Map(rows.map((row) => [`${row.id} ${row.root}`, row]));
  return [...latest.values()].map(({ advice, writes, ...row }) => ({
    ...row,
    advice: JSON.parse(advice) as ChangeAdvice,
    writes: JSON.parse(writes) as PatchWrite[],
  }));
}

/** Keeps decisions. */
export function writeChangeDecisions({ db }: Tables, decisions: readonly ChangeDecision[]): void {
  const insert = db.prepare("INSERT OR REPLACE INTO change_decision VALUES (?, ?, ?, ?, ?, ?, ?)");
  db.transaction(() => {
    for (const { id, at, step, level, root, advice, writes } of decisions)
      insert.run(id, at, step, level, root, JSON.stringify(advice), JSON.stringify(writes));
  })();
}
