/**
 * Recognizers for the lines that make up nearly all bytes, by exact patterns at proven places. Whatever does not match to
 * the last character goes to a real JSON parser, so that nothing depends on the order in which a client writes its fields.
 */

/** Enough for everything that stands before the content of a message. */
const HEAD_BYTES = 1024;
/** Enough for everything that stands behind it. */
const TAIL_BYTES = 1800;

/** What the first bytes of a line prove about it: `text` (Latin-1) is all that stands before what makes it unlike others. */
export interface Glance {
  is: "answer" | "tool-result" | "prompt" | "system" | "attachment" | "progress" | "typed";
  text: string;
  /** The type of an attachment, of a progress, or of an entry without a message. */
  type: string;
}

const SYSTEM = '"type":"system",';

/**
 * Undefined where that is not clear. The first brace behind the opening one belongs to a field of the entry itself: everything
 * before it is scalar, for a quote mark inside a string would carry a backslash.
 */
export function glance(bytes: Buffer, start: number, end: number): Glance | undefined {
  const head = bytes.toString("latin1", start, Math.min(end, start + HEAD_BYTES));
  if (head.startsWith('{"type":"')) return typed("typed", head, 9);
  const brace = head.indexOf("{", 1);
  const system = head.indexOf(SYSTEM);
  if (head.startsWith("{") && system > 0 && (system < brace || brace < 0))
    return { is: "system", text: head.slice(0, system + SYSTEM.length), type: "" };
  if (brace < 0) return undefined;
  if (head.startsWith('"message":', brace - 10)) return glanceAtMessage(head, brace);
  if (head.startsWith('"attachment":{"type":"', brace - 13)) return typed("attachment", head, brace + 9);
  if (head.startsWith('"type":"progress","data":{"type":"', brace - 25))
    return typed("progress", head, brace + 9);
  return undefined;
}

function typed(is: Glance["is"], head: string, start: number): Glance | undefined {
  const type = word(head, start);
  const end = start + type.length;
  return head[end] === '"' ? { is, text: head.slice(0, end + 1), type } : undefined;
}

const PROMPT = '"role":"user","content":"';
const RESULT = '"role":"user","content":[{"tool_use_id":"';
const RESULT_TYPE = '","type":"tool_result",';
const CONTENT = ',"content":[';

const API_ID = /^msg_\w+$/;
/** No `<synthetic>`, no escapes, nothing but ASCII. */
const PLAIN_MODEL = /^[\w.:@/[\]-]+$/;

function glanceAtMessage(head: string, brace: number): Glance | undefined {
  if (head.startsWith('"role":"user"', brace + 1)) {
    if (head.startsWith(PROMPT, brace + 1))
      return { is: "prompt", text: head.slice(0, brace + 1 + PROMPT.length), type: "" };
    const id = brace + 1 + RESULT.length;
    const behind = id + word(head, id).length;
    return head.startsWith(RESULT, brace + 1) && head.startsWith(RESULT_TYPE, behind)
      ? { is: "tool-result", text: head.slice(0, behind + RESULT_TYPE.length), type: "" }
      : undefined;
  }
  const content = head.indexOf(CONTENT, brace);
  const id = head.indexOf('"id":"', brace);
  const model = head.indexOf('"model":"', brace);
  if (content < 0 || id < 0 || model < 0 || id > content || model > content) return undefined;
  if (!API_ID.test(word(head, id + 6)) || !PLAIN_MODEL.test(word(head, model + 9))) return undefined;
  if (head.indexOf("{", brace + 1) !== content + CONTENT.length) return undefined;
  return { is: "answer", text: head.slice(0, content + CONTENT.length), type: "" };
}

function word(head: string, start: number): string {
  return head.slice(start, head.indexOf('"', start));
}

/** The closing part of an answer, from the end of its content to the end of the line (Latin-1); undefined where it is none. */
export function tailOf(bytes: Buffer, start: number, end: number): string | undefined {
  const tail = bytes.toString("latin1", Math.max(start, end - TAIL_BYTES), end);
  const from = tail.lastIndexOf(CLOSING);
  return from < 0 ? undefined : tail.slice(from);
}

const CLOSING = '],"stop_reason":';

/**
 * An answer without its content, put together from what stands before and behind that. Where the braces do not fit, the
 * closing part was none, and it is undefined.
 */
export function withoutContent(head: string, tail: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(utf8(head + tail)) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** The bytes were looked at as Latin-1, which is quick; names in other scripts are put right here. */
export function utf8(latin1: string): string {
  // oxlint-disable-next-line no-control-regex -- the test is for bytes, not characters
  return /[^\u0000-\u007f]/.test(latin1) ? Buffer.from(latin1, "latin1").toString("utf8") : latin1;
}
