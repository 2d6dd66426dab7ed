import type Anthropic from "@anthropic-ai/sdk";

/** A message while it arrives. Gateways leave fields out, so nothing but its content is relied on. */
export interface ArrivingMessage {
  message?: Anthropic.Message;
}

/** Callbacks while the stream goes on. */
export interface StreamReader {
  onText(text: string): void;
  /** The message has begun, or its usage has changed. */
  onStart(message: Anthropic.Message): void;
  /** Bytes of anything that the model wrote. */
  onWritten(bytes: number): void;
}

/**
 * Gathers a message from the events of its stream. The SDK has a reader of its own, but that throws where usage is left
 * out, and loses a whole answer if the connection ends before the last event.
 */
export async function gatherMessage(
  events: AsyncIterable<Anthropic.RawMessageStreamEvent>,
  arriving: ArrivingMessage,
  reader: StreamReader & { onWhole: () => void },
): Promise<void> {
  const blocks = new Map<number, ArrivingBlock>();
  for await (const event of events) {
    if (event.type === "message_start") {
      const usage = { ...event.message?.usage };
      arriving.message = { ...event.message, content: [], usage };
      reader.onStart(arriving.message);
    }
    const { message } = arriving;
    if (!message) continue;
    if (event.type === "content_block_start") {
      const content = { ...event.content_block };
      message.content.push(content);
      blocks.set(event.index, { content, input: "" });
    } else if (event.type === "content_block_delta") addDelta(blocks.get(event.index), event.delta, reader);
    else if (event.type === "content_block_stop") closeBlock(blocks.get(event.index));
    else if (event.type === "message_delta") {
      addEnd(message, event);
      reader.onStart(message);
      if ((message.stop_reason ?? undefined) !== undefined) reader.onWhole();
    }
  }
}

/** A block while it arrives; the input of a tool call comes as pieces of JSON. */
interface ArrivingBlock {
  content: { [field: string]: unknown };
  input: string;
}

function addDelta(
  block: ArrivingBlock | undefined,
  delta: Anthropic.RawContentBlockDelta,
  reader: StreamReader,
): void {
  if (!block) return;
  const { content } = block;
  const append = (field: string, text: string): void => {
    content[field] = `${typeof content[field] === "string" ? content[field] : ""}${text}`;
    reader.onWritten(Buffer.byteLength(text));
  };
  if (delta.type === "text_delta") {
    append("text", delta.text);
    reader.onText(delta.text);
  } else if (delta.type === "thinking_delta") append("thinking", delta.thinking);
  else if (delta.type === "signature_delta") content["signature"] = delta.signature;
  else if (delta.type === "citations_delta")
    content["citations"] = [...((content["citations"] as unknown[] | null) ?? []), delta.citation];
  else if (delta.type === "input_json_delta") {
    block.input += delta.partial_json;
    reader.onWritten(Buffer.byteLength(delta.partial_json));
  }
}

/** A tool's input that is not JSON stays text, so that nothing of it is lost. */
function closeBlock(block: ArrivingBlock | undefined): void {
  if (!block?.input) return;
  try {
    block.content["input"] = JSON.parse(block.input);
  } catch {
    block.content["input"] = block.input;
  }
}

/** The counts at the end are of the whole message, and those that do not apply are left out. */
function addEnd(message: Anthropic.Message, { delta, usage }: Anthropic.RawMessageDeltaEvent): void {
  Object.assign(message, delta);
  for (const [field, count] of Object.entries(usage ?? {}))
    if (count !== null && count !== undefined) Object.assign(message.usage, { [field]: count });
}
