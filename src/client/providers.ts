import type { Family } from "../domain/model.ts";
import { isOn, type Environment } from "./environment.ts";
import { isAtLeast } from "./version.ts";

/** Services other than the Anthropic API, by the variable that selects each. */
const VARIABLES = {
  bedrock: "CLAUDE_CODE_USE_BEDROCK",
  vertex: "CLAUDE_CODE_USE_VERTEX",
  foundry: "CLAUDE_CODE_USE_FOUNDRY",
  mantle: "CLAUDE_CODE_USE_MANTLE",
  aws: "CLAUDE_CODE_USE_ANTHROPIC_AWS",
} as const;
export type Provider = keyof typeof VARIABLES;

/** The variables that select other services. */
export const PROVIDER_VARIABLES: readonly string[] = Object.values(VARIABLES);

/** Returns the service that the environment selects; undefined for the Anthropic API. */
export function providerOf(environment: Environment): Provider | undefined {
  return (Object.keys(VARIABLES) as Provider[]).find((provider) => isOn(environment(VARIABLES[provider])));
}

/** The meaning of each alias on each service, the newest version first. Seen in requests of 2.1.329 and 2.1.332. */
const ALIASES: Readonly<
  Record<Provider, Readonly<Record<Family, readonly (readonly [since: string, id: string])[]>>>
> = {
  bedrock: {
    opus: [["0", "us.anthropic.claude-opus-5-5"]],
    sonnet: [["0", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"]],
    haiku: [["0", "us.anthropic.claude-haiku-4-5-20251001-v1:0"]],
    fable: [["0", "us.anthropic.claude-fable-5-2"]],
  },
  vertex: {
    opus: [["0", "claude-opus-5-5"]],
    sonnet: [
      ["2.1.332", "claude-sonnet-5-5"],
      ["0", "claude-sonnet-4-5@20250929"],
    ],
    haiku: [["0", "claude-haiku-4-5@20251001"]],
    fable: [["0", "claude-fable-5-2"]],
  },
  foundry: {
    opus: [
      ["2.1.332", "claude-opus-5-5"],
      ["0", "claude-opus-4-6"],
    ],
    sonnet: [
      ["2.1.332", "claude-sonnet-5-5"],
      ["0", "claude-sonnet-4-5"],
    ],
    haiku: [["0", "claude-haiku-4-5"]],
    fable: [["0", "claude-fable-5-2"]],
  },
  mantle: {
    opus: [["0", "anthropic.claude-opus-5-5"]],
    sonnet: [
      ["2.1.332", "anthropic.claude-sonnet-5"],
      ["0", "anthropic.claude-sonnet-4-5"],
    ],
    haiku: [["0", "anthropic.claude-haiku-4-5"]],
    fable: [["0", "anthropic.claude-fable-5-2"]],
  },
  aws: {
    opus: [["0", "claude-opus-5-5"]],
    sonnet: [["0", "claude-sonnet-4-6"]],
    haiku: [["0", "claude-haiku-4-5-20251001"]],
    fable: [["0", "claude-fable-5-2"]],
  },
};

/** The oldest version whose aliases on other services were seen. */
const OLDEST = "2.1.329";

/** Returns what an alias means on a service; undefined for versions that were not seen there. */
export function providerAlias(provider: Provider, family: Family, version: string): string | undefined {
  if (!isAtLeast(version, OLDEST)) return undefined;
  return ALIASES[provider][family].find(([since]) => isAtLeast(version, since))?.[1];
}
