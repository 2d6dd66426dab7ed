import { stripVTControlCharacters } from "node:util";
import { expectOneOf } from "../domain/nearest.ts";
import { sum } from "../domain/numbers.ts";
import { UsageError } from "../errors.ts";
import type { Surface } from "./style.ts";

/** One column of a table. */
export interface Column {
  title: string;
  align?: "left" | "right";
  /** Rank in which columns go when the table is too wide, the highest number first; 0 always stays. */
  drop?: number;
  /** Rank in which columns go that `--compact` keeps: after all others, and only if the table cannot be shortened to fit. */
  narrow?: number;
  /** Whether this column is shortened first, with an ellipsis, when the table is still too wide. */
  shrink?: boolean;
  /** Other columns go only until this one has this width; what they leave is its own. Absent: until all of it fits. */
  least?: number;
  /** Whether this column goes if no row has anything in it. */
  optional?: boolean;
}

export interface Table {
  columns: readonly Column[];
  rows: readonly (readonly string[])[];
  /** A last row, set off by a rule. */
  total?: readonly string[];
  /** It is the table of a command: the user may choose its columns. */
  isMain?: true;
}

const GAP = 2;
const LEAST = 8;

/**
 * Draws a table without vertical rules: it fits the surface's width, dropping and then shortening columns. A last line names the columns
 * that were dropped.
 */
export function renderTable(given: Table, surface: Surface): string {
  const { style } = surface;
  const written = given.isMain && surface.columns ? given : withoutEmpty(given);
  const table = written.isMain ? withColumns(written, surface) : written;
  const fitted = fit(table, surface.width);
  const { columns, widths } = fitted;
  const rows = [columns.map(({ title }) => (title === "" ? "" : style("dim", title))), ...fitted.rows];
  const lines = rows.map((row) => drawRow(row, columns, widths));
  const rule = style("dim", "─".repeat(Math.max(0, sum(widths) + GAP * (columns.length - 1))));
  lines.splice(1, 0, rule);
  if (table.total) lines.splice(-1, 0, rule);
  return `${lines.join("\n")}\n${droppedLine(written, columns, surface)}`;
}

/** Leaves out the optional columns without anything in them. */
function withoutEmpty(table: Table): Table {
  const isEmpty = (index: number) => table.rows.every((row) => (row[index] ?? "") === "");
  const kept = [...table.columns.keys()].filter(
    (index) => !table.columns[index]?.optional || !isEmpty(index),
  );
  return kept.length === table.columns.length ? table : pickColumns(table, kept);
}

/** Names the columns that are not shown although nobody left them out. */
function droppedLine({ columns, isMain }: Table, shown: readonly Column[], surface: Surface): string {
  if (isMain && surface.columns) return "";
  const dropped = columns.filter((column) => !shown.includes(column) && column.title !== "");
  if (dropped.length === 0) return "";
  const why = isMain && surface.compact ? "with --compact" : `at ${surface.width} columns`;
  const names = dropped.map(({ title }) => title).join(", ");
  return `${surface.style("dim", `Not shown ${why}: ${names}${isMain ? " (see --columns)" : ""}`)}\n`;
}

/** Returns the columns of a table that the user asked for. Throws UsageError for an unknown one. */
function withColumns(table: Table, { columns: names, compact }: Surface): Table {
  const { columns } = table;
  const known = columns.map(({ title }) => columnName(title));
  const kept = names
    ? names.map((name) => indexOf(name, known))
    : [...columns.keys()].filter((index) => !compact || !columns[index]?.drop);
  const picked = pickColumns(table, kept);
  return names ? { ...picked, columns: picked.columns.map((column) => ({ ...column, drop: 0 })) } : picked;
}

function pickColumns(table: Table, kept: readonly number[]): Table {
  const pick = (cells: readonly string[]) => kept.map((index) => cells[index] ?? "");
  return {
    ...table,
    columns: kept.map((index) => table.columns[index] as Column),
    rows: table.rows.map(pick),
    ...(table.total && { total: pick(table.total) }),
  };
}

function indexOf(name: string, known: readonly string[]): number {
  const index = known.indexOf(columnName(name));
  if (index >= 0) return index;
  throw new UsageError(`--columns: unknown column "${name}"`, {
    hint: expectOneOf(
      columnName(name),
      known.filter((one) => one !== ""),
    ),
  });
}

/** Returns the name of a column by its title: `cache-write`. */
function columnName(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}

function drawRow(row: readonly string[], columns: readonly Column[], widths: readonly number[]): string {
  const cells = columns.map(({ align }, index) => {
    const text = row[index] ?? "";
    const space = " ".repeat(Math.max(0, (widths[index] ?? 0) - visibleWidth(text)));
    return align === "right" ? space + text : text + space;
  });
  return cells.join(" ".repeat(GAP)).trimEnd();
}

interface Fitted {
  columns: readonly Column[];
  rows: string[][];
  widths: number[];
}

function fit(table: Table, width: number): Fitted {
  const all = table.total ? [...table.rows, table.total] : [...table.rows];
  const natural = table.columns.map((column, index) =>
    Math.max(...[column.title, ...all.map((row) => row[index] ?? "")].map(visibleWidth)),
  );
  const kept = table.columns.map((_, index) => index);
  const least = natural.map((own, index) => Math.min(own, table.columns[index]?.least ?? own));
  const needed = (widths: readonly number[]) =>
    sum(kept.map((index) => widths[index] ?? 0)) + GAP * (kept.length - 1);
  while (width > 0 && needed(least) > width) {
    const next = kept.toSorted((a, b) => (table.columns[b]?.drop ?? 0) - (table.columns[a]?.drop ?? 0))[0];
    if (next === undefined || !table.columns[next]?.drop) break;
    kept.splice(kept.indexOf(next), 1);
  }
  const shortest = natural.map((own, index) => Math.min(own, shortestOf(table.columns[index], own)));
  const last = kept.filter((index) => table.columns[index]?.narrow);
  last.sort((a, b) => (table.columns[b]?.narrow ?? 0) - (table.columns[a]?.narrow ?? 0));
  for (const index of last) if (width > 0 && needed(shortest) > width) kept.splice(kept.indexOf(index), 1);
  const columns = kept.map((index) => table.columns[index] as Column);
  const excess = width > 0 ? needed(natural) - width : 0;
  const widths = shrink(
    kept.map((index) => natural[index] ?? 0),
    columns,
    excess,
  );
  return {
    columns,
    rows: all.map((row) => kept.map((index, at) => shorten(row[index] ?? "", widths[at] ?? 0))),
    widths,
  };
}

/**
 * Takes `excess` from the columns that may be shortened, and what is left of it from any that hold words: last from those that ask for a
 * width.
 */
function shrink(natural: readonly number[], columns: readonly Column[], excess: number): number[] {
  const widths = [...natural];
  let left = excess;
  const takeFrom = (index: number, least: number): void => {
    const taken = Math.max(0, Math.min(left, (widths[index] ?? 0) - least));
    widths[index] = (widths[index] ?? 0) - taken;
    left -= taken;
  };
  columns.forEach((column, index) => column.shrink && takeFrom(index, Math.max(LEAST, column.least ?? 0)));
  const words = [...columns.keys()].filter((index) => columns[index]?.align !== "right");
  for (const index of words.toSorted((a, b) => leastOf(columns[a]) - leastOf(columns[b])))
    takeFrom(index, LEAST);
  return widths;
}

/** Returns the width that a column can be shortened to. */
function shortestOf(column: Column | undefined, natural: number): number {
  return column?.align === "right" ? natural : Math.max(LEAST, leastOf(column));
}

function leastOf(column: Column | undefined): number {
  return column?.least ?? 0;
}

/** Columns that text takes on a terminal; wide characters take two. */
export function visibleWidth(text: string): number {
  let width = 0;
  for (const char of stripVTControlCharacters(text)) width += isWide(char.codePointAt(0) ?? 0) ? 2 : 1;
  return width;
}

function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}

/** Text cut to `width` columns, its end marked by an ellipsis; its style goes on to the end. */
export function shorten(text: string, width: number): string {
  if (visibleWidth(text) <= width) return text;
  let left = width - 1;
  let isCut = false;
  return text.replaceAll(STYLE_OR_CHARACTER, (part) => {
    if (part.length > 2) return part; // a style has no width
    if (isCut) return "";
    left -= visibleWidth(part);
    isCut = left < 0;
    return isCut ? "…" : part;
  });
}

// oxlint-disable-next-line no-control-regex -- styles begin with one
const STYLE_OR_CHARACTER = /\u001b\[[\d;]*m|[^]/gu;
