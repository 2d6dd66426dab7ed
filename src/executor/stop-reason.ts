import { plain } from "./classify.ts";
import type { StopReason } from "./sender.ts";

/** Stop reasons as backends and gateways write them, without case and punctuation. */
const STOPS: Readonly<Record<string, StopReason>> = {
  maxtokens: "max_tokens",
  length: "max_tokens",
  maxlength: "max_tokens",
  maxoutputtokens: "max_tokens",
  modellength: "overflow",
  modelcontextwindowexceeded: "overflow",
  contextlengthexceeded: "overflow",
  refusal: "refusal",
  contentfilter: "refusal",
  contentfiltered: "refusal",
  guardrailintervened: "refusal",
  safety: "refusal",
  sensitive: "refusal",
  recitation: "refusal",
  prohibitedcontent: "refusal",
  blocklist: "refusal",
  spii: "refusal",
  tooluse: "tool_use",
  toolcall: "tool_use",
  toolcalls: "tool_use",
  functioncall: "tool_use",
  pauseturn: "pause",
};

/** Reasons that say that the backend failed. */
const FAILED: ReadonlySet<string> = new Set([
  "error",
  "networkerror",
  "abort",
  "aborted",
  "cancelled",
  "insufficientsystemresource",
]);

/** Reads a stop reason, whatever a gateway writes; unknown ones are the end, so that the checks run. Undefined: the backend failed. */
export function readStop(written: unknown): StopReason | undefined {
  const reason = plain(String(written));
  return FAILED.has(reason) ? undefined : (STOPS[reason] ?? "end");
}
