import { describe, expect, it } from "vitest";
import { openingsOf } from "../../../src/transcripts/observe/openings.ts";
import { createFinder } from "../../../src/transcripts/observe/phrases.ts";

describe("the words that a pattern can begin with", () => {
  it.each([
    [/\brenam(?:e|es|ing)\b/, ["rena"]],
    [/\bfix(?:es|ed)?\b/, ["fix", "fixe"]],
    [/^hmm*[, ]/, ["hm", "hmm", "hmmm"]],
    [/\b(?:re)?design\b|\bnon-?determin\w+/, ["desi", "non", "nond", "rede"]],
    [/\b(?<=^|[.,] )(?:but )?it (?:fails|breaks)\b/, ["but", "it"]],
    [/\b(?:(?:so|ok)[, ]+)*do\b/, ["do", "ok", "so"]],
  ])("%s", ({ source }, expected) => expect([...openingsOf(source, 4)].sort()).toEqual(expected));

  it.each([/\b\w+ tests/, /\bfix/, /\b.env\b/, /\b[^a]bcd/, /\b-force/])(
    "%s leaves them open",
    ({ source }) => expect(() => openingsOf(source, 4)).toThrow(/phrase/),
  );
});

describe("finding phrases", () => {
  const find = createFinder([
    ["wide", /\badd (?:a|the) \w+/],
    ["start", /^add\b/],
    ["end", /\btests?$/],
    ["no", /\bno\b(?! problem)/],
  ]);

  it("names each once, in the order of the text", () =>
    expect([...find("add tests, add a test and add the test")]).toEqual(["start", "wide", "end"]));

  it("tries them at whole words only", () => expect([...find("know badd no_ add_ no problem")]).toEqual([]));

  it("knows the end of a word as the patterns do, in any script", () =>
    expect([...find("请add a文 no")]).toEqual(["no"]));
});
