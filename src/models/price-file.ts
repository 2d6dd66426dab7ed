import { type Effort, EFFORTS, FAMILIES, isEffort, isFamily } from "../domain/model.ts";
import type { ModelEntry, Rates } from "./entry.ts";
import { createModelTable, type ModelTable } from "./resolve.ts";
import { type YamlPlace, type ValueRule, YamlCheck } from "./yaml-check.ts";

/**
 * Reads a price file (docs/prices.md): the models that it adds to `table` or overrides there, in dollars per million tokens
 * that hold on every day. `path` is for messages. Throws InvalidInputError with every problem, each with its line and key.
 */
export function parsePriceFile(
  text: string,
  path: string,
  table: ModelTable = createModelTable(),
): ModelEntry[] {
  const check = new YamlCheck(text, "the price file", path);
  const { models } = check.root ? check.pick(check.root, ["models"]) : {};
  const entries = (models ? check.entries(models) : []).map(([id, place]) =>
    readModel(id, place, check, table),
  );
  check.end();
  return entries;
}

const RATES = ["input", "output", "cacheWrite5m", "cacheWrite1h", "cacheRead"] as const;
const KEYS = [
  "like",
  "family",
  "released",
  "context",
  "efforts",
  "defaultEffort",
  "aliases",
  "usOnly",
  "fast",
  "longPrompt",
  ...RATES,
] as const;

function readModel(id: string, place: YamlPlace, check: YamlCheck, table: ModelTable): ModelEntry {
  const found = check.pick(place, KEYS);
  const like = check.read(found.like, knownIn(table));
  const known = {
    family: check.read(found.family, FAMILY),
    released: check.read(found.released, DAY),
    context: check.read(found.context, TOKENS),
    efforts: check.read(found.efforts, LEVELS),
    defaultEffort: check.read(found.defaultEffort, LEVEL),
    usOnly: check.read(found.usOnly, YES_OR_NO),
  };
  const base = table.find(like ?? id);
  if (!base && !found.family && !found.like)
    check.refuse(
      place,
      "a model that the catalogue does not have needs a family, or another that it is like",
      {
        expected: `family: ${FAMILIES.join(", ")}; like: the id of a known model`,
      },
    );
  if (!base && !found.like && !(found.input && found.output))
    check.refuse(place, "a model that the catalogue does not have needs prices", {
      expected: "input and output",
    });
  const { earlier, aliases = [], ...rest } = base ?? NEW_MODEL;
  const own = base !== undefined && like === undefined;
  return {
    ...rest,
    ...(earlier && !RATES.some((key) => found[key]) && { earlier }),
    id: own ? base.id : id,
    aliases: [...(own ? aliases : []), ...(check.read(found.aliases, NAMES) ?? [])],
    ...withoutUndefined(known),
    rates: readRates(found, check, base?.rates),
    ...(found.fast && {
      fast: { rates: readRates(check.pick(found.fast, RATES), check, base?.fast?.rates ?? base?.rates) },
    }),
    ...(found.longPrompt && { longPrompt: readLongPrompt(found.longPrompt, check, base) }),
  };
}

/** Leaves out the keys that a file does not set. */
function withoutUndefined<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}

function readLongPrompt(place: YamlPlace, check: YamlCheck, base: ModelEntry | undefined) {
  const found = check.pick(place, ["above", ...RATES]);
  if (!found.above && !base?.longPrompt)
    check.refuse(place, "says not from how many tokens on", { expected: "above" });
  return {
    above: check.read(found.above, TOKENS) ?? base?.longPrompt?.above ?? 0,
    rates: readRates(found, check, base?.longPrompt?.rates ?? base?.rates),
  };
}

/** Cache prices that are not given follow the input price as they do in `base`. */
function readRates(
  found: Partial<Record<keyof Rates, YamlPlace>>,
  check: YamlCheck,
  base: Rates = USUAL,
): Rates {
  const input = check.read(found.input, PRICE) ?? base.input;
  const follow = (key: keyof Rates) =>
    check.read(found[key], PRICE) ?? Math.round((input * base[key] * 1e6) / base.input) / 1e6;
  return {
    input,
    output: check.read(found.output, PRICE) ?? base.output,
    cacheWrite5m: follow("cacheWrite5m"),
    cacheWrite1h: follow("cacheWrite1h"),
    cacheRead: follow("cacheRead"),
  };
}

/** Multiples of the input price that hold for most models (the vendor's pricing page). */
const USUAL: Rates = { input: 1, output: 5, cacheWrite5m: 1.25, cacheWrite1h: 2, cacheRead: 0.1 };

const NEW_MODEL: Omit<ModelEntry, "id"> = {
  family: "sonnet",
  released: "1970-01-01",
  status: "active",
  context: 200_000,
  tokenizer: "v4.7",
};

const PRICE: ValueRule<number> = {
  is: (value): value is number => typeof value === "number" && Number.isFinite(value) && value >= 0,
  expected: "dollars per million tokens, such as 2.5",
};
const TOKENS: ValueRule<number> = {
  is: (value): value is number => Number.isSafeInteger(value) && (value as number) > 0,
  expected: "a number of tokens",
};
const DAY: ValueRule<string> = {
  is: (value): value is string =>
    typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value)),
  expected: "a day, such as 2026-11-20",
};
const LEVEL: ValueRule<Effort> = { is: isEffort, expected: EFFORTS.join(", ") };
const LEVELS: ValueRule<Effort[]> = {
  is: (value): value is Effort[] => Array.isArray(value) && value.every(isEffort),
  expected: `a list of ${EFFORTS.join(", ")}`,
};
const YES_OR_NO: ValueRule<boolean> = {
  is: (value) => typeof value === "boolean",
  expected: "true or false",
};
const NAMES: ValueRule<string[]> = {
  is: (value): value is string[] => Array.isArray(value) && value.every((name) => typeof name === "string"),
  expected: "a list of model ids",
};
const FAMILY: ValueRule<ModelEntry["family"]> = {
  is: (value): value is ModelEntry["family"] => typeof value === "string" && isFamily(value),
  expected: FAMILIES.join(", "),
};

function knownIn(table: ModelTable): ValueRule<string> {
  return {
    is: (value): value is string => typeof value === "string" && table.find(value) !== undefined,
    expected: "the id of a model of the catalogue (rolecall models lists them)",
  };
}
