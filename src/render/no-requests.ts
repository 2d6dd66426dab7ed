import type { Surface } from "./style.ts";

/** Returns the line of a report without a request, or without a task. It suggests a longer period only if that has some. */
export function renderNoRequests({ same = "", emptyReason }: Surface, noun = "requests"): string {
  const reason = emptyReason?.() ?? "period";
  if (reason === "filters") return "No request matches the filters.\n";
  if (reason === "history" || / --all\b/.test(same)) return `No ${noun} yet.\n`;
  return `No ${noun} in this period. ${suggestAll(same)}\n`;
}

/** Returns the sentence that suggests a period of all days, which no option for the beginning of a period can be combined with. */
export function suggestAll(same: string): string {
  const given = / (--(?:since|until|days))\b/.exec(same)?.[1];
  return `Try --all${given === undefined ? "" : ` instead of ${given}`}.`;
}
