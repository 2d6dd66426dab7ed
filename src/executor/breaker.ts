import type { BreakerChange, BreakerKey, BreakerRecord, BreakerStore } from "../domain/breaker.ts";

/** Rules for opening breakers and for probes. */
export interface BreakerRules {
  /** Failures in a row that open it (default 5). */
  failures: number;
  /** Time that it stays open, in ms (default 60,000). */
  openMs: number;
  /** Time that a probe may take before another is admitted, in ms (default 120,000). */
  probeMs: number;
  /** Longest wait of a run if every model that is left is behind its breaker, in ms (default 120,000); 0: none. */
  waitMs: number;
}

export const DEFAULT_BREAKER: BreakerRules = {
  failures: 5,
  openMs: 60_000,
  probeMs: 120_000,
  waitMs: 120_000,
};

/** The health of a model, as one attempt shows it; `unsaid` if the caller ended the attempt. */
export type Health = "up" | "down" | "unsaid";

/** Permission to send, and how to report afterwards. */
export interface Pass {
  report(health: Health, at: number): void;
}

/** No permission: until when (ms since the epoch), and whether that is because a probe is on its way. */
export interface Closed {
  until: number;
  probing: boolean;
}

/** `closed`: requests pass. `open`: they do not. `half-open`: one probe passes. */
export type BreakerState = "closed" | "open" | "half-open";

/** The state of one breaker. */
export interface BreakerStatus {
  /** Provider and model. */
  key: BreakerKey;
  /** Whether requests pass. */
  state: BreakerState;
  /** Failures in a row. */
  failures: number;
  /** Time at which that may change, in ms since the epoch. */
  until?: number;
}

export interface Breaker {
  enter(key: BreakerKey, at: number): Pass | Closed;
  status(at: number): BreakerStatus[];
  /** Closes one breaker, or all of them; returns those that had failures. */
  reset(at: number, key?: BreakerKey): BreakerKey[];
}

/** A run looks again after this time if the place of the breakers is locked. */
const LOCKED_MS = 100;

/** The breakers of `store`, one for each provider and model. */
export function createBreaker(store: BreakerStore, rules: BreakerRules = DEFAULT_BREAKER): Breaker {
  const passOf = (key: BreakerKey, probe: boolean): Pass => ({
    report(health, at) {
      // Health that changes nothing is not worth a write lock.
      if (health === "unsaid" && !probe) return;
      if (health === "up" && !probe && !store.read(key)?.failures) return;
      store.changeSoon(key, at, (record) => report(record, health, probe, at, rules));
    },
  });
  return {
    enter(key, at) {
      const seen = store.read(key);
      if (seen?.openedAt === undefined) return passOf(key, false);
      const admitted = closedBy(seen, at, rules) ?? store.change(key, at, (now) => admit(now, at, rules));
      if (!admitted) return { until: at + LOCKED_MS, probing: true };
      return "until" in admitted ? admitted : passOf(key, admitted.probe);
    },
    status: (at) => store.list().map(({ key, record }) => ({ key, ...describe(record, at, rules) })),
    reset(at, key) {
      const failing = store
        .list()
        .filter((entry) => (key === undefined || key === entry.key) && entry.record.failures > 0)
        .map((entry) => entry.key);
      for (const each of failing) store.changeSoon(each, at, () => ({ record: CLOSED, event: "reset" }));
      return failing;
    },
  };
}

const CLOSED: BreakerRecord = { failures: 0 };

function closedBy(record: BreakerRecord, at: number, rules: BreakerRules): Closed | undefined {
  const { state, until } = describe(record, at, rules);
  return until === undefined ? undefined : { until, probing: state === "half-open" };
}

/** Decides whether to send: freely, as the probe, or not now. */
function admit(
  record: BreakerRecord,
  at: number,
  rules: BreakerRules,
): BreakerChange<Closed | { probe: boolean }> {
  if (record.openedAt === undefined) return { answer: { probe: false } };
  const closed = closedBy(record, at, rules);
  if (closed) return { answer: closed };
  return {
    record: { ...record, probeUntil: at + rules.probeMs },
    event: "probing",
    answer: { probe: true },
  };
}

/** Returns the record after an attempt. Only the probe moves an open breaker: late answers of earlier attempts do not. */
function report(
  record: BreakerRecord,
  health: Health,
  probe: boolean,
  at: number,
  rules: BreakerRules,
): Omit<BreakerChange<unknown>, "answer"> {
  const { probeUntil: _, ...unprobed } = record;
  if (probe) {
    if (health === "up") return { record: CLOSED, event: "closed" };
    if (health === "down") return { record: { ...unprobed, openedAt: at }, event: "reopened" };
    return { record: unprobed };
  }
  if (record.openedAt !== undefined || health === "unsaid") return {};
  if (health === "up") return { record: CLOSED };
  const failures = record.failures + 1;
  return failures < rules.failures
    ? { record: { failures } }
    : { record: { failures, openedAt: at }, event: "opened" };
}

/** Processes that share a breaker read their clocks at slightly different moments. */
const SKEW_MS = 1000;

function describe(record: BreakerRecord, at: number, rules: BreakerRules): Omit<BreakerStatus, "key"> {
  const { failures, openedAt, probeUntil } = record;
  if (openedAt === undefined) return { state: "closed", failures };
  const halfOpenAt = openedAt + rules.openMs;
  // A moment ahead of now was written before the clock was set back: it would keep the breaker open for that long.
  const believed = openedAt <= at + SKEW_MS;
  if (believed && at < halfOpenAt) return { state: "open", failures, until: halfOpenAt };
  const probing = probeUntil !== undefined && at < probeUntil && probeUntil <= at + rules.probeMs + SKEW_MS;
  return { state: "half-open", failures, ...(probing && { until: probeUntil }) };
}

const EVENTS_KEPT = 1000;

/** Breakers of this process alone. */
export function createMemoryBreakers(): BreakerStore {
  const records = new Map<BreakerKey, BreakerRecord>();
  const events: ReturnType<BreakerStore["events"]> = [];
  const apply: BreakerStore["changeSoon"] = (key, at, decide) => {
    const { record, event } = decide(records.get(key) ?? CLOSED);
    if (record) records.set(key, record);
    if (event) events.unshift({ key, kind: event, at });
    events.length = Math.min(events.length, EVENTS_KEPT);
  };
  return {
    read: (key) => records.get(key),
    change(key, at, decide) {
      const change = decide(records.get(key) ?? CLOSED);
      apply(key, at, () => change);
      return change.answer;
    },
    changeSoon: apply,
    list: () => [...records].map(([key, record]) => ({ key, record })),
    events: (since) => events.filter((event) => event.at >= since),
  };
}
