import { styleText } from "node:util";
import type { EmptyReason } from "../operations/scope.ts";

type Format = Parameters<typeof styleText>[0];

/** Puts a look on text, or leaves it alone where color is off. */
export type Style = (format: Format, text: string) => string;

export function createStyle(color: boolean): Style {
  return color
    ? (format, text) => styleText(format, text, { validateStream: false })
    : (_format, text) => text;
}

/** The place that a renderer writes to. */
export interface Surface {
  /** Columns; 0 for a pipe, where nothing is cut or dropped. */
  width: number;
  style: Style;
  /** The terminal shows no characters beyond ASCII: charts are drawn without them. */
  ascii?: boolean;
  /** Names of the columns that the table of a command shows, in their order; absent: all that fit. */
  columns?: readonly string[];
  /** Options that a suggested command needs to cover the same, each behind a space. */
  same?: string;
  /** The same for a command that judges tasks. */
  sameTasks?: string;
  /** Returns why a report has no requests; undefined if it has some. */
  emptyReason?: () => EmptyReason | undefined;
  /** The table of a command has only the columns that it always keeps. */
  compact?: boolean;
}
