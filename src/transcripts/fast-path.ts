import type { Envelope } from "./request.ts";

/**
 * Recognizers for the lines that make up nearly all bytes, by exact patterns at proven places. Whatever does not match to
 * the last character goes to a real JSON parser, so that nothing depends on the order in which a client writes its fields.
 */

/** Enough for everything that stands before the content of a message. */
const HEAD_BYTES = 1024;
/** Enough for everything that stands behind it. */
const TAIL_BYTES = 1800;

export const latin1Head = (bytes: Buffer, start: number, end: number): string =>
  bytes.toString("latin1", start, Math.min(end, start + HEAD_BYTES));

/** What the first bytes of a line prove about it. */
export type Glance =
  /** An entry without a message, its type at the very start. */
  | { is: "typed"; type: string }
  | { is: "attachment"; type: string }
  | { is: "progress"; type: string }
  | { is: "tool-result"; toolUseId: string }
  /** A user's message that is plain text. */
  | { is: "prompt" }
  | AssistantGlance
  | { is: "unclear" };

/** An assistant entry; `brace` is where its message opens, `tool` what its first block calls. */
export interface AssistantGlance {
  is: "assistant";
  id: string;
  model: string;
  brace: number;
  tool?: { id: string; name: string };
}

const UNCLEAR: Glance = { is: "unclear" };

/**
 * The first brace behind the opening one belongs to a field of the entry itself: everything before it is scalar, for a quote
 * mark inside a string would carry a backslash.
 */
export function glance(head: string): Glance {
  if (head.startsWith('{"type":"')) return { is: "typed", type: word(head, 9) };
  const brace = head.indexOf("{", 1);
  if (brace < 0) return UNCLEAR;
  if (head.startsWith('"message":', brace - 10)) return glanceAtMessage(head, brace);
  if (head.startsWith('"attachment":{"type":"', brace - 13))
    return { is: "attachment", type: word(head, brace + 9) };
  if (head.startsWith('"type":"progress","data":{"type":"', brace - 25))
    return { is: "progress", type: word(head, brace + 9) };
  return UNCLEAR;
}

const PROMPT = '"role":"user","content":"';
const RESULT = '"role":"user","content":[{"tool_use_id":"';
const RESULT_TYPE = '","type":"tool_result",';
const TOOL = '{"type":"tool_use","id":"';
const TOOL_NAME = '","name":"';

const API_ID = /^msg_\w+$/;
/** No `<synthetic>`, no escapes, nothing but ASCII. */
const PLAIN_MODEL = /^[\w.:@/[\]-]+$/;

function glanceAtMessage(head: string, brace: number): Glance {
  if (head.startsWith('"role":"user"', brace + 1)) {
    if (head.startsWith(PROMPT, brace + 1)) return { is: "prompt" };
    if (!head.startsWith(RESULT, brace + 1)) return UNCLEAR;
    const toolUseId = word(head, brace + 1 + RESULT.length);
    return head.startsWith(RESULT_TYPE, brace + 1 + RESULT.length + toolUseId.length)
      ? { is: "tool-result", toolUseId }
      : UNCLEAR;
  }
  const content = head.indexOf(',"content":[', brace);
  const id = head.indexOf('"id":"', brace);
  const model = head.indexOf('"model":"', brace);
  if (content < 0 || id < 0 || model < 0 || id > content || model > content) return UNCLEAR;
  const found: AssistantGlance = {
    is: "assistant",
    id: word(head, id + 6),
    model: word(head, model + 9),
    brace,
  };
  if (!API_ID.test(found.id) || !PLAIN_MODEL.test(found.model)) return UNCLEAR;
  if (head.indexOf("{", brace + 1) !== content + 12) return UNCLEAR;
  if (!head.startsWith(TOOL, content + 12)) return found;
  const toolId = word(head, content + 12 + TOOL.length);
  const name = content + 12 + TOOL.length + toolId.length;
  if (!head.startsWith(TOOL_NAME, name)) return UNCLEAR;
  return { ...found, tool: { id: toolId, name: word(head, name + TOOL_NAME.length) } };
}

function word(head: string, start: number): string {
  return head.slice(start, head.indexOf('"', start));
}

/**
 * From the end of the content to the end of the line: the braces that close after `usage` prove that it belongs to the
 * message and not to something quoted inside it.
 */
const TAIL =
  /\],"stop_reason":(?:null|"(\w*)"),(?:"\w+":(?:null|"[^"\\]*"),)*"usage":(\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\})(?:,"\w+":(?:null|true|false|"[^"\\]*"))*\}((?:,"\w+":(?:null|true|false|-?[\d.]+|"(?:[^"\\]|\\.)*"))*)\}$/y;

/** The closing part of an assistant line. */
export interface Tail {
  stop: string;
  usage: Record<string, unknown>;
  /** The top-level fields behind the message, each with a comma before it. */
  fields: string;
}

/** The closing part of the assistant line, if it is as the client writes it. */
export function matchTail(bytes: Buffer, start: number, end: number): Tail | undefined {
  const tail = bytes.toString("latin1", Math.max(start, end - TAIL_BYTES), end);
  const from = tail.lastIndexOf('],"stop_reason":');
  if (from < 0) return undefined;
  TAIL.lastIndex = from;
  const match = TAIL.exec(tail);
  if (!match) return undefined;
  const [, stop = "", text = "", fields = ""] = match;
  const usage = text.includes('"iterations":[{') ? undefined : parseUsageText(text);
  return usage && { stop, usage, fields };
}

/** Whether another message opens behind the one at `brace`: such a line was torn, and the next one written behind it. */
export function holdsAnother(bytes: Buffer, brace: number, end: number): boolean {
  return bytes.subarray(brace, end).includes('"message":{');
}

/** Whether a line that begins as something else ends as an answer does: it was torn, and an answer written behind it. */
export function endsInAnswer(bytes: Buffer, start: number, end: number): boolean {
  return bytes.subarray(Math.max(start, end - TAIL_BYTES), end).includes('],"stop_reason":');
}

/** The blocks of a message mostly repeat the same usage. */
let last: { text: string; usage: Tail["usage"] } | undefined;

function parseUsageText(text: string): Tail["usage"] | undefined {
  if (text === last?.text) return last.usage;
  try {
    last = { text, usage: JSON.parse(text) as Tail["usage"] };
    return last.usage;
  } catch {
    return undefined;
  }
}

/** The pieces of an assistant line put together; undefined when they turn out not to be JSON. */
export function parsePieces(head: string, seen: AssistantGlance, tail: Tail): Envelope | undefined {
  const before = head.slice(0, seen.brace - '"message":'.length - 1);
  const fields = `${before === "" ? "{" : before}${before === "" ? tail.fields.slice(1) : tail.fields}}`;
  try {
    const entry = JSON.parse(utf8(fields)) as Record<string, unknown>;
    if (entry["type"] !== "assistant") return undefined;
    return { id: seen.id, model: seen.model, stop: tail.stop, usage: tail.usage, entry };
  } catch {
    return undefined;
  }
}

/** The bytes were looked at as Latin-1, which is quick; names in other scripts are put right here. */
function utf8(latin1: string): string {
  // oxlint-disable-next-line no-control-regex -- the test is for bytes, not characters
  return /[^\u0000-\u007f]/.test(latin1) ? Buffer.from(latin1, "latin1").toString("utf8") : latin1;
}
