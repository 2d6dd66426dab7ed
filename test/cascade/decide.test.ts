import { describe, expect, it } from "vitest";
import { type CascadeVerdict, decide, type JudgedAttempt } from "../../src/cascade/decide.ts";

const RULES = { steps: 3, tries: 2 };
const accepted: CascadeVerdict = { kind: "accepted" };
const rejected = (fingerprint = "a"): CascadeVerdict => ({
  kind: "rejected",
  reason: "",
  output: "",
  fingerprint,
});
const late: CascadeVerdict = { kind: "late", reason: "" };
const refused: CascadeVerdict = { kind: "refused", reason: "", detail: "" };
const failed = (failure: "overloaded" | "unauthorized" | "model-not-found"): CascadeVerdict => ({
  kind: "failed",
  failure,
  reason: "",
  detail: "",
});

/** Attempts written as `[step, verdict]`, each at a dollar. */
const after = (...attempts: [number, CascadeVerdict][]): JudgedAttempt[] =>
  attempts.map(([step, verdict]) => ({ step, verdict, costNano: 1e9 }));

const TABLE: [string, JudgedAttempt[], unknown][] = [
  ["the lowest step begins", after(), { kind: "try", step: 0, cause: "first" }],
  ["a passed check wins", after([1, accepted]), { kind: "won" }],
  ["a failed check is tried again", after([0, rejected()]), { kind: "try", step: 0, cause: "retry" }],
  [
    "a used-up step hands over",
    after([0, rejected("a")], [0, rejected("b")]),
    { kind: "try", step: 1, cause: "escalation" },
  ],
  [
    "the same change twice is a loop",
    after([0, rejected("a")], [1, rejected("a")]),
    { kind: "try", step: 2, cause: "escalation" },
  ],
  ["late work hands over at once", after([0, late]), { kind: "try", step: 1, cause: "escalation" }],
  ["a refusal is passed over", after([0, refused]), { kind: "try", step: 1, cause: "fallback" }],
  [
    "an overloaded model is passed over",
    after([0, failed("overloaded")]),
    { kind: "try", step: 1, cause: "fallback" },
  ],
  ["so is a missing one", after([0, failed("model-not-found")]), { kind: "try", step: 1, cause: "fallback" }],
  ["a wrong key fails everywhere", after([0, failed("unauthorized")]), { kind: "stop", stop: "failed" }],
  [
    "the top step's last try ends it",
    after([2, rejected("a")], [2, rejected("b")]),
    { kind: "stop", stop: "exhausted" },
  ],
  ["an abort is final", after([0, { kind: "aborted", reason: "" }]), { kind: "stop", stop: "aborted" }],
  [
    "a client out of budget ends it",
    after([0, { kind: "over-budget", reason: "" }]),
    { kind: "stop", stop: "budget" },
  ],
];

describe("what comes after an attempt of a cascade", () => {
  it.each(TABLE)("%s", (_, attempts, move) => expect(decide(RULES, attempts)).toEqual(move));

  it("an attempt of unknown cost ends a cascade that has a limit, and no other", () => {
    const unknown = [{ step: 0, verdict: rejected(), costNano: undefined }];
    expect(decide({ ...RULES, maxNano: 2e9 }, unknown)).toEqual({ kind: "stop", stop: "budget" });
    expect(decide(RULES, unknown)).toMatchObject({ kind: "try" });
  });

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
