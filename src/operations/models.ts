import { compareText } from "../domain/compare.ts";
import { displayName } from "../domain/model-name.ts";
import { isFamily, tierRank } from "../domain/model.ts";
import { TIER_MODELS } from "../models/catalogue.ts";
import type { ModelEntry, Rates } from "../models/entry.ts";
import { ratesFor } from "../models/price.ts";
import { createModelTable } from "../models/resolve.ts";
import { nearest } from "../domain/nearest.ts";

/** A model of the catalogue with what holds on one day. */
export interface ModelOnDay extends Pick<ModelEntry, "id" | "family" | "released" | "context" | "tokenizer"> {
  name: string;
  maxOutput: number | undefined;
  defaultEffort: ModelEntry["defaultEffort"] | undefined;
  effortCost: ModelEntry["effortCost"] | undefined;
  /** `available`: a model that is retired now was not retired on that day. */
  status: ModelEntry["status"] | "available";
  retires: string | undefined;
  efforts: NonNullable<ModelEntry["efforts"]>;
  /** Dollars per million tokens; undefined where the price is not known. */
  rates: Rates | undefined;
  /** Of the whole request, where its prompt is longer than `above` tokens. */
  longPrompt: { above: number; rates: Rates } | undefined;
  fast: Rates | undefined;
  /** Whether US-only inference costs a tenth more. */
  usOnly: boolean;
}

/** The models that were out on `day` (UTC, `2026-11-21`), the highest tier and the newest first. */
export function listModels(day: string, { entries } = createModelTable()): ModelOnDay[] {
  return entries
    .filter(({ released }) => released <= day)
    .map((entry) => onDay(entry, day))
    .sort(
      (a, b) =>
        tierRank(b.family) - tierRank(a.family) ||
        compareText(b.released, a.released) ||
        compareText(a.id, b.id),
    );
}

/** One model with the names that lead to it. */
export interface ModelDetail extends ModelOnDay {
  /** `opus`, or an id without its date. */
  aliases: string[];
  /** As Bedrock, Vertex and gateways spell it. */
  spellings: string[];
}

/** The model of an id, alias or tier in any spelling; undefined where the catalogue has none. */
export function findModel(name: string, day: string, models = createModelTable()): ModelDetail | undefined {
  const word = name.trim().toLowerCase();
  const entry = models.find(isFamily(word) ? TIER_MODELS[word] : name);
  if (!entry) return undefined;
  const moving = TIER_MODELS[entry.family] === entry.id ? [entry.family] : [];
  return {
    ...onDay(entry, day),
    aliases: [...moving, ...(entry.aliases ?? [])],
    spellings: spellingsOf(entry).filter((spelling) => models.find(spelling) === entry),
  };
}

/** Names of the catalogue that are close to one it does not have, the closest first. */
export function nearestModels(name: string, { entries } = createModelTable()): string[] {
  const names = new Set([
    ...Object.keys(TIER_MODELS),
    ...entries.flatMap(({ id, aliases = [] }) => [id, ...aliases]),
  ]);
  const found: string[] = [];
  while (found.length < 3) {
    const best = nearest(name, [...names]) ?? nearest(`claude-${name}`, [...names]);
    if (best === undefined) break;
    found.push(best);
    names.delete(best);
  }
  return found;
}

function onDay(entry: ModelEntry, day: string): ModelOnDay {
  const at = Date.parse(day);
  const { longPrompt, fast, retires } = entry;
  const holds = (until: string | undefined) => until === undefined || day < until;
  return {
    id: entry.id,
    name: displayName(entry.id),
    family: entry.family,
    status: statusOn(entry, day),
    released: entry.released,
    retires,
    context: entry.context,
    maxOutput: entry.maxOutput,
    tokenizer: entry.tokenizer,
    efforts: entry.efforts ?? [],
    defaultEffort: entry.defaultEffort,
    effortCost: entry.effortCost,
    rates: ratesFor(entry, 0, { at }),
    longPrompt:
      longPrompt && holds(longPrompt.until)
        ? { above: longPrompt.above, rates: longPrompt.rates }
        : undefined,
    fast: fast && holds(fast.until) ? fast.rates : undefined,
    usOnly: entry.usOnly ?? false,
  };
}

function statusOn({ status, retires }: ModelEntry, day: string): ModelOnDay["status"] {
  if (retires !== undefined && retires <= day) return "retired";
  return status === "retired" ? "available" : status;
}

/** Returns how Claude Code, Bedrock, Vertex and gateways write an id. */
function spellingsOf({ id, aliases = [] }: ModelEntry): string[] {
  const undated = id.replace(/-\d{8}$/, "");
  const date = id.slice(undated.length + 1);
  const dotted = (aliases[0] ?? undated).replace(/-(\d+)-(\d+)$/, "-$1.$2");
  return [
    `${id}[1m]`,
    `anthropic.${id}${date ? "-v1:0" : ""}`,
    `us.anthropic.${id}${date ? "-v1:0" : ""}`,
    ...(date ? [`${undated}@${date}`] : []),
    `anthropic/${dotted}`,
  ];
}
