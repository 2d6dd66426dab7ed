import { isMap, parseDocument } from "yaml";
import { InvalidInputError } from "../errors.ts";

/** The models of a price file that another file adds or changes. */
export interface MergedPrices {
  /** The text of the merged file: comments and everything else in it stay. */
  text: string;
  added: readonly string[];
  changed: readonly string[];
  unchanged: readonly string[];
}

/** The keys of a model in a price file. */
type PricedModel = Readonly<Record<string, unknown>>;

/** Reads the models of a price file as they are written. Both files have been checked before. */
export function writtenPrices(text: string): Record<string, PricedModel> {
  const { models = {} } = (parseDocument(text).toJS() ?? {}) as { models?: Record<string, PricedModel> };
  return models;
}

/** Puts models into the text of a price file, each in place of the one of its id. Throws InvalidInputError if the text is not a price file. */
export function mergePriceFile(
  text: string,
  path: string,
  models: Readonly<Record<string, PricedModel>>,
): MergedPrices {
  const document = parseDocument(text);
  const before = writtenPrices(text);
  if (document.errors.length > 0 || (document.contents !== null && !isMap(document.contents)))
    throw new InvalidInputError("the price file", [{ path, message: "not a group of keys" }]);
  const merged = { added: [] as string[], changed: [] as string[], unchanged: [] as string[] };
  for (const [id, model] of Object.entries(models)) {
    const old = before[id];
    if (old && JSON.stringify(old) === JSON.stringify(model)) merged.unchanged.push(id);
    else {
      merged[old ? "changed" : "added"].push(id);
      document.setIn(["models", id], document.createNode(model));
    }
  }
  return { ...merged, text: document.toString() };
}
