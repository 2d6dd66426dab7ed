import { fieldsOf, textOf } from "./fields.ts";

/** An agent team's lead gives work; its name before each title would say nothing. */
const LEAD = "team-lead";

const MESSAGE = /^<teammate-message\b([^>]*)>([\s\S]*?)(?:<\/teammate-message>|$)/;

/**
 * Returns what a message within an agent team is about, behind the name of its sender: its summary, what its JSON says of itself, or
 * its words. Any other text comes back as it is.
 */
export function teammateWords(text: string): string {
  const [, attributes, body = ""] = MESSAGE.exec(text) ?? [];
  if (attributes === undefined) return text;
  const sender = attributeOf(attributes, "teammate_id");
  const words = attributeOf(attributes, "summary") || noticeOf(body) || body.trim();
  return sender === "" || sender === LEAD ? words : `${sender}: ${words}`;
}

function attributeOf(attributes: string, name: string): string {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? "";
}

/** Returns the subject or the kind of a message that the client wrote as JSON; empty for any other message. */
function noticeOf(body: string): string {
  let notice;
  try {
    notice = fieldsOf(JSON.parse(body) as unknown);
  } catch {
    return "";
  }
  const { subject, summary, message, type } = notice;
  return textOf(subject) || textOf(summary) || textOf(message) || textOf(type).replaceAll("_", " ");
}
