import { describe, expect, it } from "vitest";
import { decide, type Settled, type Verdict } from "../../src/cascade/decide.ts";

const RULES = { rungs: 3, tries: 2 };
const accepted: Verdict = { kind: "accepted" };
const rejected = (fingerprint = "a"): Verdict => ({ kind: "rejected", reason: "", output: "", fingerprint });
const late: Verdict = { kind: "late", reason: "" };
const refused: Verdict = { kind: "refused", reason: "" };
const failed = (failure: "overloaded" | "unauthorized" | "model-not-found"): Verdict => ({
  kind: "failed",
  failure,
  reason: "",
});

/** Attempts written as `[rung, verdict]`, each at a dollar. */
const after = (...attempts: [number, Verdict][]): Settled[] =>
  attempts.map(([rung, verdict]) => ({ rung, verdict, costNano: 1e9 }));

const TABLE: [string, Settled[], unknown][] = [
  ["the lowest rung begins", after(), { kind: "try", rung: 0, cause: "first" }],
  ["a passed check wins", after([1, accepted]), { kind: "won" }],
  ["a failed check is tried again", after([0, rejected()]), { kind: "try", rung: 0, cause: "retry" }],
  [
    "a used-up rung hands over",
    after([0, rejected("a")], [0, rejected("b")]),
    { kind: "try", rung: 1, cause: "escalation" },
  ],
  [
    "the same change twice is a circle",
    after([0, rejected("a")], [1, rejected("a")]),
    { kind: "try", rung: 2, cause: "escalation" },
  ],
  ["late work hands over at once", after([0, late]), { kind: "try", rung: 1, cause: "escalation" }],
  ["a refusal is passed over", after([0, refused]), { kind: "try", rung: 1, cause: "fallback" }],
  [
    "an overloaded model is passed over",
    after([0, failed("overloaded")]),
    { kind: "try", rung: 1, cause: "fallback" },
  ],
  ["so is a missing one", after([0, failed("model-not-found")]), { kind: "try", rung: 1, cause: "fallback" }],
  ["a wrong key fails everywhere", after([0, failed("unauthorized")]), { kind: "stop", stop: "failed" }],
  [
    "the top rung's last try ends it",
    after([2, rejected("a")], [2, rejected("b")]),
    { kind: "stop", stop: "exhausted" },
  ],
  ["an abort is final", after([0, { kind: "aborted", reason: "" }]), { kind: "stop", stop: "aborted" }],
  [
    "a client out of budget ends it",
    after([0, { kind: "broke", reason: "" }]),
    { kind: "stop", stop: "budget" },
  ],
];

describe("what comes after an attempt of a cascade", () => {
  it.each(TABLE)("%s", (_, attempts, move) => expect(decide(RULES, attempts)).toEqual(move));

  it("no attempt begins once the budget is spent, and a win still counts", () => {
    const bounded = { ...RULES, maxNano: 2e9 };
    expect(decide(bounded, after([0, rejected("a")]))).toMatchObject({ kind: "try" });
    expect(decide(bounded, after([0, rejected("a")], [0, rejected("b")]))).toEqual({
      kind: "stop",
      stop: "budget",
    });
    expect(decide(bounded, after([0, rejected("a")], [0, accepted]))).toEqual({ kind: "won" });
  });
});
