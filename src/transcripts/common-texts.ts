import type { RequestContext } from "./old-file-scan.ts";
import { utf8 } from "./fast-path.ts";
import { COMMON_BYTES, setCommon } from "./teach.ts";
import { renewContexts } from "./walker.ts";

/** Fields that are the same in most lines of a session, and where they stand in a request's context. */
const COMMON: ReadonlyMap<string, { index: number; field: keyof RequestContext }> = new Map(
  (
    [
      ["sessionId", "session"],
      ["cwd", "cwd"],
      ["gitBranch", "branch"],
      ["version", "version"],
      ["slug", "nickname"],
      ["agentId", "agentId"],
      ["attributionAgent", "agentType"],
    ] as const
  ).map(([name, field], index) => [name, { index, field }]),
);
const FIELD_AT = [...COMMON.values()].map(({ field }) => field);
const COMMON_FIELD =
  /"(sessionId|requestSessionId|cwd|gitBranch|version|slug|agentId|attributionAgent)":"([^"\\]*)"/g;

/** What the walker holds lines against now, by number (Latin-1). */
const commons: string[] = [];

/**
 * The common fields of a line; not empty ones, which mean something else, nor those that stand there with different values, as
 * where a line was copied from elsewhere.
 */
export function commonIn(text: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  const unclear = new Set<number>();
  for (const { 1: name = "", 2: value = "" } of text.matchAll(COMMON_FIELD)) {
    const index = commonIndexOf(name) as number;
    if (value === "" || value.length > COMMON_BYTES || (found.get(index) ?? value) !== value)
      unclear.add(index);
    found.set(index, value);
  }
  for (const index of unclear) found.delete(index);
  return found;
}

/** The number of the common text that a field stands for. */
export function commonIndexOf(name: string): number | undefined {
  return COMMON.get(name === "requestSessionId" ? "sessionId" : name)?.index;
}

/** From now on lines are held against what is common in this one; false where that was so before. */
export function adopt(common: ReadonlyMap<number, string>): boolean {
  let isNew = false;
  for (const [index, value] of common) {
    if (commons[index] === value) continue;
    commons[index] = value;
    setCommon(index, value);
    isNew = true;
  }
  if (isNew) renewContexts();
  return isNew;
}

/** The field of a context that a common text is. */
export function fieldOf(index: number): keyof RequestContext {
  return FIELD_AT[index] as keyof RequestContext;
}

/** What the lines have in common now. */
export function commonAt(index: number): string {
  return utf8(commons[index] as string);
}
