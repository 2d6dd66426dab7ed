import { readFileSync } from "node:fs";
import { codeOf, messageOf, RolecallError } from "../errors.ts";
import { CATALOGUE } from "../models/catalogue.ts";
import { parsePriceFile } from "../models/price-file.ts";
import { createModelTable, type ModelTable } from "../models/resolve.ts";
import { defaultPriceFile } from "./workspace.ts";

/**
 * The catalogue, with what the user's price file adds to it or overrides: `file`, or else the one in the configuration
 * folder where there is one. Throws InvalidInputError with every problem of the file, RolecallError where it cannot be read.
 */
export function loadModels(file: string | undefined, env: NodeJS.ProcessEnv): ModelTable {
  const path = file ?? defaultPriceFile(env);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (thrown) {
    if (file === undefined && codeOf(thrown) === "ENOENT") return createModelTable();
    throw new RolecallError(`the price file ${path} cannot be read: ${messageOf(thrown)}`, {
      hint: "Name a readable file with --prices; docs/prices.md shows what it holds.",
      cause: thrown,
    });
  }
  return createModelTable([...CATALOGUE, ...parsePriceFile(text, path)]);
}
