import { deadlineSignal, elapsed, unlessAborted } from "./clock.ts";

import type { ContentBlock, Message, Sender } from "./sender.ts";
import { shapeRequest, type Wish } from "./shape.ts";
import { keyOf, type ResolvedStep } from "./steps.ts";
import { BYTES_PER_TOKEN, tokenCount } from "./usage.ts";
import type { ActiveRun, ExecutorWorld } from "./world.ts";

/** The largest image costs a little less. */
const IMAGE_TOKENS = 5000;
/** Tokens that the API puts around each message, and around the list of tools. */
const MESSAGE_TOKENS = 8;
const TOOLS_TOKENS = 1000;

/** The size of a prompt, as far as it can be seen without asking anybody. */
export interface PromptSize {
  bytes: number;
  /** Tokens that do not depend on bytes: images, and what the API puts around the text. */
  fixedTokens: number;
  /** It holds documents whose length nobody sees: by URL, by file id, or compressed (PDF). */
  opaque: boolean;
}

/** Measures the prompt of a wish. */
export function measurePrompt({
  system = "",
  context = [],
  prefill = "",
  messages,
  tools,
}: Wish): PromptSize {
  const size: PromptSize = { bytes: 0, fixedTokens: 0, opaque: false };
  for (const part of [system, ...context, prefill]) addText(size, part);
  for (const { content } of messages) addContent(size, content);
  if (tools) {
    addText(size, JSON.stringify(tools));
    size.fixedTokens += TOOLS_TOKENS;
  }
  return size;
}

/** Guesses the length of a prompt in tokens; documents that cannot be seen are left out. */
export function guessTokens({ bytes, fixedTokens }: PromptSize): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN) + fixedTokens;
}

function addText(size: PromptSize, text: string): void {
  if (text === "") return;
  size.bytes += Buffer.byteLength(text);
  size.fixedTokens += MESSAGE_TOKENS;
}

function addContent(size: PromptSize, content: Message["content"]): void {
  if (typeof content === "string") addText(size, content);
  else for (const block of content) addBlock(size, block);
}

function addBlock(size: PromptSize, block: ContentBlock): void {
  const source = block["source"] as { type?: unknown } | undefined;
  if (block.type === "image") size.fixedTokens += IMAGE_TOKENS;
  else if (block.type === "document" && source?.type !== "text" && source?.type !== "content")
    size.opaque = true;
  else if (block.type === "container_upload") size.opaque = true;
  else if (block.type === "tool_result" && Array.isArray(block["content"]))
    addContent(size, block["content"] as ContentBlock[]);
  else addText(size, JSON.stringify(block));
}

/** Looks up how long a prompt is on a model. */
export interface PromptLength {
  /** Returns the most tokens it can have, without asking anybody; undefined if parts of it cannot be seen. */
  most(step: ResolvedStep, wish: Wish): number | undefined;
  /** Returns the backend's own count; undefined if it has no counter, or none that answers. */
  count(step: ResolvedStep, wish: Wish): Promise<number | undefined>;
  /** Returns what is known without asking again: the count if there was one, otherwise a guess. */
  known(step: ResolvedStep, wish: Wish): number;
}

type RunBounds = Pick<ActiveRun, "endsAt" | "signal" | "notes">;

const COUNT_TIMEOUT_MS = 30_000;

/** Measures the prompts of one run, and asks for each length once. */
export function createPromptLength(world: ExecutorWorld, run: RunBounds): PromptLength {
  const counts = new Map<string, { tokens?: number | undefined; asked: Promise<number | undefined> }>();
  const senderOf = ({ provider }: ResolvedStep): Sender | undefined => world.senders.get(provider);
  return {
    most(step, wish) {
      const size = measurePrompt(wish);
      if (size.opaque) return undefined;
      // No text has more tokens than bytes. Without a counter that is too coarse to be of use.
      return senderOf(step)?.countTokens ? size.bytes + size.fixedTokens : guessTokens(size);
    },
    count(step, wish) {
      const sender = senderOf(step);
      if (!sender?.countTokens) return Promise.resolve(undefined);
      const place = placeOf(step, measurePrompt(wish));
      let entry = counts.get(place);
      if (!entry) {
        const asked = countTokens(world, run, sender, step, wish);
        counts.set(place, (entry = { asked }));
        const answered = entry;
        void asked.then((tokens) => (answered.tokens = tokens));
      }
      return entry.asked;
    },
    known(step, wish) {
      const size = measurePrompt(wish);
      return counts.get(placeOf(step, size))?.tokens ?? guessTokens(size);
    },
  };
}

/** A prompt grows when an answer is turned down, so its size is part of where its count is kept. */
function placeOf(step: ResolvedStep, { bytes }: PromptSize): string {
  return `${keyOf(step)} ${bytes}`;
}

/** A counter that fails must not end a run: undefined, and the notes say so. */
async function countTokens(
  world: ExecutorWorld,
  run: RunBounds,
  sender: Sender,
  { facts }: ResolvedStep,
  wish: Wish,
): Promise<number | undefined> {
  const { request } = shapeRequest(wish, facts, facts.maxOutputTokens);
  const leftMs = Math.max(0, run.endsAt - elapsed(world.clock));
  const limit = deadlineSignal(world.clock, run.signal, Math.min(COUNT_TIMEOUT_MS, leftMs));
  try {
    const counted = await unlessAborted(sender.countTokens?.(request, limit.signal), limit.signal);
    const tokens = tokenCount(counted);
    if (tokens === undefined) run.notes.add(`the length of the prompt could not be counted (${facts.id})`);
    return tokens;
  } catch {
    if (!run.signal.aborted) run.notes.add(`the length of the prompt could not be counted (${facts.id})`);
    return undefined;
  } finally {
    limit.release();
  }
}
