import type { BreakerKey, BreakerStore } from "../domain/breaker.ts";
import { nearest } from "../domain/nearest.ts";
import { InvalidInputError } from "../errors.ts";
import { keyOf } from "./steps.ts";
import type { ExecutorWorld } from "./world.ts";

/** Names of tiers that other routers use. */
const OTHER_TIER_NAMES: Readonly<Record<string, string>> = {
  cheap: "haiku",
  capable: "sonnet",
  premium: "opus",
};

/**
 * Returns the breakers that a provider, a key, or a provider and a model name. Throws InvalidInputError, with the nearest
 * name, if neither the policy nor the store knows them.
 */
export function breakerKeyOf(
  { policy, catalogue }: ExecutorWorld,
  store: BreakerStore,
  provider: string,
  model: string | undefined,
): BreakerKey[] {
  const keys = new Set([
    ...policy.phases.flatMap(({ steps }) => steps.map(keyOf)),
    ...store.list().map(({ key }) => key),
  ]);
  const wanted = model === undefined ? provider : `${provider}/${idOf(model)}`;
  const found = [...keys].filter(
    (key) => key === wanted || (model === undefined && key.startsWith(`${wanted}/`)),
  );
  if (found.length > 0) return found;
  const providers = new Set([...keys].map((key) => key.split("/")[0] ?? key));
  const candidates = [...keys, ...providers];
  const suggestion = nearest(wanted, candidates);
  throw new InvalidInputError("the breaker", [
    {
      message: "unknown breaker",
      found: wanted,
      expected: candidates.join(", "),
      ...(suggestion !== undefined && { suggestion }),
    },
  ]);

  function idOf(name: string): string {
    return catalogue.find(OTHER_TIER_NAMES[name] ?? name)?.id ?? name;
  }
}
