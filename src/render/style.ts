import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Puts a look on text, or leaves it alone where color is off. */
export type Style = (format: Format, text: string) => string;

export function createStyle(color: boolean): Style {
  return color
    ? (format, text) => styleText(format, text, { validateStream: false })
    : (_format, text) => text;
}

/** What every renderer needs to know of the place it writes to. */
export interface Surface {
  /** Columns; 0 for a pipe, where nothing is cut or dropped. */
  width: number;
  style: Style;
  /** The terminal shows no characters beyond ASCII: charts are drawn without them. */
  ascii?: boolean;
}
