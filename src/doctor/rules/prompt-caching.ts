import { FAMILIES } from "../../domain/model.ts";
import { isOn } from "../../client/environment.ts";
import { inEnvironment, type Rule } from "../examined.ts";

const ALL = "DISABLE_PROMPT_CACHING";
const NAMES = [ALL, ...FAMILIES.map((family) => `${ALL}_${family.toUpperCase()}`)];

export const promptCaching: Rule = (examined) =>
  NAMES.filter((name) => isOn(examined.environment(name))).map((name) =>
    inEnvironment("prompt-caching-off", "warning", examined, name, {
      message: `${name} switches prompt caching off${name === ALL ? "" : " for its models"}: every request pays for its whole context at full price, about ten times as much as read from the cache.`,
      fix: `Remove ${name}.`,
    }),
  );
