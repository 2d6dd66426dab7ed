import type { ModelFacts } from "../policy/model-facts.ts";
import { allowedModels } from "./allowed.ts";
import { createEnvironment, type Environment } from "./environment.ts";
import { createNameReader, type NameReader } from "./names.ts";
import { originalOf } from "./overrides.ts";
import { type Provider, providerOf } from "./providers.ts";
import type { Surroundings } from "./types.ts";
import { isAtLeast, SINCE } from "./version.ts";

/** The surroundings with what follows from them. */
export interface Scene {
  around: Surroundings;
  facts: ModelFacts;
  environment: Environment;
  names: NameReader;
  /** Models that `availableModels` leaves; undefined leaves all of them. */
  allowed: readonly string[] | undefined;
  provider: Provider | undefined;
}

export function setScene(around: Surroundings, catalogue: ModelFacts): Scene {
  const { version, layers } = around;
  const knowsOriginals = isAtLeast(version, SINCE.overridesOfIds);
  const find = (id: string) => catalogue.find((knowsOriginals ? originalOf(id, layers) : undefined) ?? id);
  const facts = { ...catalogue, find };
  const environment = createEnvironment(around.env, layers);
  return {
    around,
    facts,
    environment,
    names: createNameReader(facts, environment, around),
    allowed: isAtLeast(version, SINCE.availableModels) ? allowedModels(layers) : undefined,
    provider: providerOf(environment),
  };
}
