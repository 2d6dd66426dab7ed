import type { TranscriptBlock, LedgerRequest, MarkAt } from "../../domain/ledger-input.ts";
import type { LossCause, Sign } from "../../domain/ledger.ts";

/** The cache that the request before left. */
export interface Before {
  request: LedgerRequest;
  /** Tokens of its whole prompt. */
  prompt: number;
  /** The thread's last write to the cache was one of five minutes. */
  shortLived: boolean;
}

/** The events between two requests. */
export interface Between {
  blocks: readonly TranscriptBlock[];
  marks: readonly MarkAt[];
}

const HOUR_MS = 3_600_000;
const FIVE_MINUTES_MS = 300_000;
/** A request may read a little less than the one before left: blocks of the cache have borders. */
const LEAST_TOKENS = 2_000;
const LEAST_SHARE = 0.02;
/** A prompt that falls by this share was rewound. */
const REWIND_SHARE = 0.1;

/** Returns why a request read less from the cache than the one before left there; undefined if it read it. */
export function lossCause(
  before: Before,
  request: LedgerRequest,
  prompt: number,
  marks: readonly MarkAt[],
): LossCause | undefined {
  const expected = Math.min(before.prompt - before.request.usage.input, prompt);
  const short = expected - request.usage.cacheRead;
  if (short <= Math.max(LEAST_TOKENS, LEAST_SHARE * expected)) return undefined;
  if (marks.some(({ mark }) => mark === "compaction")) return "compaction";
  if (before.request.model !== request.model) return "switch";
  const pauseMs = request.at - before.request.at;
  if (pauseMs > HOUR_MS) return "pause-1h";
  if (pauseMs > FIVE_MINUTES_MS && before.shortLived) return "pause-5m";
  return prompt < before.prompt * (1 - REWIND_SHARE) ? "rewind" : "no-pause";
}

/** The explanations that the API gives for a miss. */
const STATED: Readonly<Record<string, Sign>> = {
  model_changed: "model",
  tools_changed: "tools",
  system_changed: "system",
};

const NO_SIGNS: readonly Sign[] = [];

/** Returns the signs between two requests: what the API stated, then the others from the clearest to the weakest. */
export function signsBetween(
  { request: last }: Before,
  request: LedgerRequest,
  { blocks, marks }: Between,
): readonly Sign[] {
  if (isSame(last, request) && marks.length === 0 && !blocks.some(({ kind }) => kind === "image"))
    return NO_SIGNS;
  const { missed = "" } = request;
  const stated = Object.hasOwn(STATED, missed) ? STATED[missed] : undefined;
  const has = (mark: MarkAt["mark"]) => marks.some((at) => at.mark === mark);
  const signs: readonly (readonly [Sign, boolean])[] = [
    ["resumed", has("resumed")],
    ["mode", has("mode")],
    ["effort", differ(last.effort, request.effort)],
    ["image", blocks.some(({ kind }) => kind === "image")],
    ["skill", has("skill")],
    ["tools", has("tools")],
    ["interrupted", has("interrupted")],
    ["version", differ(last.version, request.version)],
    ["error", has("error")],
  ];
  const found = signs.filter(([, isThere]) => isThere).map(([sign]) => sign);
  if (stated) return [stated, ...found];
  return found.length > 0 ? found : NO_SIGNS;
}

function isSame(last: LedgerRequest, { missed, effort, version }: LedgerRequest): boolean {
  return missed === undefined && last.effort === effort && last.version === version;
}

function differ(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b;
}
