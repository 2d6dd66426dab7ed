import type { CostCauses, Unusual } from "../domain/cost-causes.ts";
import type { WhyReport } from "../operations/why.ts";
import { formatCount, formatShare, formatUsd } from "./numbers.ts";
import type { Surface } from "./style.ts";
import { plainLine } from "./text.ts";

const SENTENCES: Readonly<Record<Unusual["what"], (value: number, median: number) => string>> = {
  context: (value, median) =>
    `Context: ${formatCount(value)} tokens a request, usually ${formatCount(median)}`,
  loss: (value, median) =>
    `Lost caches: ${formatShare(value, 0)} of the cost, usually ${formatShare(median, 0)}`,
  model: (value, median) =>
    `Models: ${formatUsd(value * 1e6)} for a million tokens read from the cache, usually ${formatUsd(median * 1e6)}`,
  "wake-ups": (value, median) =>
    `Wake-ups by background tasks: ${formatShare(value, 0)} of the cost, usually ${formatShare(median, 0)}`,
  agents: (value, median) =>
    `Agents: ${formatShare(value, 0)} of the cost, usually ${formatShare(median, 0)}`,
};

/** Returns what is unusual about one session or one day, the most expensive first. */
export function renderUnusual(
  unusual: WhyReport["unusual"],
  { nano }: CostCauses,
  { style }: Surface,
): string {
  if (unusual.length === 0)
    return "Nothing is unusual: context, lost caches, models, wake-ups and agents are near or below your medians.";
  const lines = unusual.flatMap(({ what, value, median, extraNano, place, title: name }, index) => {
    const share = nano > 0 ? ` (${formatShare(extraNano / nano, 0)})` : "";
    const title = name === "" ? "" : ` "${plainLine(name)}"`;
    return [
      `${index + 1} ${SENTENCES[what](value, median)}: about ${formatUsd(extraNano)} more${share}`,
      style("dim", `  session ${plainLine(place.session.slice(0, 8))}${title}, line ${place.line}`),
    ];
  });
  return [style("bold", "Unusual, compared with your own median"), ...lines].join("\n");
}
