import { displayName } from "../domain/model-name.ts";
import { fromUsd } from "../domain/money.ts";
import type { ModelEntry } from "../models/entry.ts";
import type { AddedModels } from "../operations/add-models.ts";
import { formatUsd } from "./numbers.ts";
import type { Surface } from "./style.ts";
import { plainLine } from "./text.ts";

/** Returns what `rolecall models add` changed, one line for each model. */
export function renderAddedModels(report: AddedModels, { style }: Surface): string {
  const { file, models, unchanged, newest, isDryRun } = report;
  const lines = models.map((one) => `  ${describe(one, newest)}`);
  const same = unchanged.length === 0 ? [] : [`Unchanged: ${plainLine(unchanged.join(", "))}.`];
  if (lines.length === 0) return [...same, `Nothing to write: ${plainLine(file)}.`, ""].join("\n");
  const next =
    newest.length > 0 ? [`${style("cyan", "rolecall recommend")} shows what the new model changes.`] : [];
  return [
    `${isDryRun ? "Would write" : "Wrote"} ${plainLine(file)}:`,
    ...lines,
    ...same,
    ...(isDryRun ? [] : ["The next report prices everything that is kept by it.", ...next]),
    "",
  ].join("\n");
}

function describe({ now, before }: AddedModels["models"][number], newest: readonly string[]): string {
  const name = `${displayName(plainLine(now.id))} (${plainLine(now.id)})`;
  const facts = [
    now.family,
    ...(newest.includes(now.id) ? [`newest ${now.family} since ${now.released}`] : []),
    pricesOf(now, before),
  ];
  return `${before ? "changed" : "added"} ${name}: ${facts.join(", ")}`;
}

/** Dollars per million tokens, with those before where they differ. */
function pricesOf({ rates }: ModelEntry, before: ModelEntry | undefined): string {
  const part = (key: "input" | "output", word: string) => {
    const [was, is] = [before?.rates?.[key], rates?.[key]];
    const now = dollars(is);
    return was === undefined || was === is ? `${now} ${word}` : `${dollars(was)} → ${now} ${word}`;
  };
  return `${part("input", "in")} and ${part("output", "out")} per million tokens`;
}

function dollars(usd: number | undefined): string {
  return usd === undefined ? "unknown" : formatUsd(fromUsd(usd));
}

/** The fields of the JSON answer (docs/json.md). */
export function addedModelsJson({ models, ...report }: AddedModels): object {
  return {
    ...report,
    models: models.map(({ now, before }) => ({
      id: now.id,
      family: now.family,
      released: now.released,
      ratesUsd: now.rates ?? null,
      ratesBeforeUsd: before?.rates ?? null,
    })),
  };
}
