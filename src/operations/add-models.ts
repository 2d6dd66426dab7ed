import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { writeFileAtomically } from "../agents/write-file.ts";
import { UsageError } from "../errors.ts";
import { defaultPriceFile } from "../history/workspace.ts";
import { CATALOGUE } from "../models/catalogue.ts";
import type { ModelEntry } from "../models/entry.ts";
import { type MergedPrices, mergePriceFile, writtenPrices } from "../models/merge-price-file.ts";
import { newestOfTiers } from "../models/newest.ts";
import { parsePriceFile } from "../models/price-file.ts";
import { createModelTable } from "../models/resolve.ts";
import { modelFacts } from "../policy/catalogue-facts.ts";
import { newerFamily } from "../policy/newer-model.ts";
import { readTextFile } from "../policy/read-file.ts";
import { tierRank } from "../domain/model.ts";

/** The models that a price file added to the user's own, or changed there. */
export interface AddedModels extends Omit<MergedPrices, "text"> {
  /** The user's price file. */
  file: string;
  /** The models as they are priced now, by id, beside what they were before; undefined for a new one. */
  models: readonly { now: ModelEntry; before: ModelEntry | undefined }[];
  /** Ids that became the newest model of their tier. */
  newest: readonly string[];
  /** Nothing was written. */
  isDryRun: boolean;
}

export interface AddModelsRequest {
  /** The file to take models from: JSON or YAML. */
  from: string;
  /** The file to put them in; default: the user's price file. */
  to?: string | undefined;
  env: NodeJS.ProcessEnv;
  /** UTC day on which a new model of the vendor counts as released. */
  day: string;
  dryRun: boolean;
}

/** Checks a price file and puts its models into the user's, in one step. Throws InvalidInputError with every problem of both files. */
export function addModels({ from, to, env, day, dryRun }: AddModelsRequest): AddedModels {
  const text = readTextFile(from);
  if (text === undefined)
    throw new UsageError(`models add: no such file "${from}"`, {
      hint: "Expected a price file in JSON or YAML. Try rolecall models add prices.json (docs/prices.md).",
    });
  const file = to ?? defaultPriceFile(env);
  const old = readTextFile(file) ?? "";
  const oldTable = createModelTable([...CATALOGUE, ...parsePriceFile(old, file)]);
  const ids = parsePriceFile(text, from, oldTable).map(({ id }) => id);
  if (ids.length === 0)
    throw new UsageError(`models add: no models in "${from}"`, {
      hint: "Expected a key models with one entry for each model (docs/prices.md).",
    });
  const merged = mergePriceFile(old, file, withReleases(writtenPrices(text), writtenPrices(old), day));
  const table = createModelTable([...CATALOGUE, ...parsePriceFile(merged.text, file)]);
  if (!dryRun && merged.added.length + merged.changed.length > 0) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileAtomically(file, Buffer.from(merged.text));
  }
  const { text: _, ...rest } = merged;
  const [before, after] = [oldTable, table].map((one) => Object.values(newestOfTiers(one, day)));
  const models = [...rest.added, ...rest.changed].flatMap((id) => {
    const now = table.find(id);
    return now ? [{ now, before: oldTable.find(id) }] : [];
  });
  return {
    ...rest,
    file,
    models: models.toSorted((a, b) => tierRank(b.now.family) - tierRank(a.now.family)),
    newest: ids.filter((id) => after?.includes(id) && !before?.includes(id)),
    isDryRun: dryRun,
  };
}

/** A new model of the vendor was released on the day that it is added, unless its file says when. */
function withReleases(
  models: ReturnType<typeof writtenPrices>,
  old: ReturnType<typeof writtenPrices>,
  day: string,
): ReturnType<typeof writtenPrices> {
  const facts = modelFacts();
  return Object.fromEntries(
    Object.entries(models).map(([id, model]) => {
      const released =
        model["released"] ?? old[id]?.["released"] ?? (newerFamily(id, facts) ? day : undefined);
      return [id, released === undefined ? model : { ...model, released }];
    }),
  );
}
