import type { Random } from "../../../bench/random.ts";
import type { Reply } from "../../helpers/scripted-rules.ts";

/** The answer of the API to one request. */
export interface Turn {
  kind:
    | "good"
    | "bad"
    | "same"
    | "throws"
    | "refuses"
    | "truncated"
    | "full"
    | "new-reason"
    | "no-output-count"
    | "http"
    | "cut"
    | "stream-cut"
    | "stream-error"
    | "aborts";
  /** Time that passes before the answer, in ms. */
  latencyMs: number;
  /** Output tokens of a whole answer. */
  outputTokens: number;
  status?: number;
  type?: string;
  headers?: Record<string, string>;
  /** The caller aborts while the run waits after this turn. */
  abortsWait?: boolean;
}

const STATUSES: readonly [number, string][] = [
  [400, "invalid_request_error"],
  [401, "authentication_error"],
  [402, "billing_error"],
  [403, "permission_error"],
  [404, "not_found_error"],
  [404, "something_else"],
  [408, "timeout_error"],
  [409, "conflict_error"],
  [413, "request_too_large"],
  [418, "api_error"],
  [422, "invalid_request_error"],
  [429, "rate_limit_error"],
  [500, "api_error"],
  [502, "api_error"],
  [503, "api_error"],
  [529, "overloaded_error"],
  [400, "billing_error"],
];
const PASSING = new Set([408, 409, 429, 500, 502, 503, 529]);
const STREAM_ERRORS = [
  "overloaded_error",
  "api_error",
  "rate_limit_error",
  "timeout_error",
  "invalid_request_error",
];
const HEADERS: readonly Record<string, string>[] = [
  { "retry-after": "2" },
  { "retry-after": "-1" },
  { "retry-after": "600" },
  { "retry-after": "0" },
  { "retry-after-ms": "700" },
  { "x-should-retry": "true" },
  { "x-should-retry": "false" },
];

/** Makes what the API does with the next request. */
export function makeTurn(random: Random, streamed: boolean): Turn {
  const outputTokens = random.between(1, 4) * 1000;
  const latencyMs = random.chance(0.06) ? random.pick([6000, 12_000, 40_000]) : random.between(0, 300);
  const base = { latencyMs, outputTokens, ...(random.chance(0.01) && { abortsWait: true }) };
  const roll = random.next();
  if (roll < 0.26) return { ...base, kind: "good" };
  if (roll < 0.4) return { ...base, kind: random.pick(["bad", "bad", "same"]) };
  if (roll < 0.43) return { ...base, kind: "refuses", outputTokens: random.pick([0, 1000]) };
  if (roll < 0.49) return { ...base, kind: random.pick(["truncated", "truncated", "full"]) };
  if (roll < 0.53) return { ...base, kind: random.pick(["new-reason", "no-output-count"]) };
  if (roll < 0.54) return { ...base, kind: random.pick(["throws", "aborts"]) };
  if (roll < 0.64) return { ...base, kind: streamed ? "stream-cut" : "cut" };
  if (roll < 0.7 && streamed) return { ...base, kind: "stream-error", type: random.pick(STREAM_ERRORS) };
  const [status, type] = random.pick(
    random.chance(0.8) ? STATUSES.filter(([code]) => PASSING.has(code)) : STATUSES,
  );
  const headers = random.chance(0.3) ? { headers: random.pick(HEADERS) } : {};
  return { ...base, kind: "http", status, type, ...headers };
}

let words = 0;

/** The text that an answer of this kind has; the check looks at its first letter. */
function textOf({ kind }: Turn): string {
  if (kind === "bad") return `bad ${words++}`;
  if (kind === "same") return "bad again";
  return kind === "throws" ? "throw" : "good";
}

/** Returns a turn as the scripted API carries it out. */
export function replyOf(turn: Turn): Reply {
  const { kind, outputTokens, status, type = "api_error", headers } = turn;
  const error = { type, message: "words that nobody may look at: overloaded, rate limit" };
  if (kind === "http") return { status: status ?? 500, error, ...(headers && { headers }) };
  if (kind === "cut") return { cut: true };
  const usage = { input_tokens: 100, output_tokens: outputTokens };
  const whole: Reply = { blocks: [{ text: textOf(turn) }], usage, startOutputTokens: 3 };
  if (kind === "stream-cut") return { ...whole, streamCut: true };
  if (kind === "stream-error") return { ...whole, streamError: error };
  if (kind === "refuses") return { usage, blocks: [], stopReason: "refusal" };
  if (kind === "truncated") return { ...whole, stopReason: "max_tokens" };
  if (kind === "full") return { ...whole, stopReason: "model_context_window_exceeded" };
  if (kind === "new-reason") return { ...whole, stopReason: "reason_of_tomorrow" };
  if (kind === "no-output-count")
    return { ...whole, usage: { ...usage, output_tokens: null as unknown as number }, startOutputTokens: 0 };
  return whole;
}
