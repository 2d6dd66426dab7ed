import type { HookAdvice } from "../hooks/state.ts";
import type { AdviceList } from "../operations/advice-list.ts";
import { shortUsd, titleOf } from "./advice-words.ts";
import { plainLine } from "./text.ts";
import { adviceTitle } from "./why-words.ts";

/** Puts the advice that saves most into one line; null if nothing can be applied. */
export function adviceLine({ recommendations, changes }: AdviceList): HookAdvice | null {
  const all = [
    ...recommendations
      .filter(({ confidence }) => confidence !== "watch")
      .map((one) => ({ id: one.id, title: titleOf(one), usd: one.savingsUsdPerMonth.mid })),
    ...changes.map((one) => ({ id: one.id, title: adviceTitle(one), usd: one.savingsUsdPerMonth.mid })),
  ];
  const best = all.toSorted((a, b) => b.usd - a.usd)[0];
  if (!best) return null;
  const saves = best.usd > 0 ? ` saves about ${shortUsd(best.usd)} a month` : "";
  return {
    id: best.id,
    text: plainLine(`rolecall: ${best.title}${saves} (rolecall recommend --why ${best.id})`),
  };
}
