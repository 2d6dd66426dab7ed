import type { NanoUsd } from "../domain/money.ts";
import { formatUsd } from "./numbers.ts";

/** The sentence that a user sees before a prompt with a cold cache. */
export function priceTagSentence({ tokens, nano }: { tokens: number; nano: NanoUsd }): string {
  return `Cold cache, ${Math.round(tokens / 1000)}K tokens: about ${formatUsd(nano)} to go on; /clear or /compact first?`;
}

/** Returns what a hook answers to Claude Code: a message, and with `isHeld` a prompt that is not sent. */
export function hookAnswer(message: string, isHeld: boolean): string {
  return `${JSON.stringify({
    systemMessage: message,
    ...(isHeld && { decision: "block", reason: `${message} Send the prompt again to go on.` }),
  })}\n`;
}
