import { fieldsOf, isFields, listOf, textOf } from "../fields.ts";

/** An image is about 1,500 tokens, whatever its bytes; in characters, at 3.5 of them a token. */
export const IMAGE_CHARACTERS = 5_250;

/** Deeper nesting is not looked into. */
const DEEPEST = 8;

/** Returns the characters of all texts inside a value; names of fields do not count. */
function charactersIn(value: unknown, depth = 0): number {
  if (typeof value === "string") return value.length;
  if (typeof value === "number" || typeof value === "boolean") return 4;
  if (depth >= DEEPEST || typeof value !== "object" || value === null) return 0;
  let sum = 0;
  for (const inner of Object.values(value)) sum += charactersIn(inner, depth + 1);
  return sum;
}

/** Quotes, colon and comma around a field of a call's input. */
const FIELD_FRAME = 6;

/** Returns about how many characters a call's input is as JSON, which is how a model writes it. */
export function inputSize(input: unknown, depth = 0): number {
  if (typeof input !== "object" || input === null || depth >= DEEPEST) return charactersIn(input, depth);
  let sum = 2;
  for (const [name, inner] of Object.entries(input))
    sum += name.length + FIELD_FRAME + inputSize(inner, depth + 1);
  return sum;
}

/** Characters and images of a message's or a tool result's content. */
export interface ContentSize {
  characters: number;
  images: number;
}

/** Measures content that is a text or a list of blocks; a document counts as an image. */
export function sizeOf(content: unknown): ContentSize {
  if (typeof content === "string") return { characters: content.length, images: 0 };
  const size = { characters: 0, images: 0 };
  for (const block of listOf(content)) {
    if (!isFields(block)) continue;
    if (block["type"] === "image" || block["type"] === "document") size.images++;
    else if (block["type"] === "tool_reference") size.characters += textOf(block["tool_name"]).length;
    else size.characters += textOf(block["text"]).length;
  }
  return size;
}

/** Fields of an attachment whose text goes to the model, for clients that do not write down what was sent. */
const SENT = [
  "content",
  "snippet",
  "prompt",
  "text",
  "addedLines",
  "addedBlocks",
  "files",
  "skills",
  "context",
  "snapshot",
] as const;

/** Attachments that stay on the machine. */
const NOT_SENT = new Set([
  "prompt_snapshot",
  "command_permissions",
  "hook_non_blocking_error",
  "hook_system_message",
  "hook_cancelled",
  "hook_error_during_execution",
  "max_turns_reached",
  "auto_mode",
]);

/** Returns the characters that an attachment adds to the prompt. */
export function attachmentSize(entry: unknown): number {
  const { attachment, rendered } = fieldsOf(entry);
  const fields = fieldsOf(attachment);
  if (NOT_SENT.has(textOf(fields["type"]))) return 0;
  if (Array.isArray(rendered) && rendered.length > 0) return charactersIn(rendered);
  return SENT.reduce((sum, name) => sum + charactersIn(fields[name]), 0);
}
