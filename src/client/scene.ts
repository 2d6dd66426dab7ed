import type { ModelFacts } from "../policy/model-facts.ts";
import { allowedModels } from "./allowed.ts";
import { createEnvironment, type Environment } from "./environment.ts";
import { createNameReader, type NameReader } from "./names.ts";
import { originalOf } from "./overrides.ts";
import type { Surroundings } from "./types.ts";

/** The surroundings with what follows from them. */
export interface Scene {
  around: Surroundings;
  facts: ModelFacts;
  environment: Environment;
  names: NameReader;
  /** What `availableModels` leaves; undefined leaves everything. */
  allowed: readonly string[] | undefined;
}

export function setScene(around: Surroundings, catalogue: ModelFacts): Scene {
  const find = (id: string) => catalogue.find(originalOf(id, around.layers) ?? id);
  const facts = { ...catalogue, find };
  const environment = createEnvironment(around.env, around.layers);
  return {
    around,
    facts,
    environment,
    names: createNameReader(facts, environment, around.version),
    allowed: allowedModels(around.layers),
  };
}
