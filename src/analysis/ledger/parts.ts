import type { TranscriptBlock, LedgerRequest } from "../../domain/ledger-input.ts";
import type { LedgerPart, Leaf, Loss, LossCause, Sign } from "../../domain/ledger.ts";
import type { TokenPrices } from "../../models/price.ts";
import type { Context, EstimateTokens } from "./context.ts";

/** Parts of an answer's output: by the share of what is visible; the rest is thinking. */
export function outputParts(
  { usage }: LedgerRequest,
  answer: readonly TranscriptBlock[],
  prices: TokenPrices | undefined,
  estimate: EstimateTokens,
): LedgerPart[] {
  let [edits, calls, text] = [0, 0, 0];
  for (const { kind, activity, size } of answer) {
    if (kind === "answer") text += size;
    else if (kind === "call" && activity === "edit") edits += size;
    else if (kind === "call") calls += size;
  }
  const characters = edits + calls + text;
  const thinking = thinkingTokens(usage, answer, estimate(characters));
  const seen = usage.output - thinking;
  const upTo = (part: number) => (characters > 0 ? Math.round((seen * part) / characters) : 0);
  const price = prices?.output ?? 0;
  const parts: LedgerPart[] = [];
  addPart(parts, "output.thinking", "", thinking, price);
  addPart(parts, "output.edits", "", upTo(edits), price);
  addPart(parts, "output.calls", "", upTo(edits + calls) - upTo(edits), price);
  addPart(parts, "output.text", "", seen - upTo(edits + calls), price);
  return parts;
}

/** Returns what the API counted, or else what the visible part does not explain. */
function thinkingTokens(
  usage: LedgerRequest["usage"],
  answer: readonly TranscriptBlock[],
  visible: number,
): number {
  if (usage.thinking > 0) return Math.min(usage.thinking, usage.output);
  if (!answer.some(({ kind }) => kind === "thinking")) return 0;
  return Math.max(0, usage.output - Math.round(visible));
}

/** The known state of the cache when a request arrives. */
export interface CacheState {
  isFirst: boolean;
  cause?: LossCause;
  signs?: readonly Sign[];
}

/** Parts of a prompt by position: a cache is a prefix, so what is read comes first, then what is written, then the rest. */
export function promptParts(
  context: Context,
  { usage }: LedgerRequest,
  prices: TokenPrices | undefined,
  { isFirst, cause, signs = [] }: CacheState,
): { parts: LedgerPart[]; loss?: Loss } {
  const sign = cause === "no-pause" ? (signs[0] ?? "unexplained") : undefined;
  const written = usage.cacheWrite5m + usage.cacheWrite1h;
  const read = Math.min(usage.cacheRead, context.total);
  const price = writePrice(usage, prices);
  const parts = readParts(context, read, prices?.cacheRead ?? 0);
  const old = Math.min(Math.max(0, context.old - read), written);
  if (isFirst) addPart(parts, "new.start", "", written, price);
  else addNewParts(parts, context, read + old, read + written, price);
  addPart(parts, cause ? `rewrite.${cause}` : "rewrite.late", sign ?? "", old, price);
  if (!cause) return { parts };
  const avoidableNano = old * (price - (prices?.cacheRead ?? 0));
  return { parts, loss: { cause, ...(sign && { sign }), tokens: old, avoidableNano } };
}

/** Nano-dollars of a written token: requests may write for five minutes and for an hour. */
function writePrice(
  { cacheWrite5m, cacheWrite1h }: LedgerRequest["usage"],
  prices: TokenPrices | undefined,
): number {
  const written = cacheWrite5m + cacheWrite1h;
  if (!prices || written === 0) return 0;
  return (cacheWrite5m * prices.cacheWrite5m + cacheWrite1h * prices.cacheWrite1h) / written;
}

/** Returns what was read, by where it came from: all of the context but what lies behind the first `read` tokens. */
function readParts(context: Context, read: number, price: number): LedgerPart[] {
  const { current, earlier, prompt } = context;
  const parts: LedgerPart[] = [];
  const unread = { current: new Map<string, number>(), earlier: new Map<string, number>() };
  forEachBehind(context, read, ({ name, prompt: own }, tokens) => {
    const sums = own === prompt ? unread.current : unread.earlier;
    sums.set(name, (sums.get(name) ?? 0) + tokens);
  });
  addPart(parts, "reread.base", "", Math.min(context.base, read), price);
  for (const [name, tokens] of current)
    addPart(parts, "reread.prompt", name, tokens - (unread.current.get(name) ?? 0), price);
  for (const [name, tokens] of earlier)
    addPart(parts, "reread.earlier", name, tokens - (unread.earlier.get(name) ?? 0), price);
  return parts;
}

/** Returns what was written for the first time, between two positions of the context. */
function addNewParts(parts: LedgerPart[], context: Context, from: number, to: number, price: number): void {
  if (to <= from) return;
  const before = parts.length;
  forEachBehind(context, from, ({ source, name }, tokens, end) => {
    const beyond = Math.max(0, end - to);
    if (tokens <= beyond) return;
    const leaf: Leaf = `new.${source}`;
    const known = parts.findIndex(
      (part, index) => index >= before && part.leaf === leaf && part.name === name,
    );
    if (known < 0) addPart(parts, leaf, name, tokens - beyond, price);
    else addTokens(parts[known] as LedgerPart, tokens - beyond, price);
  });
  const rest = to - Math.max(from, context.base);
  const base = Math.min(to, context.base) - from;
  const placed = parts.slice(before).reduce((sum, { tokens }) => sum + tokens, 0);
  // A base that was never written before, and prompts whose lines are not there.
  addPart(parts, "new.unseen", "base", Math.max(0, base) + Math.max(0, rest - placed), price);
}

/** Visits the segments, or their ends, that lie behind the first `position` tokens, the last one first. */
function forEachBehind(
  { segments, total }: Context,
  position: number,
  visit: (segment: Context["segments"][number], tokens: number, end: number) => void,
): void {
  let end = total;
  for (let index = segments.length - 1; index >= 0 && end > position; index--) {
    const segment = segments[index] as Context["segments"][number];
    visit(segment, Math.min(segment.tokens, end - position), end);
    end -= segment.tokens;
  }
}

/** Parts that no cache had a share in. */
export function restParts({ usage }: LedgerRequest, prices: TokenPrices | undefined): LedgerPart[] {
  const parts: LedgerPart[] = [];
  addPart(parts, "rest.input", "", usage.input, prices?.input ?? 0);
  addPart(parts, "rest.search", "", usage.webSearches, prices?.webSearch ?? 0);
  return parts;
}

function addPart(parts: LedgerPart[], leaf: Leaf, name: string, tokens: number, price: number): void {
  if (tokens > 0) parts.push({ leaf, name, tokens, nano: tokens * price });
}

function addTokens(part: LedgerPart, tokens: number, price: number): void {
  part.tokens += tokens;
  part.nano += tokens * price;
}
