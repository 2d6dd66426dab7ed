import type { Surface } from "./style.ts";

/** Eighths of a character, from none to all of it. */
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;
const LEVELS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;
const ASCII_LEVELS = [".", ":", "-", "=", "+", "*", "#", "@"] as const;

/** The place that a chart is drawn on; in a pipe there are no charts. */
type Canvas = Pick<Surface, "ascii" | "width">;

/** Draws a share of 0 to 1 as a bar of at most `most` characters. A share above zero has at least the smallest part. */
export function bar(share: number, most: number, { ascii, width }: Canvas): string {
  if (width === 0) return "";
  const filled = Math.min(1, Math.max(0, share)) * most;
  if (filled === 0) return "";
  if (ascii) return "#".repeat(Math.max(1, Math.round(filled)));
  const eighths = Math.max(1, Math.round(filled * 8));
  return "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
}

/** Draws a share as a bar on a track of `most` characters, which shows how much is left. */
export function gauge(share: number, most: number, canvas: Canvas): string {
  return canvas.width === 0 ? "" : bar(share, most, canvas).padEnd(most, canvas.ascii ? "." : "░");
}

/** Draws values as a line of one character each, the highest as a full block, zero as a space. */
export function sparkline(values: readonly number[], { ascii, width }: Canvas): string {
  if (width === 0) return "";
  const levels = ascii ? ASCII_LEVELS : LEVELS;
  const most = Math.max(...values, 0);
  return values
    .map((value) =>
      value <= 0 || most === 0
        ? " "
        : (levels[Math.min(levels.length - 1, Math.floor((value / most) * levels.length))] ?? " "),
    )
    .join("");
}
