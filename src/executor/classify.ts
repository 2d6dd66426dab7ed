import type { Failure } from "../domain/attempt.ts";
import type { SendFault } from "./sender.ts";

/** The consequences of a failure. */
export interface FailureRule {
  /** Another attempt on the same model may help. */
  retry: boolean;
  /** An attempt on the next model of the chain may help. */
  walk: boolean;
  /** Speaks against the provider's account or address: only models of other providers may help. */
  endsProvider: boolean;
  /** Speaks against the model's health, so the breaker counts it. */
  breaker: boolean;
}

const FINAL: FailureRule = { retry: false, walk: false, endsProvider: false, breaker: false };
const PASSING: FailureRule = { ...FINAL, retry: true, walk: true, breaker: true };
const OTHER_MODEL: FailureRule = { ...FINAL, walk: true };
const OTHER_PROVIDER: FailureRule = { ...FINAL, endsProvider: true };

/** The error table (docs/executor.md). */
export const FAILURE_RULES: Readonly<Record<Failure, FailureRule>> = {
  "rate-limited": PASSING,
  overloaded: PASSING,
  server: PASSING,
  timeout: PASSING,
  connection: PASSING,
  conflict: { ...PASSING, breaker: false },
  "model-not-found": OTHER_MODEL,
  // Only to models with a larger context, which decide.ts sees to.
  "context-exceeded": OTHER_MODEL,
  unsupported: OTHER_MODEL,
  "not-found": OTHER_PROVIDER,
  unauthorized: OTHER_PROVIDER,
  billing: OTHER_PROVIDER,
  forbidden: OTHER_PROVIDER,
  "bad-request": FINAL,
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

/** Names that APIs give to errors, without case and punctuation. They decide where there is no status, or a vague one. */
const BY_NAME: Readonly<Record<string, Failure>> = {
  overloadederror: "overloaded",
  overloaded: "overloaded",
  apierror: "server",
  servererror: "server",
  internalservererror: "server",
  internalerror: "server",
  serviceunavailable: "server",
  timeouterror: "timeout",
  timeout: "timeout",
  ratelimiterror: "rate-limited",
  ratelimitexceeded: "rate-limited",
  toomanyrequests: "rate-limited",
  throttlingexception: "rate-limited",
  resourceexhausted: "rate-limited",
  unavailable: "overloaded",
  deadlineexceeded: "timeout",
  conflicterror: "conflict",
  invalidrequesterror: "bad-request",
  badrequesterror: "bad-request",
  authenticationerror: "unauthorized",
  invalidapikey: "unauthorized",
  billingerror: "billing",
  permissionerror: "forbidden",
  permissiondenied: "forbidden",
  unauthenticated: "unauthorized",
  notfounderror: "model-not-found",
  requesttoolarge: "too-large",
};

/** Limits that the owner of an account set or used up: waiting does not lift them. */
const SPENT =
  /^(?:(?:enforced|contract|linkedorganization)spendlimitreached|insufficient(?:quota|balance|credits?|funds)|billing(?:hardlimitreached|notactive)|creditbalancetoolow)$/;
const TOO_LONG =
  /^(?:context(?:length|window|size)?(?:exceeded|overflow|toolong)|(?:prompt|input)toolong|modelcontextwindowexceeded|stringabovemaxlength|exceedscontext(?:length|window|size)?|exceedcontextsize)(?:error|exception)?$/;
const NO_MODEL =
  /^(?:(?:model|deployment|engine)(?:id|name)?(?:isnot|not|doesnot|unavailable|unknown|retired|deprecated|decommissioned)(?:found|exists?|available|supported)?|(?:unknown|invalid|nosuch|unsupported|nonexistent)(?:model|deployment|engine)(?:id|name)?)(?:error|exception)?$/;

/** A path or a model: only with status 404, and asking the next model costs nothing. */
const NOT_FOUND = /^(?:resource)?notfound(?:error|exception)?$/;
/** The endpoint's own filter declined the prompt, before any model saw it. */
const FILTERED =
  /^(?:contentfilter|contentpolicyviolation|responsibleaipolicyviolation|moderationblocked)(?:error)?$/;

/** Statuses that say little: a name or a number in the body says more. */
const VAGUE: ReadonlySet<number | undefined> = new Set([undefined, 200, 400, 500, 502]);

/** Names a failure by class, status, type and code; never by the wording of its message, which may change any day. */
export function classify(fault: SendFault): Failure {
  const { kind, status, type, code } = fault;
  if (kind === "connection" || kind === "timeout" || kind === "unsupported") return kind;
  if (kind === "unreadable") return "server";
  const names = [code, type].filter((name) => name !== undefined).map(plain);
  if (names.some((name) => SPENT.test(name))) return "billing";
  if (names.some((name) => TOO_LONG.test(name))) return "context-exceeded";
  if (names.some((name) => NO_MODEL.test(name))) return "model-not-found";
  if (status === 404) return names.some((name) => NOT_FOUND.test(name)) ? "model-not-found" : "not-found";
  const numbered = VAGUE.has(status) ? byNumber(names) : undefined;
  if (numbered) return numbered;
  const named = names.map((name) => BY_NAME[name]).find((failure) => failure !== undefined);
  if (status === 400 || status === 413) return named ?? byStatus(status);
  if (status !== undefined && status !== 200) return byStatus(status);
  // A stream that ends without its last event was cut, whatever cut it.
  if (kind === "stream") return named ?? (names.length === 0 ? "connection" : "server");
  return named ?? "unknown";
}

/** Returns whether an error is a refusal: a filter of the endpoint declined, as a model does. */
export function isRefusal({ type, code }: SendFault): boolean {
  return [code, type].some((name) => name !== undefined && FILTERED.test(plain(name)));
}

/** Returns a name without case and punctuation. */
export function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** Some endpoints write the status into the body: `"code": 429`. */
function byNumber(names: readonly string[]): Failure | undefined {
  const status = names.find((name) => /^[45]\d\d$/.test(name));
  return status === undefined ? undefined : byStatus(Number(status));
}

function byStatus(status: number): Failure {
  return BY_STATUS[status] ?? (status >= 500 ? "server" : "unknown");
}
