import { plainText } from "./text.ts";

type CsvValue = string | number | null | undefined;

/**
 * Rows as CSV (RFC 4180). A cell that a spreadsheet would take for a formula gets a leading quote mark, so that a name out
 * of a transcript cannot run there, and control characters are shown as in tables: CSV too may go to a terminal.
 */
export function renderCsv(header: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return [header, ...rows].map((row) => `${row.map(formatCell).join(",")}\r\n`).join("");
}

function formatCell(cell: CsvValue): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number") return String(cell);
  const text = plainText(cell);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
