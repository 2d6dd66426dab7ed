import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SPEND_KEYS } from "../../src/operations/spend-keys.ts";

const ROOT = join(import.meta.dirname, "../..");

/** What follows `before` in a page, up to `after`. */
function between(page: string, before: string, after: string): string[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  const start = text.indexOf(before);
  const list = text.slice(start + before.length, text.indexOf(after, start));
  return list.split(/, | or |,\n/).map((word) => word.trim());
}

it.each([
  ["docs/reports.md", "`--by` takes any of ", ";"],
  ["docs/library.md", "tokens, requests and dollars by ", " |"],
])("%s lists everything that spend can be broken down by", (page, before, after) => {
  expect(between(page, before, after)).toEqual(SPEND_KEYS);
});
