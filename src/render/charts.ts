import type { Surface } from "./style.ts";

/** Eighths of a character, from none to all of it. */
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;
const LEVELS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;
const ASCII_LEVELS = [".", ":", "-", "=", "+", "*", "#", "@"] as const;

/** Draws a share of 0 to 1 as a bar of at most `width` characters. A share above zero has at least the smallest part. */
export function bar(share: number, width: number, { ascii }: Pick<Surface, "ascii">): string {
  const filled = Math.min(1, Math.max(0, share)) * width;
  if (filled === 0) return "";
  if (ascii) return "#".repeat(Math.max(1, Math.round(filled)));
  const eighths = Math.max(1, Math.round(filled * 8));
  return "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
}

/** Draws values as a line of one character each, the highest as a full block, zero as a space. */
export function sparkline(values: readonly number[], { ascii }: Pick<Surface, "ascii">): string {
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
