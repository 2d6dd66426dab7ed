/** Dollars per million tokens: input, output, cache write for 5 minutes and for an hour, cache read. */
export type Rates = readonly [input: number, output: number, write5m: number, write1h: number, read: number];

interface Model {
  released: string;
  rates: Rates;
  /** The new tokenizer makes about 1.3 times as many tokens of a text. */
  isNew?: true;
  /** Prompts longer than this many tokens cost `rates`, on days before `until`. */
  long?: { above: number; until?: string; rates: Rates };
  /** Until this day (not counted in) a token read from the cache cost this much. */
  read?: { until: string; rate: number };
  fast?: number;
}

const OPUS_5: Rates = [5, 25, 6.25, 10, 0.5];
const SONNET: Rates = [3, 15, 3.75, 6, 0.3];
const OPUS_15: Rates = [15, 75, 18.75, 30, 1.5];
const LONG_SONNET: Rates = [6, 22.5, 7.5, 12, 0.6];
const LONG_OPUS: Rates = [10, 37.5, 12.5, 20, 1];
const FABLE_52: Rates = [8, 40, 10, 16, 0.2];
const FABLE_51: Rates = [10, 50, 12.5, 20, 0.25];
const FABLE_5: Rates = [10, 50, 12.5, 20, 1];

/** The vendor's price list, written down a second time: nothing here may come from src/. */
export const MODELS: Readonly<Record<string, Model>> = {
  "claude-fable-5-2": { released: "2026-11-09", rates: FABLE_52, isNew: true, fast: 2 },
  "claude-mythos-5-2": { released: "2026-11-09", rates: FABLE_52, isNew: true, fast: 2 },
  "claude-haiku-5-5": {
    released: "2026-10-07",
    rates: [0.1, 0.5, 0.125, 0.2, 0.01],
    isNew: true,
    long: { above: 100_000, rates: [0.5, 2.5, 0.625, 1, 0.05] },
  },
  "claude-sonnet-5-5": {
    released: "2026-09-28",
    rates: [2, 10, 2.5, 4, 0.1],
    isNew: true,
    read: { until: "2026-10-07", rate: 0.2 },
  },
  "claude-opus-5-5": { released: "2026-09-22", rates: [4, 20, 5, 8, 0.2], isNew: true, fast: 2 },
  "claude-fable-5-1": { released: "2026-09-01", rates: FABLE_51, isNew: true },
  "claude-mythos-5-1": { released: "2026-09-01", rates: FABLE_51, isNew: true },
  "claude-opus-5": { released: "2026-07-24", rates: OPUS_5, isNew: true, fast: 2 },
  "claude-sonnet-5": { released: "2026-06-30", rates: [2, 10, 2.5, 4, 0.2], isNew: true },
  "claude-fable-5": { released: "2026-06-09", rates: FABLE_5, isNew: true },
  "claude-mythos-5": { released: "2026-06-09", rates: FABLE_5, isNew: true },
  "claude-opus-4-8": { released: "2026-05-28", rates: OPUS_5, isNew: true, fast: 2 },
  "claude-opus-4-7": { released: "2026-04-16", rates: OPUS_5, isNew: true },
  "claude-sonnet-4-6": {
    released: "2026-02-17",
    rates: SONNET,
    long: { above: 200_000, until: "2026-03-13", rates: LONG_SONNET },
  },
  "claude-opus-4-6": {
    released: "2026-02-05",
    rates: OPUS_5,
    long: { above: 200_000, until: "2026-03-13", rates: LONG_OPUS },
  },
  "claude-opus-4-5-20251101": { released: "2025-11-24", rates: OPUS_5 },
  "claude-3-5-haiku-20241022": { released: "2024-11-04", rates: [0.8, 4, 1, 1.6, 0.08] },
  "claude-haiku-4-5-20251001": { released: "2025-10-15", rates: [1, 5, 1.25, 2, 0.1] },
  "claude-sonnet-4-5-20250929": {
    released: "2025-09-29",
    rates: SONNET,
    long: { above: 200_000, until: "2026-04-30", rates: LONG_SONNET },
  },
  "claude-opus-4-1-20250805": { released: "2025-08-05", rates: OPUS_15 },
  "claude-opus-4-20250514": { released: "2025-05-22", rates: OPUS_15 },
  "claude-sonnet-4-20250514": {
    released: "2025-05-22",
    rates: SONNET,
    long: { above: 200_000, until: "2026-04-30", rates: LONG_SONNET },
  },
  "claude-3-opus-20240229": { released: "2024-03-04", rates: OPUS_15 },
};

const DATED = new Map(Object.keys(MODELS).map((id) => [id.replace(/-\d{8}$/, ""), id]));

/** Returns the id in the price list of a plain name; undefined for every other spelling. */
export function listed(name: string): string | undefined {
  const id = name.replace(/\[1m\]$/, "");
  return id in MODELS ? id : DATED.get(id);
}
