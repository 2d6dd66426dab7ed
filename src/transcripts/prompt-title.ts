import { teammateWords } from "./teammate-words.ts";

/** Written by the client before a plan that was approved. */
export const PLAN = "Implement the following plan";

/**
 * Returns how a prompt begins, on one line of at most some characters: of a plan that was handed over its heading, of a message within an
 * agent team what it is about, and of a link its last parts.
 */
export function promptTitle(text: string, mostChars: number): string {
  const start = teammateWords(text).slice(0, READ_CHARS);
  const words = withShortLinks(planTitle(start) ?? start)
    .replace(/^#+ /, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  return words.length > mostChars ? `${words.slice(0, mostChars - 1).trimEnd()}…` : words;
}

/** A title is made of no more; long prompts hold pasted logs. */
const READ_CHARS = 2000;

/** Returns `Plan: ` and the heading of a plan; undefined if a prompt hands over no plan or nothing stands below its first line. */
function planTitle(text: string): string | undefined {
  if (!text.startsWith(PLAN)) return undefined;
  const [, ...below] = text.split("\n");
  const heading = below.find((line) => line.trim() !== "")?.replace(HEADING, "");
  return heading === undefined ? undefined : `Plan: ${heading}`;
}

/** `# Plan: `, `## Implementation plan - `: the title says so already. */
const HEADING = /^\s*#*\s*(?:(?:implementation )?plan\s*[:–—-]\s*)?/i;

/** `https://github.com/a/b/issues/7#comment` becomes `b/issues/7`. */
function withShortLinks(text: string): string {
  return text.replaceAll(LINK, (link, path: string) => path.split("/").slice(-LINK_PARTS).join("/") || link);
}

const LINK_PARTS = 3;
const LINK = /https?:\/\/[^\s/]+\/([^\s?#<>()]*[^\s?#<>().,/])\/?(?:[?#][^\s<>()]*)?/g;
