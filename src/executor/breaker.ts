import type { BreakerChange, BreakerKey, BreakerRecord, BreakerStore } from "../domain/breaker.ts";

/** When a breaker opens and for how long. */
export interface BreakerRules {
  /** Failures in a row. */
  failures: number;
  openMs: number;
  /** How long a probe may take before another is let through. */
  probeMs: number;
  /** How long a run waits where every model that is left is behind its breaker; 0 gives up at once. */
  waitMs: number;
}

export const DEFAULT_BREAKER: BreakerRules = {
  failures: 5,
  openMs: 60_000,
  probeMs: 120_000,
  waitMs: 120_000,
};

/** How an attempt speaks about the health of its model; `unsaid` where the caller ended it. */
type Health = "up" | "down" | "unsaid";

/** Leave to send: how to say afterwards what came of it. */
export interface Pass {
  report(health: Health, at: number): void;
}

/** No leave: until when (ms since the epoch), and whether that is because somebody's probe is on its way. */
export interface Closed {
  until: number;
  probing: boolean;
}

type BreakerState = "closed" | "open" | "half-open";

export interface Breaker {
  enter(key: BreakerKey, at: number): Pass | Closed;
  status(at: number): { key: BreakerKey; state: BreakerState; failures: number; until?: number }[];
  /** Closes one breaker, or all of them. */
  reset(at: number, key?: BreakerKey): void;
}

/** The breakers of `store`, one per provider and model. */
export function createBreaker(store: BreakerStore, rules: BreakerRules = DEFAULT_BREAKER): Breaker {
  const passOf = (key: BreakerKey, probe: boolean): Pass => ({
    report(health, at) {
      // Health that changes nothing is not worth a write lock.
      if (health === "unsaid" && !probe) return;
      if (health === "up" && !probe && !store.read(key)?.failures) return;
      store.change(key, at, (record) => report(record, health, probe, at, rules));
    },
  });
  return {
    enter(key, at) {
      const seen = store.read(key);
      if (seen?.openedAt === undefined) return passOf(key, false);
      return store.change(key, at, (record) => {
        const { answer, ...change } = admit(record, at, rules);
        return { ...change, answer: typeof answer === "object" ? answer : passOf(key, answer === "probe") };
      });
    },
    status: (at) => store.list().map(({ key, record }) => ({ key, ...describe(record, at, rules) })),
    reset(at, key) {
      for (const entry of store.list())
        if ((key === undefined || key === entry.key) && entry.record.failures > 0)
          store.change(entry.key, at, () => ({ record: { failures: 0 }, event: "reset", answer: undefined }));
    },
  };
}

/** Whether to send: freely, as the probe, or not now. */
function admit(
  record: BreakerRecord,
  at: number,
  rules: BreakerRules,
): BreakerChange<"pass" | "probe" | Closed> {
  if (record.openedAt === undefined) return { answer: "pass" };
  const { state, until } = describe(record, at, rules);
  if (until !== undefined) return { answer: { until, probing: state === "half-open" } };
  if (state !== "half-open") return { answer: "pass" };
  return { record: { ...record, probeUntil: at + rules.probeMs }, event: "probing", answer: "probe" };
}

/** The record after an attempt. Only the probe moves an open breaker: late answers of earlier attempts do not. */
function report(
  record: BreakerRecord,
  health: Health,
  probe: boolean,
  at: number,
  rules: BreakerRules,
): BreakerChange<undefined> {
  const answer = undefined;
  const { probeUntil: _, ...unprobed } = record;
  if (probe) {
    if (health === "up") return { record: { failures: 0 }, event: "closed", answer };
    if (health === "down") return { record: { ...unprobed, openedAt: at }, event: "reopened", answer };
    return { record: unprobed, answer };
  }
  if (record.openedAt !== undefined || health === "unsaid") return { answer };
  if (health === "up") return { record: { failures: 0 }, answer };
  const failures = record.failures + 1;
  return failures < rules.failures
    ? { record: { failures }, answer }
    : { record: { failures, openedAt: at }, event: "opened", answer };
}

function describe(
  record: BreakerRecord,
  at: number,
  rules: BreakerRules,
): { state: BreakerState; failures: number; until?: number } {
  const { failures, openedAt, probeUntil } = record;
  if (openedAt === undefined) return { state: "closed", failures };
  const halfOpenAt = openedAt + rules.openMs;
  if (at < halfOpenAt) return { state: "open", failures, until: halfOpenAt };
  if (probeUntil !== undefined && at < probeUntil) return { state: "half-open", failures, until: probeUntil };
  return { state: "half-open", failures };
}

const EVENTS_KEPT = 1000;

/** Breakers of this process alone. */
export function createMemoryBreakers(): BreakerStore {
  const records = new Map<BreakerKey, BreakerRecord>();
  const events: ReturnType<BreakerStore["events"]> = [];
  return {
    read: (key) => records.get(key),
    change(key, at, decide) {
      const { record, event, answer } = decide(records.get(key) ?? { failures: 0 });
      if (record) records.set(key, record);
      if (event) events.unshift({ key, kind: event, at });
      events.length = Math.min(events.length, EVENTS_KEPT);
      return answer;
    },
    list: () => [...records].map(([key, record]) => ({ key, record })),
    events: (since) => events.filter((event) => event.at >= since),
  };
}
