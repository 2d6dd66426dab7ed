import type { QueryResult } from "../store/query.ts";
import { renderCsv } from "./csv.ts";
import type { Surface } from "./style.ts";
import { renderTable } from "./table.ts";
import { plainLine } from "./text.ts";

type SqlValue = string | number | null;

/** Draws the rows of a query; numbers are aligned to the right. */
export function renderSql({ columns, rows }: QueryResult, surface: Surface): string {
  const cells = rows.map((row) => row.map(toCell));
  return renderTable(
    {
      columns: columns.map((title, index) => ({
        title: plainLine(title),
        shrink: true,
        align: cells.some((row) => typeof row[index] === "number") ? "right" : "left",
      })),
      rows: cells.map((row) => row.map((cell) => plainLine(String(cell ?? "")))),
    },
    surface,
  );
}

export function renderSqlCsv({ columns, rows }: QueryResult): string {
  return renderCsv(
    columns,
    rows.map((row) => row.map(toCell)),
  );
}

/** Returns the fields of the JSON answer (docs/json.md). */
export function sqlJson({ columns, rows }: QueryResult): object {
  return { columns, rows: rows.map((row) => row.map(toCell)) };
}

/** SQLite has five types: null, integer, real, text and blob. */
function toCell(value: unknown): SqlValue {
  if (typeof value === "number" || typeof value === "string") return value;
  return Buffer.isBuffer(value) ? value.toString("hex") : null;
}
