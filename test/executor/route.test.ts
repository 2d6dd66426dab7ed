import { describe, expect, it } from "vitest";
import { SAME_MODEL } from "../../src/executor/chain.ts";
import { findAnswerFlags, noRedFlags } from "../../src/executor/red-flags.ts";
import { readFlags } from "../../src/executor/route.ts";
import { classifyPrompt } from "../../src/operations/route.ts";
import { createScriptedExecutor, failureOf } from "../helpers/scripted-executor.ts";
import { startScriptedApi } from "../helpers/scripted-api.ts";

/** Prompts as people write them, with the tier that suits them. */
const PROMPTS: readonly (readonly [prompt: string, tier: string, complexity: string, category: string])[] = [
  ["Rename the variable foo to bar in utils.ts", "haiku", "mechanical", "refactoring"],
  ["Format the file with prettier", "haiku", "mechanical", "code-generation"],
  ["Sort the imports", "haiku", "mechanical", "code-generation"],
  ["Bump typescript to 6", "haiku", "mechanical", "code-generation"],
  ["Commit this with a good message", "haiku", "mechanical", "git"],
  ["Where is the login handled?", "haiku", "exploration", "question"],
  ["Explain how the cache works", "haiku", "exploration", "question"],
  ["Write a Python function that returns Fibonacci numbers", "sonnet", "generative", "code-generation"],
  ["Add a React form with validation using Zod", "sonnet", "generative", "code-generation"],
  ["Write unit tests for the cart", "sonnet", "generative", "code-generation"],
  ["Fix the failing test", "sonnet", "generative", "debugging"],
  ["Why does the button not click? TypeError: x is undefined", "sonnet", "generative", "debugging"],
  ["Document the cart module", "sonnet", "generative", "docs"],
  ["Refactor this function into smaller ones", "sonnet", "generative", "refactoring"],
  ["Add a settings page", "sonnet", "generative", "code-generation"],
  ["Implement the login, then format the code and run the tests", "sonnet", "generative", "code-generation"],
  ["Fix the bug in the config parser", "sonnet", "generative", "debugging"],
  ["Refactor the cart and rename its class", "sonnet", "generative", "refactoring"],
  ["Fix the lint errors", "haiku", "mechanical", "debugging"],
  ["Design a fault-tolerant distributed transaction system", "opus", "reasoning", "planning"],
  ["Analyze this distributed system for race conditions", "opus", "reasoning", "debugging"],
  ["Plan the move to event sourcing across all services", "opus", "reasoning", "planning"],
  ["Replace the logger in 40 files", "opus", "generative", "code-generation"],
  ["Audit the authentication flow for security vulnerabilities", "opus", "reasoning", "review"],
];

/** The tier on which checked work starts. */
const start = (prompt: string): string => classifyPrompt(prompt, { checked: true }).tier;

describe("the class of a prompt", () => {
  it.each(PROMPTS)("%s: %s", (prompt, tier, complexity, category) => {
    expect(classifyPrompt(prompt)).toMatchObject({ tier, complexity, category });
  });

  it("a check that decides lowers the start of ordinary work, not of large work", () => {
    expect(start("Fix the failing test")).toBe("haiku");
    expect(start("Delete all old users from the production database")).toBe("sonnet");
    expect(start("Refactor the logger across the whole code base")).toBe("opus");
  });

  it("expensive errors raise it", () => {
    const { tier, errorCost, redFlags } = classifyPrompt(
      "Drop the column legacy from the users table in production",
    );
    expect({ tier, errorCost, redFlags }).toEqual({
      tier: "opus",
      errorCost: "high",
      redFlags: ["could lose data", "touches production"],
    });
  });

  it("the agent that gets it counts", () => {
    expect(classifyPrompt("Look at this", { agent: "formatter" }).tier).toBe("haiku");
    expect(classifyPrompt("Look at this", { agent: "architect" }).tier).toBe("opus");
  });

  it("gives the reason in words, without the prompt's text", () => {
    const secret = "xyzzy";
    const { reasons, redFlags } = classifyPrompt(`Design a system for ${secret}, it must not lose data`);
    expect(redFlags).toEqual(["asks for architecture", "says what must not happen"]);
    expect(reasons.join("; ")).toContain("the prompt asks for architecture, says what must not happen");
    expect(reasons.join("; ")).not.toContain(secret);
  });

  it.each([
    [
      "the files it names",
      Array.from({ length: 25 }, (_, n) => `src/a${n}.ts`).join(" "),
      "names 25 files or more",
    ],
    ["a number of files", "touches 30 source files", "names 30 files or more"],
    ["a long document", "from a 60-page spec", "comes with a long document"],
    ["a long context", "x".repeat(500_000), "is long (about 125K tokens)"],
    ["an open question", "figure out how to do it", "leaves the design open"],
    [
      "a failure that comes and goes",
      "it sometimes hangs",
      "describes a race or a failure that comes and goes",
    ],
  ])("%s raises it", (_, prompt, flag) => {
    const flags = readFlags(prompt);
    expect([...flags.scope, ...flags.risk]).toContain(flag);
    expect(classifyPrompt(prompt).tier).toBe("opus");
  });

  it("words in quoted code, and the many words of a pasted log, are not the user's", () => {
    expect(readFlags("Fix this:\n```\n// must not lose data in production\n```")).toMatchObject({
      scope: [],
      risk: [],
    });
    const log = `Fix it.\n${"ok\n".repeat(5000)}race condition\n${"ok\n".repeat(5000)}`;
    expect(readFlags(log).scope).toEqual([]);
  });

  it("takes linear time", () => {
    const from = performance.now();
    for (const text of ["a ".repeat(1e6), "given when ".repeat(1e5), "1 ".repeat(1e6), "```".repeat(3e5)])
      readFlags(text);
    expect(performance.now() - from).toBeLessThan(2000);
  });
});

describe("red flags in an answer", () => {
  it.each([
    "I need more information to reason about this.",
    "I don't have enough context to say.",
    "Could you please share the config file?",
    "Please provide the stack trace so that I can help.",
    "Without seeing the rest of the code, I can't tell.",
    "I need to see the rest of the file before I can fix it.",
    "To fix this I need the contents of config.ts.",
    "More information is needed to answer this.",
    "There isn't enough context to determine the cause.",
    "Can you clarify which endpoint you mean?",
    "I can't see the file that you mentioned.",
    "No code was provided.",
    "It seems the file was not included.",
    "You haven't provided the error message.",
    "I cannot fix this without access to the schema.",
    "Which version of React are you using?",
  ])("%s", (answer) => expect(findAnswerFlags(answer)).not.toEqual([]));

  it.each([
    "Done. All tests pass.",
    "The form asks: `please provide your name`.",
    "```\nplease share the file\n```\nThat is the text of the dialog.",
    "You need more information in the log line, so I added the id.",
    "Done. Let me know if you need more information.",
    "Let me know if you would like me to rename it.",
    "The API returns 400 if you haven't provided the id.",
    "Please note that the test needs more time.",
    "I did not need more information than the log.",
    "The user must provide a token; the error says so.",
    "",
  ])("not: %s", (answer) => expect(findAnswerFlags(answer)).toEqual([]));

  it("count as a failed check if the executor's policy says so", async () => {
    const api = await startScriptedApi({
      rules: [{ name: "asks", reply: { blocks: [{ text: "I need more information about the config." }] } }],
    });
    try {
      const request = { taskType: "t", prompt: "Fix it" };
      const lenient = createScriptedExecutor(api.url, { policy: SAME_MODEL });
      expect((await lenient.executor.run(request)).text).toContain("more information");
      const strict = createScriptedExecutor(api.url, { policy: { ...SAME_MODEL, redFlags: true } });
      expect(await failureOf(strict.executor.run(request))).toMatchObject({ reason: "rejected" });
      expect(strict.executor.route("Sort the imports").tier).toBe("haiku");
    } finally {
      await api.stop();
    }
  });

  it("are a check of their own too", () => {
    const signal = new AbortController().signal;
    expect(noRedFlags().check({ text: "Done.", message: undefined }, signal)).toEqual({ ok: true });
  });
});
