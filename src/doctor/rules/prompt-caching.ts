import { FAMILIES } from "../../domain/model.ts";
import { isOn } from "../../client/environment.ts";
import { inEnvironment, type DoctorRule } from "../examined.ts";

const ALL = "DISABLE_PROMPT_CACHING";
const NAMES = [ALL, ...FAMILIES.map((family) => `${ALL}_${family.toUpperCase()}`)];

/** Variables that disable prompt caching for all models or for a family. */
export const promptCaching: DoctorRule = (examined) =>
  NAMES.filter((name) => isOn(examined.environment(name))).map((name) =>
    inEnvironment("prompt-caching-off", "warning", examined, name, {
      message: `${name} disables prompt caching${name === ALL ? "" : " for its models"}: every request pays the full price for its whole context, ten times the price of reading it from the cache or more.`,
      fix: `Remove ${name}.`,
    }),
  );
