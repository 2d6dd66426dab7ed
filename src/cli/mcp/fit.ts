import { plainText } from "../../render/text.ts";
import type { McpAnswer } from "./tool.ts";

/** The most bytes that an answer has as JSON: below 2,000 tokens, at about 2.7 bytes of ids, numbers and quotes for a token. */
export const MOST_BYTES = 4_200;
/** Characters that a name from a history has at most. */
const MOST_CHARACTERS = 160;

/** An answer that fits, with the number of items left out of each list and the command that shows them. */
export type FittedAnswer = Record<string, unknown> & {
  more: { command: string; omitted?: Record<string, number> };
};

/** Cuts an answer to MOST_BYTES: shortens its texts, then takes the last item of its largest list until it fits. */
export function fitAnswer({ fields, command }: McpAnswer): FittedAnswer {
  const answer: FittedAnswer = { ...(shorten(fields) as Record<string, unknown>), more: { command } };
  const omitted: Record<string, number> = {};
  while (bytesOf(answer) > MOST_BYTES) {
    const largest = largestList(answer);
    if (largest === undefined) break;
    const [name, list] = largest;
    list.pop();
    omitted[name] = (omitted[name] ?? 0) + 1;
    answer.more.omitted = omitted;
  }
  return answer;
}

function largestList(answer: FittedAnswer): [string, unknown[]] | undefined {
  return Object.entries(answer)
    .filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]) && entry[1].length > 0)
    .toSorted(([, a], [, b]) => bytesOf(b) - bytesOf(a))[0];
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** Makes texts harmless and short, and rounds numbers: a model reads each digit. */
function shorten(value: unknown): unknown {
  if (typeof value === "string") {
    const text = plainText(value);
    return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;
  }
  if (typeof value === "number") return Math.round(value * 1e4) / 1e4;
  if (Array.isArray(value)) return value.map(shorten);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [shorten(key), shorten(of)]));
}
