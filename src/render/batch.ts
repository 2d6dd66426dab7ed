import { displayName } from "../domain/model-name.ts";
import { toUsd } from "../domain/money.ts";
import type { BatchResult } from "../executor/batch.ts";
import type { BatchPlan, BatchReport } from "../operations/batch.ts";
import { usdOrNull } from "./cost.ts";
import { formatInteger, formatUsd, plural } from "./numbers.ts";
import { escapeControl, plainLine } from "./text.ts";

/** Returns what a batch would cost, in a line. */
export function renderBatchPlan({ name, model, work, mostNano, wasSent }: BatchPlan): string {
  const head = `Batch ${plainLine(name)}: ${plural(work.items.length, "item")} on ${displayName(model)}`;
  if (wasSent) return `${head}, sent before.`;
  return mostNano === undefined
    ? `${head}, price not known.`
    : `${head}, at most ${formatUsd(mostNano)} at half price.`;
}

/** Returns the results as JSONL, one a line, in the order of the items. */
export function renderBatchResults(results: readonly BatchResult[]): string {
  return results.map((result) => `${escapeControl(JSON.stringify(resultJson(result)))}\n`).join("");
}

function resultJson({ costNano, ...result }: BatchResult): object {
  return { ...result, costUsd: usdOrNull(costNano) };
}

/** Returns how a batch ended, in a line. */
export function renderBatchEnd({ name, batchId, results, costNano }: BatchReport): string {
  if (!results) {
    const again = "The same command collects the results.";
    return batchId === ""
      ? `Batch ${plainLine(name)} was not sent.`
      : `Batch ${plainLine(name)} is at work as ${plainLine(batchId)}. ${again}`;
  }
  const answered = results.filter(({ text }) => text !== undefined).length;
  const failed = results.length - answered;
  const failures = failed > 0 ? `, ${formatInteger(failed)} failed` : "";
  return `${formatInteger(answered)} answered${failures}, ${formatUsd(costNano)}.`;
}

/** Returns the fields of `rolecall batch --json`. */
export function batchJson({ work, mostNano }: BatchPlan, report: BatchReport): object {
  const { results, costNano, ...rest } = report;
  return {
    ...rest,
    items: work.items.length,
    mostUsd: usdOrNull(mostNano),
    collected: results !== undefined,
    costUsd: toUsd(costNano),
    results: (results ?? []).map(resultJson),
  };
}
