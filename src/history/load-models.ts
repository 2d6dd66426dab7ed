import { RolecallError } from "../errors.ts";
import { CATALOGUE } from "../models/catalogue.ts";
import { parsePriceFile } from "../models/price-file.ts";
import { createModelTable, type ModelTable } from "../models/resolve.ts";
import { readTextFile } from "../policy/read-file.ts";
import { defaultPriceFile } from "./workspace.ts";

/**
 * The catalogue, with what the user's price file adds to it or overrides: `file`, or else the one in the configuration
 * folder where there is one. Throws InvalidInputError with every problem of the file, RolecallError where it cannot be read.
 */
export function loadModels(file: string | undefined, env: NodeJS.ProcessEnv): ModelTable {
  const path = file ?? defaultPriceFile(env);
  const text = readPriceFile(path);
  if (text !== undefined) return createModelTable([...CATALOGUE, ...parsePriceFile(text, path)]);
  if (file === undefined) return createModelTable();
  throw new RolecallError(`${path}: missing price file`, { hint: HINT });
}

const HINT = "Expected a readable file, as docs/prices.md shows. Try another one with --prices.";

function readPriceFile(path: string): string | undefined {
  try {
    return readTextFile(path);
  } catch (cause) {
    if (!(cause instanceof RolecallError)) throw cause;
    const problem = cause.message.replace(`${path}: cannot be read: `, "");
    throw new RolecallError(`${path}: unreadable price file: ${problem}`, { hint: HINT, cause });
  }
}
