import type { NanoUsd } from "./money.ts";

/** A place where a pattern occurs. */
export interface FindingPlace {
  /** ID of the session. */
  session: string;
  /** Path of the transcript. */
  file: string;
  /** 1-based. */
  line: number;
  /** Cost at that place. */
  costNano: NanoUsd;
}

/** A pattern that was found: where, what it cost, what would have been cheaper, and how sure that is. */
export interface Finding {
  /** The name of the pattern, and of its page in docs/patterns. */
  kind: string;
  /** The name of the pattern, for people. */
  title: string;
  /** Description of the pattern, in a few words. */
  what: string;
  /** The worst first. */
  where: readonly FindingPlace[];
  /** Number of occurrences; `where` may hold fewer places. */
  times: number;
  /** Cost beyond what was needed; 0 if it cost only time. */
  costNano: NanoUsd;
  /** Counts by name; dollars end in `Usd`, shares in `Share`. */
  evidence: Readonly<Record<string, number | string>>;
  /** The cheaper way. */
  instead: string;
  /** `certain`: read off the lines. `estimate`: rests on a counterfactual. `hint`: may be a cause. */
  sureness: "certain" | "estimate" | "hint";
}
