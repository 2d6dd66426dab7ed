import { NO_USAGE, type Tokens } from "../../src/domain/usage.ts";
import { priceUsage } from "../../src/models/price.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import type { Truth, WorldRole } from "./world.ts";

const table = createModelTable();
export const PRICED_AT = Date.UTC(2026, 10, 20);

/** A task's tokens priced as so many equal requests, in nano-dollars. */
export function priceRequests(model: string, tokens: Partial<Tokens>, requests: number, at: number): number {
  const entry = table.find(model);
  const each = Object.fromEntries(Object.entries(tokens).map(([key, count]) => [key, count / requests]));
  const cost = entry && priceUsage(entry, { ...NO_USAGE, ...each }, { at });
  if (cost === undefined) throw new Error(`no price for ${model}`);
  return cost * requests;
}

/** Tokens of a role's usual task, scaled. */
export function usualTokens(
  { requests, context, output: perRequest }: WorldRole["usual"],
  { output, rest }: ReturnType<Truth["usesTokens"]>,
) {
  return {
    input: 10 * requests * rest,
    output: perRequest * requests * output,
    cacheWrite5m: context * rest,
    cacheRead: context * 0.6 * (requests - 1) * rest,
  };
}
