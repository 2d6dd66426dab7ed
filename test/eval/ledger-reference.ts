import type { AdviceKind } from "../../src/domain/simulation.ts";

/** What an independent reader found in a history, in dollars at the prices of then. */
export interface Reference {
  /** Dollars of the whole history: it tells which one it is. */
  total: number;
  /** Sums that are exact, by cause or group. */
  exact: Readonly<Record<string, number>>;
  /** Sums that are estimated; several causes joined by `+` count together. */
  estimated: Readonly<Record<string, number>>;
  overhead: number;
  /** Savings at the middle; several kinds joined by `+` count together. */
  changes: Readonly<Record<string, number>>;
  /** Kinds that the reader did not simulate, or only beside the others: they would take from those that come later. */
  beside: readonly AdviceKind[];
}

/** Histories of two public projects, read with other programs. */
export const REFERENCES: readonly Reference[] = [
  {
    total: 615.516,
    exact: {
      output: 76.65,
      new: 62.83,
      reread: 362.41,
      rewrite: 111.31,
      rest: 2.32,
      "new.start": 6.07,
      "rewrite.pause-1h": 26.7,
      "rewrite.pause-5m": 5.08,
      "rewrite.no-pause": 76,
    },
    estimated: {
      "output.thinking": 39,
      "output.calls+output.edits": 31,
      "new.tool": 24,
      "new.answer": 20,
      "reread.base": 75,
      "reread.prompt": 64,
      "reread.earlier": 223,
    },
    overhead: 4.4,
    changes: {
      "compact-window": 169,
      "main-model": 128,
      "cold-prompt+clear-after-commit": 75,
      "explore-agent": 42,
      "base-size": 27,
    },
    beside: [],
  },
  {
    total: 1416.458,
    exact: {
      output: 40.55,
      new: 298.16,
      reread: 796.57,
      rewrite: 278.74,
      rest: 2.44,
      "new.start": 75,
      "rewrite.pause-1h": 43.8,
      "rewrite.pause-5m": 107,
      "rewrite.no-pause": 100,
    },
    estimated: {
      "new.tool": 162,
      "new.answer": 49,
      "new.prompt+new.summary": 5,
      "reread.base": 337,
      "reread.prompt": 193,
      "reread.earlier": 266,
    },
    overhead: 4.2,
    changes: {
      "main-model": 258,
      "explore-agent": 114,
      "base-size": 114,
      "cold-prompt": 38,
      "agent-model": 29,
      "cache-lifetime": 29,
    },
    beside: ["cache-lifetime"],
  },
];
