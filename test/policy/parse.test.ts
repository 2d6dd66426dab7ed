import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parsePolicy } from "../../src/policy/parse.ts";
import { problemsOf } from "../helpers/problems.ts";

const ROOT = join(import.meta.dirname, "../..");

const problemsIn = (text: string) => problemsOf(() => parsePolicy(text, "rolecall.yaml"));

describe("parsePolicy", () => {
  it("reads the example that ships", () => {
    const text = readFileSync(join(ROOT, "templates/policy.example.yaml"), "utf8");
    expect(parsePolicy(text, "x").written.roles?.["test-writer"]).toEqual({
      tier: "haiku",
      effort: "medium",
    });
  });

  it("takes an empty file for a policy that says nothing", () => {
    expect(parsePolicy("# later\n", "x").written).toEqual({});
  });

  it("says of every problem the line, the key, what is allowed and what was meant", () => {
    const text = [
      "roles:",
      "  reviewer:",
      "    teir: opus",
      "    effort: hihg",
      "main:",
      "  fallbackModel: sonnet",
      "tolerance: 101",
    ].join("\n");
    expect(problemsIn(text)).toMatchObject([
      {
        path: "rolecall.yaml",
        line: 3,
        key: "roles.reviewer.teir",
        message: "unknown key",
        suggestion: "tier",
      },
      {
        line: 4,
        key: "roles.reviewer.effort",
        found: '"hihg"',
        expected: "low, medium, high, xhigh, max",
        suggestion: "high",
      },
      { line: 6, key: "main.fallbackModel", found: '"sonnet"', expected: "a list of at most 3" },
      { line: 7, key: "tolerance", found: "101", expected: "a number from 0 to 100" },
    ]);
  });

  it.each(["budget: { usdPerTask: 1 }", "trial: { tier: haiku }"])(
    "%s, which an earlier version ignored, says what to do instead",
    (line) => {
      expect(problemsIn(`roles:\n  reviewer:\n    ${line}\n`)).toMatchObject([
        {
          line: 3,
          message: expect.stringMatching(
            /^no longer a key, because nothing (enforced|ended) it: /,
          ) as unknown,
        },
      ]);
    },
  );

  it.each([
    ["a list at the top", "- planner\n"],
    ["no YAML", "roles: {a: [}\n"],
    ["a duplicate key", "roles: {}\nroles: {}\n"],
    ["a role with the name of a prototype", "roles: {__proto__: {purpose: x}}\n"],
    ["a tag that constructs something", "preset: !!js/function x\n"],
    ["a key that is a list", "? [a]\n: 1\n"],
    ["an alias to nothing", "main: *nowhere\n"],
    ["nesting without end", "[".repeat(60_000)],
    ["a file that no person wrote", `# ${"x".repeat(70_000)}\n`],
  ])("refuses %s with a reason", (_what, text) => {
    const problems = problemsIn(text);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThan(20);
  });

  it("refuses a few lines that would unfold to billions", () => {
    const levels = Array.from("bcdefghijk", (name, index) => {
      const below = `*${"abcdefghijk"[index]}`;
      return `${name}: &${name} [${Array(9).fill(below).join(",")}]`;
    });
    expect(problemsIn(`a: &a [x,x]\n${levels.join("\n")}\n`)).toMatchObject([
      { message: expect.stringContaining("alias") },
    ]);
  });
});
