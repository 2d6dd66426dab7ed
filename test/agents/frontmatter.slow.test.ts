import { expect, it } from "vitest";
import { parseFrontMatter } from "../../src/agents/frontmatter.ts";

it.each(["[", "{a: ", "- ", "&a ", '"\n', "a:\n "])(
  "the longest front matter of nothing but %j is refused in bounded time",
  { timeout: 10_000 },
  (piece) => {
    const yaml = piece.repeat(Math.floor(31_000 / piece.length));
    const { keys } = parseFrontMatter(Buffer.from(`---\n${yaml}\n---\n`));
    expect(Object.keys(keys).length).toBeLessThan(2);
  },
);
