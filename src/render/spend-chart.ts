import type { SpendKey } from "../operations/spend-keys.ts";
import type { SpendReport } from "../operations/spend.ts";
import { bar } from "./charts.ts";
import { formatUsd } from "./numbers.ts";
import type { Surface } from "./style.ts";
import { shorten, visibleWidth } from "./table.ts";

/** A label has at most this share of a terminal's width. */
const LABEL_SHARE = 0.4;

/** Draws each row of a breakdown as a bar; the longest is the most expensive. `labelOf` names a row. */
export function renderSpendChart(
  { rows, total }: SpendReport,
  by: readonly SpendKey[],
  surface: Surface,
  labelOf: (key: SpendKey, row: SpendReport["rows"][number]) => string,
): string {
  const most = Math.max(1, ...rows.map(({ costNano }) => costNano));
  const labels = rows.map((row) =>
    shorten(by.map((key) => labelOf(key, row)).join(" "), Math.floor(surface.width * LABEL_SHARE)),
  );
  const costs = rows.map(({ costNano }) => formatUsd(costNano));
  const [label, cost] = [widest(labels), widest(costs)];
  const room = Math.max(1, surface.width - label - cost - 4);
  const lines = rows.map(({ costNano }, index) => {
    const name = labels[index] ?? "";
    const gap = " ".repeat(label - visibleWidth(name));
    const drawn = surface.style("cyan", bar(costNano / most, room, surface));
    return `${name}${gap}  ${(costs[index] ?? "").padStart(cost)}  ${drawn}`.trimEnd();
  });
  return `${[...lines, `Total ${formatUsd(total.costNano)}`].join("\n")}\n`;
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(visibleWidth));
}
