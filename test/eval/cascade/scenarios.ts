import type { Tier } from "../../../src/domain/model.ts";
import type { RunRequest } from "../../../src/executor/run.ts";
import { confidence, json, jsonSchema, pattern, syntax } from "../../../src/index.ts";
import type { Reply, Rule } from "../../helpers/scripted-rules.ts";

/** One piece of work, what the models answer, and where it has to end. */
export interface Scenario {
  name: string;
  request: RunRequest;
  /** Answers of the scripted API, the first that holds. */
  answers: readonly Rule[];
  endsOn: Tier;
  /** What is asked of a real model instead. Absent if the scenario needs an error that only a script can make. */
  live?: RunRequest;
}

const QUERY = "const rows = await db.query(`SELECT * FROM users WHERE name = '${name}'`);";
const CART =
  "export function total(items) {\n  return items.reduce((sum, { price, count }) => sum + price * count, 0);\n}";

const USAGE = { input_tokens: 2400, output_tokens: 600 };
const code = (language: string, source: string): Reply => ({
  blocks: [{ text: `Here it is.\n\n\`\`\`${language}\n${source}\n\`\`\`\n` }],
  usage: USAGE,
});
const text = (words: string): Reply => ({ blocks: [{ text: words }], usage: USAGE });
const always = (reply: Reply): Rule[] => [{ name: "answer", reply }];
const sonnetThenOpus = (sonnet: Reply, opus: Reply): Rule[] => [
  { name: "sonnet", when: { model: "sonnet" }, reply: sonnet },
  { name: "opus", reply: opus },
];

/** Everyday work, which Sonnet does alone. */
export const QUICK: readonly Scenario[] = [
  {
    name: "code generation",
    request: { taskType: "code_generation", prompt: "Write fibonacci in Python", validate: syntax("python") },
    answers: always(
      code("python", "def fibonacci(n):\n    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)"),
    ),
    endsOn: "sonnet",
    live: {
      taskType: "code_generation",
      prompt: "Write a Python function fibonacci(n). Answer with one code block.",
      validate: [syntax("python"), pattern(/def fibonacci/)],
    },
  },
  {
    name: "code review",
    request: {
      taskType: "code_review",
      prompt: "Review this query for injection",
      validate: pattern(/injection/i),
    },
    answers: always(text("The query is open to SQL injection: bind `id` as a parameter.")),
    endsOn: "sonnet",
    live: {
      taskType: "code_review",
      prompt: `Review this line of TypeScript in three sentences:\n\n${QUERY}`,
      validate: pattern(/injection/i),
    },
  },
  {
    name: "test generation",
    request: {
      taskType: "test_generation",
      prompt: "Write a test for add",
      validate: [syntax("typescript"), pattern(/expect\(/)],
    },
    answers: always(
      code("ts", 'import { expect, it } from "vitest";\nit("adds", () => expect(add(1, 2)).toBe(3));'),
    ),
    endsOn: "sonnet",
    live: {
      taskType: "test_generation",
      prompt:
        "Write one vitest test for add(a, b), imported from ./add. Answer with one TypeScript code block.",
      validate: [syntax("typescript"), pattern(/expect\(/)],
    },
  },
  {
    name: "documentation",
    request: { taskType: "documentation", prompt: "Document the cart module", validate: pattern(/^# /m) },
    answers: always(text("# Cart\n\nHolds what a customer is about to buy.")),
    endsOn: "sonnet",
    live: {
      taskType: "documentation",
      prompt: `Document this module in Markdown, at most ten lines, with a heading:\n\n${CART}`,
      validate: pattern(/^# /m),
    },
  },
  {
    name: "refactoring",
    request: { taskType: "refactoring", prompt: "Turn this loop into a map", validate: syntax("javascript") },
    answers: always(code("js", "export const names = (users) => users.map(({ name }) => name);")),
    endsOn: "sonnet",
    live: {
      taskType: "refactoring",
      prompt:
        "Turn this loop into a map. Answer with one JavaScript code block:\n\n" +
        "const names = [];\nfor (const user of users) names.push(user.name);",
      validate: [syntax("javascript"), pattern(/\.map\(/)],
    },
  },
];

const INVOICE = { type: "object", required: ["total"], properties: { total: { type: "number" } } };
const BUSY = { type: "overloaded_error", message: "Overloaded" };

/** The quick suite, and what goes wrong on ordinary days. */
export const FULL: readonly Scenario[] = [
  ...QUICK,
  {
    name: "debugging",
    request: { taskType: "debugging", prompt: "Why is the total NaN?", validate: pattern(/undefined/) },
    answers: always(text("`price` is undefined for items without a variant.")),
    endsOn: "sonnet",
    live: {
      taskType: "debugging",
      prompt: `Why is total([{ price: 2 }]) NaN? Answer in two sentences:\n\n${CART}`,
      validate: pattern(/undefined/i),
    },
  },
  {
    name: "extraction by schema",
    request: { taskType: "extraction", prompt: "Read the invoice", validate: jsonSchema(INVOICE) },
    answers: always(code("json", '{"total": 129.5}')),
    endsOn: "sonnet",
    live: {
      taskType: "extraction",
      prompt:
        'Read the invoice "2 chairs at 50.00, shipping 29.50". Answer with JSON only: {"total": number}.',
      validate: jsonSchema(INVOICE),
    },
  },
  {
    name: "configuration",
    request: { taskType: "configuration", prompt: "A workflow for CI", validate: syntax("yaml") },
    answers: always(code("yaml", "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest")),
    endsOn: "sonnet",
    live: {
      taskType: "configuration",
      prompt: "Write a minimal GitHub workflow that runs npm test on push. Answer with one YAML code block.",
      validate: [syntax("yaml"), pattern(/npm test/)],
    },
  },
  {
    name: "a busy minute",
    request: { taskType: "code_review", prompt: "Review under load", validate: pattern(/fine/) },
    answers: [
      { name: "busy", times: 1, reply: { status: 529, error: BUSY, headers: { "retry-after-ms": "5" } } },
      ...always(text("This is fine.")),
    ],
    endsOn: "sonnet",
  },
  {
    name: "an answer that needed more room",
    request: { taskType: "documentation", prompt: "Document everything", maxTokens: 400 },
    answers: [
      { name: "cut", times: 1, reply: { ...text("# Everyth"), stopReason: "max_tokens" } },
      ...always(text("# Everything\n\nAll of it.")),
    ],
    endsOn: "sonnet",
  },
  {
    name: "Sonnet gone",
    request: { taskType: "code_generation", prompt: "Write it while Sonnet is down", validate: json() },
    answers: sonnetThenOpus({ status: 503, headers: { "retry-after-ms": "5" } }, text('{"ok": true}')),
    endsOn: "opus",
  },
  {
    name: "broken code",
    request: {
      taskType: "code_generation",
      prompt: "A parser with generics",
      validate: syntax("typescript"),
    },
    answers: sonnetThenOpus(
      code("ts", "export const parse = <T>(text: => T;"),
      code("ts", "export const parse = <T>(text: string): T => JSON.parse(text) as T;"),
    ),
    endsOn: "opus",
  },
  {
    name: "a race condition, and not sure",
    request: {
      taskType: "complex_reasoning",
      prompt: "Find the race",
      validate: confidence({ atLeast: 0.7 }),
    },
    answers: sonnetThenOpus(
      text("Maybe the cache.\nConfidence: 0.4"),
      text("The lock is released before the write.\nConfidence: 0.95"),
    ),
    endsOn: "opus",
  },
  {
    name: "a refusal",
    request: { taskType: "security_review", prompt: "Explain this CVE to us", validate: pattern(/patch/) },
    answers: sonnetThenOpus(
      { blocks: [], stopReason: "refusal", usage: { output_tokens: 0 } },
      text("Upgrade: the patch is in 2.4.1."),
    ),
    endsOn: "opus",
  },
  {
    name: "architecture, straight to Opus",
    request: { taskType: "architecture", prompt: "Design the transaction log" },
    answers: always(text("Write ahead, then apply.")),
    endsOn: "opus",
    live: {
      taskType: "architecture",
      prompt:
        "In three sentences: how does a write-ahead log keep a transaction log consistent after a crash?",
      validate: pattern(/log/i),
    },
  },
];
