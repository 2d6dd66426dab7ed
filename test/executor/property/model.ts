import type { Turn } from "./script.ts";

/** A chain as the model knows it. */
export interface ModelStep {
  key: string;
  provider: string;
  tier: string | undefined;
  tries: number | undefined;
  contextTokens: number;
  maxOutputTokens: number;
  /** Nano-dollars per token of input and output. */
  rates: readonly [number, number];
  /** Factor of US-only inference. */
  usOnly: number;
}

export interface ModelRules {
  steps: readonly ModelStep[];
  tries: number;
  retries: number;
  onRefusal: "fallback" | "stop";
  person: boolean;
  bucket: { ratio: number; reserve: number };
  breaker: { failures: number; openMs: number; probeMs: number; waitMs: number };
  baseDelayMs: number;
  maxDelayMs: number;
  maxRetryAfterMs: number;
  attemptTimeoutMs: number;
  totalTimeoutMs: number;
  /** Every random number. */
  random: number;
  hardRunUsd: number | undefined;
  hardDayUsd: number | undefined;
}

/** One attempt as it must be. */
export interface ModelAttempt {
  key: string;
  cause: string;
  delayMs: number;
  result: string;
  failure: string | undefined;
  input: number;
  output: number;
  costNano: number;
  /** Tokens that the request leaves for its answer. */
  room: number;
  /** Its answer came whole, so the API's log holds its usage. */
  whole: boolean;
  /** It was ended here: by the caller, by its own limit, or by the run's. */
  stopped: boolean;
}

export interface ModelEnd {
  reason: string;
  attempts: ModelAttempt[];
  slept: number[];
  hops: string[];
}

/** The error table of docs/executor.md: again here, on another model, on another provider; the breaker. */
const ERRORS: Readonly<Record<string, [again: boolean, next: boolean, elsewhere: boolean, health: boolean]>> =
  {
    "rate-limited": [true, true, false, true],
    overloaded: [true, true, false, true],
    server: [true, true, false, true],
    timeout: [true, true, false, true],
    connection: [true, true, false, true],
    conflict: [true, true, false, false],
    "model-not-found": [false, true, false, false],
    "not-found": [false, false, true, false],
    unauthorized: [false, false, true, false],
    billing: [false, false, true, false],
    forbidden: [false, false, true, false],
  };
const FINAL: (typeof ERRORS)[string] = [false, false, false, false];

const NAMES: Readonly<Record<string, string>> = {
  "400 invalid_request_error": "bad-request",
  "400 billing_error": "billing",
  "401 authentication_error": "unauthorized",
  "402 billing_error": "billing",
  "403 permission_error": "forbidden",
  "404 not_found_error": "model-not-found",
  "404 something_else": "not-found",
  "408 timeout_error": "timeout",
  "409 conflict_error": "conflict",
  "413 request_too_large": "too-large",
  "418 api_error": "unknown",
  "422 invalid_request_error": "unprocessable",
  "429 rate_limit_error": "rate-limited",
  "500 api_error": "server",
  "502 api_error": "server",
  "503 api_error": "server",
  "529 overloaded_error": "overloaded",
  " overloaded_error": "overloaded",
  " api_error": "server",
  " rate_limit_error": "rate-limited",
  " timeout_error": "timeout",
  " invalid_request_error": "bad-request",
};

interface Where {
  step: number;
  retries: number;
  rejections: number;
  refusals: number;
  room: number;
  widened: boolean;
  cause: string;
}

/** An executor as the documentation describes it, written anew and as plainly as possible: one loop for each run. */
export class ExecutorModel {
  readonly rules: ModelRules;
  now: number;
  private tokens: number;
  private readonly breakers = new Map<string, { failures: number; openedAt?: number; probeUntil?: number }>();
  private dayNano = 0;
  private day: number;
  /** The smallest margin of a budget, in dollars: the model knows prompts only roughly. */
  closestUsd = Number.POSITIVE_INFINITY;

  constructor(rules: ModelRules, now: number) {
    this.rules = rules;
    this.now = now;
    this.tokens = rules.bucket.reserve;
    this.day = Math.floor(now / 86_400_000);
  }

  /** Plays one run; `next` gives what the API does with each request. */
  run(room: number, next: () => Turn): ModelEnd {
    const { rules } = this;
    const { steps } = rules;
    this.tokens = Math.min(rules.bucket.reserve, this.tokens + rules.bucket.ratio);
    const endsAt = this.now + rules.totalTimeoutMs;
    const end: ModelEnd = { reason: "", attempts: [], slept: [], hops: [] };
    const done = (reason: string): ModelEnd => ({ ...end, reason });
    const ended = new Set<string>();
    let at: Where = { step: 0, retries: 0, rejections: 0, refusals: 0, room, widened: false, cause: "first" };
    let away: { from: Where; reopensAt: number } | undefined;
    let asked = steps[0]?.key;
    let [delayMs, waitedMs, runNano] = [0, 0, 0];
    let [abortsWait, saidBefore] = [false, false];

    const onwards = (cause: string, willDo: (step: ModelStep) => boolean = () => true): boolean => {
      const index = steps.findIndex((step, i) => i > at.step && !ended.has(step.provider) && willDo(step));
      const [from, to] = [steps[at.step], steps[index]];
      if (!from || !to) return false;
      const isHigher = from.tier !== to.tier;
      at = {
        ...at,
        step: index,
        retries: 0,
        rejections: 0,
        cause: cause === "escalation" && !isHigher ? "fallback" : cause,
      };
      delayMs = 0;
      return true;
    };

    for (;;) {
      const step = steps[at.step] as ModelStep;
      if (this.now + delayMs > endsAt) return done("deadline");
      if (delayMs > 0) {
        end.slept.push(delayMs);
        this.now += delayMs;
        if (abortsWait) return done("aborted");
      }
      const most = this.mostNano(step, at.room);
      if (this.isOver(runNano, most)) return done("budget");

      const gate = this.enter(step.key);
      if (typeof gate === "object") {
        const reopensAt = Math.min(gate.mayTryAt, away?.reopensAt ?? Number.POSITIVE_INFINITY);
        const from = away?.from ?? at;
        if (onwards("fallback")) {
          away = { from, reopensAt };
          continue;
        }
        delayMs = Math.max(0, reopensAt - this.now) + Math.floor(rules.random * rules.baseDelayMs);
        if (waitedMs + delayMs > rules.breaker.waitMs) return done("unavailable");
        waitedMs += delayMs;
        [at, away] = [from, undefined];
        continue;
      }
      if (asked !== undefined && asked !== step.key)
        end.hops.push(`${asked} ${at.cause === "escalation" ? "escalation" : "fallback"} ${step.key}`);
      asked = step.key;
      away = undefined;

      const turn = next();
      abortsWait = turn.abortsWait ?? false;
      const attempt = this.answer(step, turn, endsAt, at, delayMs);
      end.attempts.push(attempt);
      this.report(step.key, gate === "probe", attempt);
      const unseen = attempt.stopped ? this.unseen(most) : 0;
      runNano += attempt.costNano + unseen;
      this.spend(attempt.costNano + unseen);

      if (attempt.result === "aborted") return done("aborted");
      if (attempt.result === "late") {
        attempt.result = "failed";
        return done("deadline");
      }
      if (turn.kind === "throws" && attempt.failure === undefined) return done("validator");
      if (attempt.result === "accepted") return done("answered");
      if (attempt.result === "rejected") {
        const isLoop = turn.kind === "same" && saidBefore;
        saidBefore ||= turn.kind === "same";
        at = { ...at, rejections: at.rejections + 1 };
        if (!isLoop && at.rejections < (step.tries ?? rules.tries)) {
          [at, delayMs] = [{ ...at, cause: "retry" }, 0];
          continue;
        }
        if (!onwards("escalation")) return done(rules.person ? "person" : "rejected");
        continue;
      }
      if (attempt.result === "refused") {
        at = { ...at, refusals: at.refusals + 1 };
        if (at.refusals > 1 || rules.onRefusal === "stop" || !onwards("fallback")) return done("refused");
        continue;
      }
      if (attempt.result === "overflow") {
        if (!onwards("fallback", (other) => other.contextTokens > step.contextTokens))
          return done("overflow");
        continue;
      }
      if (attempt.result === "truncated") {
        if (!at.widened && at.room < step.maxOutputTokens) {
          const wider = Math.min(step.maxOutputTokens, at.room * 4);
          [at, delayMs] = [{ ...at, room: wider, widened: true, cause: "retry" }, 0];
        } else if (!onwards("escalation")) return done("truncated");
        continue;
      }
      const [again, other, elsewhere] = ERRORS[attempt.failure ?? ""] ?? FINAL;
      const headers = turn.kind === "http" && !attempt.stopped ? (turn.headers ?? {}) : {};
      const wait = this.backoff(at.retries, headers);
      const said = headers["x-should-retry"];
      const mayRetry = said === undefined ? again : said === "true";
      if (mayRetry && at.retries < rules.retries && wait !== undefined && this.tokens >= 1) {
        this.tokens -= 1;
        [at, delayMs] = [{ ...at, retries: at.retries + 1, cause: "retry" }, wait];
        continue;
      }
      if (elsewhere) ended.add(step.provider);
      if (!(elsewhere || other) || !onwards("fallback")) return done("failed");
    }
  }

  /** Returns the attempt that a turn leads to. */
  private answer(step: ModelStep, turn: Turn, endsAt: number, at: Where, delayMs: number): ModelAttempt {
    const { rules } = this;
    const leftMs = endsAt - this.now;
    const room = Math.min(at.room, step.maxOutputTokens);
    const base = { key: step.key, cause: at.cause, delayMs, room };
    const nothing = { input: 0, output: 0, costNano: 0, whole: false, stopped: false };
    this.now += turn.latencyMs;
    if (turn.kind === "aborts")
      return { ...base, ...nothing, stopped: true, result: "aborted", failure: undefined };
    if (turn.latencyMs >= Math.min(leftMs, rules.attemptTimeoutMs)) {
      const late = leftMs <= rules.attemptTimeoutMs;
      return { ...base, ...nothing, stopped: true, result: late ? "late" : "failed", failure: "timeout" };
    }
    if (turn.kind === "cut") return { ...base, ...nothing, result: "failed", failure: "connection" };
    if (turn.kind === "http")
      return { ...base, ...nothing, result: "failed", failure: NAMES[`${turn.status} ${turn.type}`] };
    const broken = turn.kind === "stream-cut" || turn.kind === "stream-error";
    // Two bytes a token where the API does not say: "good" is two tokens.
    const output = broken ? 3 : turn.kind === "no-output-count" ? 2 : turn.outputTokens;
    const isFree = turn.kind === "refuses" && turn.outputTokens === 0;
    const costNano = isFree ? 0 : 100 * step.rates[0] + output * step.rates[1];
    const counted = { input: 100, output, costNano, whole: !broken, stopped: false };
    if (turn.kind === "stream-cut") return { ...base, ...counted, result: "failed", failure: "connection" };
    if (turn.kind === "stream-error")
      return { ...base, ...counted, result: "failed", failure: NAMES[` ${turn.type}`] };
    const results: Partial<Record<Turn["kind"], string>> = {
      bad: "rejected",
      same: "rejected",
      throws: "rejected",
      refuses: "refused",
      truncated: "truncated",
      full: "overflow",
    };
    return { ...base, ...counted, result: results[turn.kind] ?? "accepted", failure: undefined };
  }

  private backoff(retries: number, headers: Record<string, string>): number | undefined {
    const { random, baseDelayMs, maxDelayMs, maxRetryAfterMs } = this.rules;
    const asked = headers["retry-after-ms"] ?? Number(headers["retry-after"] ?? "-1") * 1000;
    if (Number(asked) >= 0) return Number(asked) <= maxRetryAfterMs ? Number(asked) : undefined;
    return Math.floor(random * Math.min(maxDelayMs, baseDelayMs * 2 ** retries));
  }

  private enter(key: string): "pass" | "probe" | { mayTryAt: number } {
    const { openMs, probeMs } = this.rules.breaker;
    const breaker = this.breakers.get(key);
    if (breaker?.openedAt === undefined) return "pass";
    if (this.now < breaker.openedAt + openMs) return { mayTryAt: breaker.openedAt + openMs };
    if (breaker.probeUntil !== undefined && this.now < breaker.probeUntil)
      return { mayTryAt: this.now + this.rules.baseDelayMs };
    breaker.probeUntil = this.now + probeMs;
    return "probe";
  }

  private report(key: string, isProbe: boolean, { result, failure }: ModelAttempt): void {
    const breaker = this.breakers.get(key) ?? { failures: 0 };
    this.breakers.set(key, breaker);
    const unsaid = result === "aborted" || result === "late";
    const isDown = !unsaid && failure !== undefined && (ERRORS[failure] ?? FINAL)[3];
    if (isProbe) delete breaker.probeUntil;
    if (unsaid || (breaker.openedAt !== undefined && !isProbe)) return;
    if (!isDown) {
      breaker.failures = 0;
      delete breaker.openedAt;
    } else if (isProbe) breaker.openedAt = this.now;
    else if (++breaker.failures >= this.rules.breaker.failures) breaker.openedAt = this.now;
  }

  /** Without its prompt, which the model knows only roughly. */
  private mostNano({ rates, usOnly, maxOutputTokens }: ModelStep, room: number): number {
    return Math.min(room, maxOutputTokens) * rates[1] * usOnly;
  }

  /** An answer that was stopped before anything came may have cost all that it could. */
  private unseen(most: number): number {
    const { hardRunUsd, hardDayUsd } = this.rules;
    return (hardRunUsd ?? hardDayUsd) === undefined ? 0 : most;
  }

  private isOver(runNano: number, most: number): boolean {
    const { hardRunUsd, hardDayUsd } = this.rules;
    const day = Math.floor(this.now / 86_400_000) === this.day ? this.dayNano : 0;
    const over = (spent: number, limit: number | undefined): boolean => {
      if (limit === undefined) return false;
      const leftUsd = limit - (spent + most) / 1e9;
      this.closestUsd = Math.min(this.closestUsd, Math.abs(leftUsd));
      return leftUsd < 0;
    };
    return over(runNano, hardRunUsd) || over(day, hardDayUsd);
  }

  private spend(nano: number): void {
    const day = Math.floor(this.now / 86_400_000);
    if (day !== this.day) [this.day, this.dayNano] = [day, 0];
    this.dayNano += nano;
  }
}
