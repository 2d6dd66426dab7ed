import { contentText, type Fields, fieldsOf, textOf } from "../fields.ts";
import { inputSize, sizeOf } from "./sizes.ts";

/** One block of a message, measured. */
export type MeasuredBlock =
  | { kind: "text"; size: number; text: string }
  | { kind: "thinking"; size: number }
  | { kind: "call"; size: number; id: string; name: string; input: Fields }
  | { kind: "result"; size: number; images: number; text: string; id: string; failed: boolean }
  /** The result of a tool that runs on the server stands in the answer. */
  | { kind: "server-result"; size: number };

/** Longer texts are the content of files; names are found in lists and prompts. */
export const LONGEST_TEXT = 4_000;

/** Measures a block of a message. Returns undefined for a block that has no place in the ledger by itself. */
export function measureBlock(block: Fields): MeasuredBlock | undefined {
  const type = textOf(block["type"]);
  switch (type) {
    case "text": {
      const text = textOf(block["text"]);
      return { kind: "text", size: text.length, text };
    }
    case "thinking":
    case "redacted_thinking":
      return { kind: "thinking", size: textOf(block["thinking"]).length };
    case "tool_use":
    case "server_tool_use":
    case "mcp_tool_use":
      return measureCall(block);
    case "tool_result":
      return measureResult(block);
    default:
      return type.endsWith("_result")
        ? { kind: "server-result", size: inputSize(block["content"]) }
        : undefined;
  }
}

function measureCall(block: Fields): MeasuredBlock {
  const input = fieldsOf(block["input"]);
  const [id, name] = [textOf(block["id"]), textOf(block["name"])];
  return { kind: "call", size: inputSize(input), id, name, input };
}

function measureResult(block: Fields): MeasuredBlock {
  const { characters: size, images } = sizeOf(block["content"]);
  return {
    kind: "result",
    size,
    images,
    text: size > LONGEST_TEXT ? "" : contentText(block["content"]),
    id: textOf(block["tool_use_id"]),
    failed: block["is_error"] === true,
  };
}
