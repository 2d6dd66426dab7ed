import type { TranscriptBlock } from "../../domain/ledger-input.ts";
import type { ResultTokens } from "../../domain/ledger.ts";

/** The content of a stretch of a prompt. `unseen`: content that no line shows. */
export type SegmentSource = "tool" | "answer" | "prompt" | "attachment" | "summary" | "unseen";

/** Neighbouring tokens of a prompt that came from one source under one human prompt. */
export interface Segment {
  source: SegmentSource;
  /** The tool of a result, the type of an attachment, otherwise the source. */
  name: string;
  /** Counts the human prompts of the thread; content of prompt 0 came before the first. */
  prompt: number;
  tokens: number;
}

/** The prompt of a thread's latest request, front to back. Token counts are whole and add up to the prompt. */
export interface Context {
  /** At the front: system prompt, tools, memory, all that no line explains in the first request. */
  base: number;
  /** Behind the base. */
  segments: Segment[];
  total: number;
  /** Tokens at the front that stood in the request before. */
  old: number;
  /** Human prompts so far. */
  prompt: number;
  /** Tokens behind the base by name: of the current human prompt, and of earlier ones. */
  current: Map<string, number>;
  earlier: Map<string, number>;
  /** Results that the latest request added. */
  results: ResultTokens[];
}

/** Estimates are stretched to the growth at most by this; the rest is unseen. */
const MOST_SCALE = 2;

/** Returns about how many tokens so many characters are to a model. */
export type EstimateTokens = (characters: number) => number;

/** Starts the context of a thread's first request, `total` tokens long: what its blocks do not explain is the base. */
export function beginContext(
  total: number,
  blocks: readonly TranscriptBlock[],
  estimate: EstimateTokens,
): Context {
  const context: Context = {
    base: 0,
    segments: [],
    total: 0,
    old: 0,
    prompt: 0,
    current: new Map(),
    earlier: new Map(),
    results: [],
  };
  const added = Math.min(total, Math.round(tokensOf(blocks, estimate)));
  context.base = context.total = total - added;
  addBlocks(context, blocks, added, 1, estimate);
  return context;
}

/** Adds what came since the former request: the growth is exact, its parts are estimated from their sizes. */
export function growContext(
  context: Context,
  total: number,
  blocks: readonly TranscriptBlock[],
  estimate: EstimateTokens,
): void {
  if (total < context.total) shrink(context, Math.max(0, total - Math.round(tokensOf(blocks, estimate))));
  context.old = context.total;
  addBlocks(context, blocks, total - context.total, MOST_SCALE, estimate);
}

/** Drops everything behind the base, as a compaction does, and adds the blocks that came after it. */
export function cutContext(
  context: Context,
  total: number,
  blocks: readonly TranscriptBlock[],
  estimate: EstimateTokens,
): void {
  context.base = Math.min(context.base, Math.max(0, total - Math.round(tokensOf(blocks, estimate))));
  replaceSegments(context, []);
  context.old = context.total;
  addBlocks(context, blocks, total - context.total, MOST_SCALE, estimate);
}

function tokensOf(blocks: readonly TranscriptBlock[], estimate: EstimateTokens): number {
  let characters = 0;
  for (const { size } of blocks) characters += size;
  return estimate(characters);
}

/** Scales all but the base down, so that at most `total` tokens are left. */
function shrink(context: Context, total: number): void {
  let weight = context.total - context.base;
  context.base = Math.min(context.base, total);
  let left = Math.min(weight, total - context.base);
  for (const segment of context.segments) {
    const tokens = weight > 0 ? Math.round((left * segment.tokens) / weight) : 0;
    weight -= segment.tokens;
    left -= tokens;
    segment.tokens = tokens;
  }
  replaceSegments(
    context,
    context.segments.filter(({ tokens }) => tokens > 0),
  );
}

function replaceSegments(context: Context, segments: Segment[]): void {
  context.segments = segments;
  context.total = context.base;
  context.current.clear();
  context.earlier.clear();
  for (const { name, prompt, tokens } of segments) {
    context.total += tokens;
    addTo(prompt === context.prompt ? context.current : context.earlier, name, tokens);
  }
}

/** Splits `added` tokens over blocks by their size and puts them at the end. */
function addBlocks(
  context: Context,
  blocks: readonly TranscriptBlock[],
  added: number,
  mostScale: number,
  estimate: EstimateTokens,
): void {
  const wanted = tokensOf(blocks, estimate);
  const scale = wanted > 0 ? Math.min(mostScale, added / wanted) : 0;
  let characters = 0;
  let taken = 0;
  context.results = [];
  for (const block of blocks) {
    if (block.trigger === "prompt") beginPrompt(context);
    characters += block.size;
    const tokens = Math.min(added, Math.round(estimate(characters) * scale)) - taken;
    taken += tokens;
    if (tokens <= 0) continue;
    addSegment(context, sourceOf(block), block.name, tokens);
    const { kind, name, target } = block;
    if (kind === "result") context.results.push({ name, tokens, ...(target !== undefined && { target }) });
  }
  if (added > taken) addSegment(context, "unseen", "", added - taken);
}

function beginPrompt(context: Context): void {
  context.prompt++;
  for (const [name, tokens] of context.current) addTo(context.earlier, name, tokens);
  context.current.clear();
}

function addSegment(context: Context, source: SegmentSource, block: string, tokens: number): void {
  const { segments, prompt } = context;
  const name = source === "tool" || source === "attachment" ? block || "image" : source;
  const last = segments.at(-1);
  if (last && last.source === source && last.name === name && last.prompt === prompt) last.tokens += tokens;
  else segments.push({ source, name, prompt, tokens });
  context.total += tokens;
  addTo(context.current, name, tokens);
}

function addTo(sums: Map<string, number>, name: string, tokens: number): void {
  sums.set(name, (sums.get(name) ?? 0) + tokens);
}

function sourceOf({ kind }: TranscriptBlock): SegmentSource {
  switch (kind) {
    case "result":
      return "tool";
    case "answer":
    case "thinking":
    case "call":
      return "answer";
    case "image":
      return "attachment";
    default:
      return kind;
  }
}
