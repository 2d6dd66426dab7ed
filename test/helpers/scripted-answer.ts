import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Asked, Reply, ScriptedBlock, ScriptedUsage } from "./scripted-rules.ts";

/** A whole message of the API. */
export interface Message {
  id: string;
  model: string;
  blocks: readonly Block[];
  stopReason: string;
  usage: ScriptedUsage & { output_tokens: number };
  /** Output tokens as `message_start` gives them. */
  startOutputTokens: number;
}

type Block = { type: string; [field: string]: unknown };

/** An id as the API makes them: `msg_01` and 22 letters and digits. */
export function makeId(prefix: string, length = 22): string {
  return prefix + randomBytes(length).toString("base64url").replaceAll(/[-_]/g, "x").slice(0, length);
}

/** The message that a reply comes to. */
export function messageOf(reply: Reply, asked: Asked): Message {
  const id = makeId("msg_01");
  const blocks = (reply.blocks ?? [{ text: "Done." }]).map((block) => fullBlock(block, id));
  const usage = fullUsage(reply.usage ?? {});
  return {
    id,
    model: reply.model ?? asked.model,
    blocks,
    stopReason:
      reply.stopReason ?? (blocks.some(({ type }) => type === "tool_use") ? "tool_use" : "end_turn"),
    usage,
    startOutputTokens: reply.startOutputTokens ?? Math.min(usage.output_tokens, 2),
  };
}

/** Sends a message in one piece. */
export function sendPlain(response: ServerResponse, message: Message, reply: Reply): void {
  const { id, model, blocks, stopReason, usage } = message;
  response.writeHead(200, { ...reply.headers, "content-type": "application/json" });
  response.end(
    JSON.stringify({
      id,
      type: "message",
      role: "assistant",
      model,
      content: blocks,
      stop_reason: stopReason,
      stop_sequence: null,
      ...stopDetails(reply),
      usage,
    }),
  );
}

/** Sends a message as server-sent events; false where the script broke the stream off. */
export async function sendStream(response: ServerResponse, message: Message, reply: Reply): Promise<boolean> {
  const { id, model, blocks, stopReason, usage, startOutputTokens } = message;
  response.writeHead(200, {
    ...reply.headers,
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  });
  const event: SendEvent = (type, fields) =>
    void response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
  event("message_start", {
    message: {
      id,
      type: "message",
      role: "assistant",
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { ...usage, output_tokens: startOutputTokens },
    },
  });
  event("ping", {});
  const breaksAfter = reply.streamError || reply.streamCut ? (reply.afterBlocks ?? blocks.length) : Infinity;
  for (const [index, block] of blocks.entries()) {
    if (index >= breaksAfter) break;
    await sendBlock(event, index, block, reply.pieceDelayMs ?? 0);
    if (index + 1 < breaksAfter) event("content_block_stop", { index });
  }
  if (breaksAfter !== Infinity) {
    await breakOff(response, event, reply);
    return false;
  }
  if (reply.hangMs) await sleep(reply.hangMs);
  event("message_delta", {
    delta: { stop_reason: stopReason, stop_sequence: null, ...stopDetails(reply) },
    usage: countsOf(usage),
  });
  event("message_stop", {});
  response.end();
  return true;
}

type SendEvent = (type: string, fields: Record<string, unknown>) => void;

/** One block: its start without content, and its content in pieces. */
async function sendBlock(event: SendEvent, index: number, block: Block, pieceDelayMs: number): Promise<void> {
  const delta = (fields: Record<string, unknown>): void =>
    event("content_block_delta", { index, delta: fields });
  switch (block.type) {
    case "text":
      event("content_block_start", { index, content_block: { type: "text", text: "" } });
      for (const text of pieces(String(block["text"]), 60)) {
        delta({ type: "text_delta", text });
        if (pieceDelayMs) await sleep(pieceDelayMs);
      }
      break;
    case "thinking":
      event("content_block_start", {
        index,
        content_block: { type: "thinking", thinking: "", signature: "" },
      });
      delta({ type: "thinking_delta", thinking: block["thinking"] });
      delta({ type: "signature_delta", signature: block["signature"] });
      break;
    case "tool_use":
      event("content_block_start", { index, content_block: { ...block, input: {} } });
      for (const json of ["", ...pieces(JSON.stringify(block["input"]), 80)])
        delta({ type: "input_json_delta", partial_json: json });
      break;
    default:
      event("content_block_start", { index, content_block: block });
  }
}

async function breakOff(response: ServerResponse, event: SendEvent, reply: Reply): Promise<void> {
  if (reply.streamError) {
    event("error", { error: reply.streamError });
    response.end();
    return;
  }
  // What was written has to be on the wire before the connection is dropped, or the client sees an empty answer.
  await new Promise<void>((resolve) => response.write("\n", () => resolve()));
  response.destroy();
}

function pieces(text: string, length: number): string[] {
  return text.match(new RegExp(`[\\s\\S]{1,${length}}`, "gu")) ?? [""];
}

function fullBlock(block: ScriptedBlock, messageId: string): Block {
  if ("type" in block) return block;
  if ("text" in block) return { type: "text", text: block.text };
  if ("thinking" in block)
    return {
      type: "thinking",
      thinking: block.thinking,
      signature: Buffer.from(`signed ${messageId}`).toString("base64"),
    };
  return { type: "tool_use", id: makeId("toolu_01"), name: block.tool, input: block.input ?? {} };
}

function fullUsage(given: ScriptedUsage): Message["usage"] {
  const written = given.cache_creation_input_tokens ?? 0;
  return {
    input_tokens: 12,
    output_tokens: 120,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 },
    service_tier: "standard",
    inference_geo: "not_available",
    ...given,
  };
}

/** The last event of a stream repeats the counts, and not how they were billed. */
function countsOf(usage: ScriptedUsage): ScriptedUsage {
  return Object.fromEntries(Object.entries(usage).filter(([field]) => !SAID_AT_START.has(field)));
}

const SAID_AT_START: ReadonlySet<string> = new Set([
  "cache_creation",
  "service_tier",
  "inference_geo",
  "speed",
]);

function stopDetails({ stopDetails }: Reply): Record<string, unknown> {
  return stopDetails ? { stop_details: stopDetails } : {};
}
