import type { Period } from "../domain/period.ts";
import type { Filters } from "../history/filters.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import type { SpendFinders, SpendKey } from "./spend-keys.ts";
import { readSpend, type SpendReport, type SpendRow } from "./spend.ts";

/** Reads the spend of a period like `readSpend`, with the models of each row. */
export function readBreakdown(
  history: OpenedHistory,
  by: readonly SpendKey[],
  period: Period,
  filters: Filters,
  finders: SpendFinders,
): SpendReport {
  const idOf = ({ key }: SpendRow) => by.map((name) => key[name]).join("\u0000");
  const fine = readSpend(history, [...by, "model"], period, filters, finders);
  const models = Map.groupBy(
    fine.rows.toSorted((a, b) => b.costNano - a.costNano),
    idOf,
  );
  const report = readSpend(history, by, period, filters, finders);
  return { ...report, rows: report.rows.map((row) => ({ ...row, models: models.get(idOf(row)) ?? [] })) };
}
