import type { Failure } from "../domain/attempt.ts";
import type { SendFault } from "./sender.ts";

/** What follows from a failure. */
export interface FailureRule {
  /** Worth another attempt on the same model. */
  retry: boolean;
  /** Worth an attempt on the next model of the chain. */
  walk: boolean;
  /** Speaks against the model's health, so the breaker counts it. */
  breaker: boolean;
}

const PASSING: FailureRule = { retry: true, walk: true, breaker: true };
const FINAL: FailureRule = { retry: false, walk: false, breaker: false };

/** The error table (docs/executor.md). */
export const FAILURE_RULES: Readonly<Record<Failure, FailureRule>> = {
  "rate-limited": PASSING,
  overloaded: PASSING,
  server: PASSING,
  timeout: PASSING,
  connection: PASSING,
  conflict: { retry: true, walk: true, breaker: false },
  "model-not-found": { retry: false, walk: true, breaker: false },
  "not-found": FINAL,
  "bad-request": FINAL,
  unauthorized: FINAL,
  billing: FINAL,
  forbidden: FINAL,
  "too-large": FINAL,
  unprocessable: FINAL,
  unknown: FINAL,
};

const BY_STATUS: Readonly<Record<number, Failure>> = {
  400: "bad-request",
  401: "unauthorized",
  402: "billing",
  403: "forbidden",
  404: "not-found",
  408: "timeout",
  409: "conflict",
  413: "too-large",
  422: "unprocessable",
  429: "rate-limited",
  529: "overloaded",
};

/** Error types of the Messages API and of OpenAI-compatible ones, for errors in mid-stream, which have no status. */
const BY_TYPE: Readonly<Record<string, Failure>> = {
  overloaded_error: "overloaded",
  api_error: "server",
  server_error: "server",
  timeout_error: "timeout",
  rate_limit_error: "rate-limited",
  conflict_error: "conflict",
  invalid_request_error: "bad-request",
  authentication_error: "unauthorized",
  billing_error: "billing",
  permission_error: "forbidden",
  not_found_error: "model-not-found",
  request_too_large: "too-large",
};

/** A limit that the owner of the account set: waiting does not lift it. */
const SPEND_LIMITS: ReadonlySet<string> = new Set([
  "enforced_spend_limit_reached",
  "contract_spend_limit_reached",
  "linked_organization_spend_limit_reached",
  "insufficient_quota",
]);

/** Names a failure by class, status, type and code; never by the wording of its message, which may change any day. */
export function classify(fault: SendFault): Failure {
  const { kind, status, type, code } = fault;
  if (kind === "connection") return "connection";
  if (kind === "timeout") return "timeout";
  if (kind === "unsupported") return "unprocessable";
  if (code !== undefined && SPEND_LIMITS.has(code)) return "billing";
  if (status === 404 && (type === "not_found_error" || code === "model_not_found")) return "model-not-found";
  if (status !== undefined) return BY_STATUS[status] ?? (status >= 500 ? "server" : "unknown");
  if (type !== undefined) return BY_TYPE[type] ?? "unknown";
  // A stream that ends without its last event was cut, whatever cut it.
  return kind === "stream" ? "connection" : "unknown";
}
