import { familyIn } from "../domain/model.ts";
import { fromUsd } from "../domain/money.ts";
import { displayName } from "../domain/model-name.ts";
import { type Fields, numberOf, textOf } from "../transcripts/fields.ts";
import type { HookState } from "./state.ts";

/** The cost of a model switch, and the evidence for the new model. */
export interface SwitchFacts {
  model: string;
  /** Tokens that the new model's cache has to be written with. */
  tokens: number;
  nano: number | undefined;
  /** Cost of writing the first prompt of a new session. */
  freshNano: number | undefined;
  outcomes: { accepted: number; known: number } | undefined;
  /** Model of the policy's main session, if the switch leaves it. */
  policyModel: string | undefined;
}

/** Reads what Claude Code says about a switch before it happens, and adds what the state knows. */
export function readSwitch(fields: Fields, state: HookState | undefined): SwitchFacts | undefined {
  const to = textOf(fields["to_model"]);
  if (to === "") return undefined;
  const tokens = Math.max(0, numberOf(fields["context_tokens"]) ?? 0);
  const usd = numberOf(fields["estimated_cache_write_usd"]);
  const nano = usd === undefined || usd < 0 ? undefined : fromUsd(usd);
  const fresh = state?.freshTokens ?? undefined;
  const family = familyIn(to);
  const outcomes = family && state?.evidence[family];
  const policyModel = state?.mainModel ?? undefined;
  return {
    model: displayName(to),
    tokens,
    nano,
    freshNano:
      nano !== undefined && tokens > 0 && fresh !== undefined && fresh < tokens
        ? (nano * fresh) / tokens
        : undefined,
    outcomes: outcomes && outcomes.known > 0 ? outcomes : undefined,
    policyModel: policyModel !== undefined && !isPoliciesModel(policyModel, family) ? policyModel : undefined,
  };
}

/** Returns whether a family is one that the policy's model means; `opusplan` means two. */
export function isPoliciesModel(policyModel: string, family: string | undefined): boolean {
  if (policyModel.startsWith("opusplan")) return family === "opus" || family === "sonnet";
  return familyIn(policyModel) === family;
}
