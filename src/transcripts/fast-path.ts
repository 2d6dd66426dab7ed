/**
 * Recognizers for the lines that make up nearly all bytes, by exact patterns at proven places. Whatever does not match to
 * the last character goes to a real JSON parser, so that nothing depends on the order in which a client writes its fields.
 */

/** Enough for everything that stands before the content of a message. */
const HEAD_BYTES = 1024;
/** Enough for everything that stands behind it. */
const TAIL_BYTES = 1800;

/** What the first bytes of a line prove about it. */
export type Glance =
  /** An entry without a message, its type at the very start. */
  | { is: "typed"; type: string }
  | { is: "attachment"; type: string }
  | { is: "progress"; type: string }
  | Opening
  | { is: "unclear" };

/** A message: `text` (Latin-1) is all that stands before what makes it unlike others. */
export interface Opening {
  is: "assistant" | "tool-result" | "prompt";
  text: string;
}

const UNCLEAR: Glance = { is: "unclear" };

/**
 * The first brace behind the opening one belongs to a field of the entry itself: everything before it is scalar, for a quote
 * mark inside a string would carry a backslash.
 */
export function glance(bytes: Buffer, start: number, end: number): Glance {
  const head = bytes.toString("latin1", start, Math.min(end, start + HEAD_BYTES));
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
const CONTENT = ',"content":[';

const API_ID = /^msg_\w+$/;
/** No `<synthetic>`, no escapes, nothing but ASCII. */
const PLAIN_MODEL = /^[\w.:@/[\]-]+$/;

function glanceAtMessage(head: string, brace: number): Glance {
  if (head.startsWith('"role":"user"', brace + 1)) {
    if (head.startsWith(PROMPT, brace + 1))
      return { is: "prompt", text: head.slice(0, brace + 1 + PROMPT.length) };
    const id = brace + 1 + RESULT.length;
    const behind = id + word(head, id).length;
    return head.startsWith(RESULT, brace + 1) && head.startsWith(RESULT_TYPE, behind)
      ? { is: "tool-result", text: head.slice(0, behind + RESULT_TYPE.length) }
      : UNCLEAR;
  }
  const content = head.indexOf(CONTENT, brace);
  const id = head.indexOf('"id":"', brace);
  const model = head.indexOf('"model":"', brace);
  if (content < 0 || id < 0 || model < 0 || id > content || model > content) return UNCLEAR;
  if (!API_ID.test(word(head, id + 6)) || !PLAIN_MODEL.test(word(head, model + 9))) return UNCLEAR;
  if (head.indexOf("{", brace + 1) !== content + CONTENT.length) return UNCLEAR;
  return { is: "assistant", text: head.slice(0, content + CONTENT.length) };
}

function word(head: string, start: number): string {
  return head.slice(start, head.indexOf('"', start));
}

/**
 * The closing part of an answer, from the end of its content to the end of the line (Latin-1); undefined where it is none or
 * tells of several bills.
 */
export function tailOf(bytes: Buffer, start: number, end: number): string | undefined {
  const tail = bytes.toString("latin1", Math.max(start, end - TAIL_BYTES), end);
  const from = tail.lastIndexOf(CLOSING);
  return from < 0 || tail.includes('"iterations":[{', from) ? undefined : tail.slice(from);
}

const CLOSING = '],"stop_reason":';
const CLOSING_BYTES = Buffer.from(CLOSING);
const MESSAGE = Buffer.from('"message":{');

/** Whether another message opens behind `at`: such a line was torn, and the next one written behind it. */
export function holdsAnother(bytes: Buffer, at: number, end: number): boolean {
  return bytes.subarray(at, end).includes(MESSAGE);
}

/** Whether a line that begins as something else ends as an answer does: it was torn, and an answer written behind it. */
export function endsInAnswer(bytes: Buffer, start: number, end: number): boolean {
  return bytes.subarray(Math.max(start, end - TAIL_BYTES), end).includes(CLOSING_BYTES);
}

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
function utf8(latin1: string): string {
  // oxlint-disable-next-line no-control-regex -- the test is for bytes, not characters
  return /[^\u0000-\u007f]/.test(latin1) ? Buffer.from(latin1, "latin1").toString("utf8") : latin1;
}
