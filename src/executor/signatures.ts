import type { ContentBlock, Message } from "./sender.ts";

/** Remembers which model signed which thinking. */
export interface Signatures {
  /** Notes the thinking in what a backend returned. */
  remember(message: unknown, model: string): void;
  /** Returns the model that signed a block; undefined if this executor did not see it being written. */
  signerOf(block: ContentBlock): string | undefined;
}

const REMEMBERED = 2000;
/** The end of a signature is unique. */
const END_CHARS = 64;

/** Remembers the newest signatures, of this process alone. */
export function createSignatures(): Signatures {
  const signers = new Map<string, string>();
  return {
    remember(message, model) {
      const content = (message as { content?: unknown } | null)?.content;
      if (!Array.isArray(content)) return;
      for (const block of content as ContentBlock[]) {
        const key = keyOf(block);
        if (key !== undefined) signers.set(key, model);
      }
      for (const key of signers.keys()) {
        if (signers.size <= REMEMBERED) break;
        signers.delete(key);
      }
    },
    signerOf(block) {
      const key = keyOf(block);
      return key === undefined ? undefined : signers.get(key);
    },
  };
}

function keyOf(block: ContentBlock | null): string | undefined {
  const signature = block?.["signature"] ?? block?.["data"];
  return isThinking(block) && typeof signature === "string" ? signature.slice(-END_CHARS) : undefined;
}

function isThinking(block: ContentBlock | null): boolean {
  return block?.type === "thinking" || block?.type === "redacted_thinking";
}

/**
 * Leaves out the thinking that another model signed, because the API refuses it: `isForeign` decides. Everything else
 * stays, tool calls and results above all. Returns the messages as they are if there is nothing to leave out.
 */
export function withoutThinking(
  messages: readonly Message[],
  isForeign: (block: ContentBlock) => boolean,
): readonly Message[] {
  const leftOut = (block: ContentBlock): boolean => isThinking(block) && isForeign(block);
  const holds = ({ content }: Message): boolean => typeof content !== "string" && content.some(leftOut);
  if (!messages.some(holds)) return messages;
  return messages.flatMap((message): Message[] => {
    if (typeof message.content === "string") return [message];
    const content = message.content.filter((block) => !leftOut(block));
    // A message of nothing but thinking would be empty, which the API refuses as well.
    return content.length > 0 ? [{ ...message, content }] : [];
  });
}

/** Returns whether an open tool call does not begin with thinking: models with a thinking budget refuse that. */
export function continuesWithoutThinking(messages: readonly Message[]): boolean {
  const last = messages.at(-1)?.content;
  const before = messages.at(-2);
  if (typeof last !== "object" || !last.some(({ type }) => type === "tool_result")) return false;
  return typeof before?.content === "object" && !isThinking(before.content[0] ?? null);
}
