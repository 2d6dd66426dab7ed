import { describe, expect, it } from "vitest";
import { unpackHashes } from "../../../src/domain/hashes.ts";
import { compareTexts, hashText, sketchText } from "../../../src/transcripts/observe/hash.ts";

describe("the sketch of a text", () => {
  const numbered = Array.from({ length: 900 }, (_, at) => `word${at} and word${at % 7}`).join(" ");

  it("keeps the 32 smallest hashes, each once, in order", () => {
    for (const text of ["fix it", "one two three four five six seven", numbered]) {
      const { sketch, terms } = sketchText(text);
      for (const hashes of [[...unpackHashes(sketch)], [...unpackHashes(terms)]])
        expect(hashes).toEqual([...new Set(hashes)].sort((a, b) => a - b).slice(0, 32));
    }
    expect(unpackHashes(sketchText(numbered).sketch)).toHaveLength(32);
  });

  it("names what the text names, and no stop words", () =>
    expect([...unpackHashes(sketchText("fix the cart, Fix it").terms)]).toEqual(
      [hashText("fix"), hashText("cart")].sort((a, b) => a - b),
    ));

  it("tells nothing of an empty text", () =>
    expect(sketchText(" ")).toEqual({ words: 0, sketch: "", terms: "" }));
});

describe("what an edit exchanges", () => {
  it("is the lines that only one side has, whatever their indentation", () => {
    const { added, removed, lines } = compareTexts("a = 1\n  b = 2\n}", "    b = 2\n}\nc = 3\n");
    expect([...unpackHashes(added)]).toEqual([hashText("c = 3")]);
    expect([...unpackHashes(removed)]).toEqual([hashText("a = 1")]);
    expect(lines).toBe(4);
  });

  it("is told apart by any space", () => {
    const texts = ["", " ", "\n", "a", " a", "a ", "\ta", "a\n", "\na", "a\r\n", "a b", "ab"];
    expect(new Set(texts.map((text) => compareTexts("", text).after)).size).toBe(texts.length);
  });

  it("is never marked as a whole file when nothing stood there", () =>
    expect(compareTexts("", "new").before).not.toBe(0));
});
