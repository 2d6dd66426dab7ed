import { expect, it } from "vitest";
import { CATEGORIES } from "../../../src/domain/task.ts";
import { weighWords, wordsOf } from "../../../src/transcripts/observe/prompt-words.ts";

it("the words of a prompt are its first ones, once each; a path and a code block are one word", () =>
  expect([...wordsOf("Why does src/a.ts fail?\n```\nconst secret = 1\n``` Why?")]).toEqual([
    "why",
    "does",
    "pathword",
    "fail",
    "?",
    "```",
  ]));

it("words speak for categories, and unknown ones for none", () => {
  const place = CATEGORIES.indexOf("debugging");
  expect(weighWords("fix lint error failing")?.[place]).toBeGreaterThan(0);
  expect(weighWords("zyxwv qwrtp")).toBeUndefined();
  expect(weighWords("constructor __proto__ toString")).toBeUndefined();
});
