import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findPatterns, type PatternKind, PATTERNS } from "../../src/analysis/patterns/index.ts";
import type { SessionAnalysis } from "../../src/analysis/outcomes/session.ts";
import type { Bill } from "../../src/domain/bill.ts";
import type { JudgedTask } from "../../src/domain/judged-task.ts";
import { NO_USAGE } from "../../src/domain/usage.ts";
import { createModelTable } from "../../src/models/resolve.ts";

/** When, in which thread and on which model. */
const HERE = { at: 0, thread: "main", model: "claude-opus-5-5" };

const models = createModelTable();

const opusBill: Bill = {
  model: "claude-opus-5-5",
  day: "2026-11-10",
  promptAbove: 0,
  requests: 4,
  usage: { ...NO_USAGE, input: 10_000, output: 10_000, cacheRead: 100_000 },
  costNano: 260_000_000, // 10,000 × $4 + 10,000 × $20 + 100,000 × $0.20
};

const task = (more: Partial<JudgedTask> = {}): JudgedTask => ({
  kind: "turn",
  key: "k",
  session: "s1",
  project: "/home/dev/shop",
  file: "s1.jsonl",
  line: 7,
  agent: "main",
  role: "main",
  startedAt: 0,
  durationMs: 60_000,
  models: ["claude-opus-5-5"],
  startTier: "opus",
  finalTier: "opus",
  substituted: 0,
  requests: 4,
  tokens: {
    input: 10_000,
    output: 10_000,
    thinking: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    cacheRead: 100_000,
  },
  bills: [opusBill],
  costNano: 260_000_000,
  fullCostNano: 260_000_000,
  contextTokens: 20_000,
  promptWords: 12,
  filesTouched: 1,
  longestEdit: 5,
  linesWritten: 5,
  planMode: false,
  availabilityFallback: false,
  verification: "passed",
  retries: 0,
  retryDelayMs: 0,
  loops: 0,
  outcome: "accepted",
  strength: "strong",
  evidence: [],
  categories: { complexity: "generative", category: "code-generation", from: [] },
  ...more,
});

const session = (more: Partial<SessionAnalysis> = {}): SessionAnalysis => ({
  session: "s1",
  project: "/home/dev/shop",
  tasks: [],
  switches: [],
  retries: [],
  failures: [],
  substitutions: [],
  cold: [],
  refusals: [],
  unattached: [],
  warmUps: [],
  ...more,
});

const find = (tasks: JudgedTask[], more: Partial<SessionAnalysis> = {}) =>
  findPatterns({ analyses: [session(more)], tasks, models });
const times = (count: number, of: JudgedTask): JudgedTask[] => Array.from({ length: count }, () => of);

const mechanical = { complexity: "mechanical", category: "question", from: [] } as const;
const exploration = { complexity: "exploration", category: "question", from: [] } as const;
const haiku = { startTier: "haiku", finalTier: "haiku", models: ["claude-haiku-5-5"] } as const;

const cases: Record<
  PatternKind,
  {
    hit: [JudgedTask[], Partial<SessionAnalysis>?];
    usd: number;
    near: [JudgedTask[], Partial<SessionAnalysis>?];
  }
> = {
  "opus-hammer": {
    hit: [times(3, task({ categories: mechanical }))],
    usd: 0.39, // each $0.26 less 10,000 × $2 + 10,000 × $10 + 100,000 × $0.10 on Sonnet 5.5
    near: [times(3, task({ categories: mechanical, ...haiku }))],
  },
  "haiku-speed-trap": {
    hit: [times(2, task({ ...haiku, longestEdit: 200, outcome: "reworked", fullCostNano: 1e7 }))],
    usd: 0.02,
    near: [times(2, task({ ...haiku, longestEdit: 200 }))],
  },
  "mid-conversation-switch": {
    hit: [
      [],
      {
        switches: [
          {
            at: 0,
            session: "s1",
            thread: "main",
            file: "s1.jsonl",
            line: 9,
            cause: "command",
            from: "a",
            to: "b",
            trigger: "/model",
            rewrittenTokens: 1_000,
            costNano: 5e7,
          },
        ],
      },
    ],
    usd: 0.05,
    near: [
      [],
      {
        switches: [
          {
            at: 0,
            session: "s1",
            thread: "main",
            file: "s1.jsonl",
            line: 9,
            cause: "availability",
            from: "a",
            to: "b",
            trigger: "overloaded",
            rewrittenTokens: 1_000,
            costNano: 5e7,
          },
        ],
      },
    ],
  },
  "thinking-explosion": {
    hit: [
      times(2, task({ ...haiku, categories: exploration, tokens: { ...task().tokens, thinking: 9_000 } })),
    ],
    usd: 0,
    near: [times(2, task({ ...haiku, tokens: { ...task().tokens, thinking: 9_000 } }))],
  },
  "everyone-needs-opus": {
    hit: [times(20, task({}))],
    usd: 2.6,
    near: [times(20, task({ categories: { complexity: "reasoning", category: "planning", from: [] } }))],
  },
  "circular-fixing": {
    hit: [[task({ loops: 2, outcome: "reworked" })]],
    usd: 0.26,
    near: [[task({ loops: 1 })]],
  },
  "inherited-agents": {
    hit: [times(3, task({ kind: "agent-run", agent: "Explore", categories: exploration }))],
    usd: 0.759, // each $0.26 less 10,000 × $0.10 + 10,000 × $0.50 + 100,000 × $0.01 on Haiku 5.5
    near: [
      [
        ...times(3, task({ kind: "agent-run", agent: "Explore", categories: exploration, ...haiku })),
        ...times(3, task({ kind: "agent-run", askedModel: "opus", categories: exploration })),
      ],
    ],
  },
  "cold-cache": {
    hit: [
      [],
      {
        cold: times(2, task()).map(({ file, line }) => ({
          ...HERE,
          file,
          line,
          cause: "pause" as const,
          tokens: 50_000,
          costNano: 1e8,
        })),
      },
    ],
    usd: 0.2,
    near: [[], { cold: [{ ...HERE, file: "a", line: 1, cause: "pause", tokens: 50_000, costNano: 1e8 }] }],
  },
  "context-bloat": {
    hit: [times(3, task({ ...haiku, contextTokens: 200_000, tokens: { ...task().tokens, output: 100 } }))],
    usd: 0.585, // three quarters of each
    near: [times(3, task({ ...haiku, contextTokens: 200_000 }))],
  },
  "retry-storm": {
    hit: [[task({ retries: 6, retryDelayMs: 9_000 })]],
    usd: 0,
    near: [[task({ retries: 4 })]],
  },
  "refusal-loop": {
    hit: [[], { refusals: [1, 2].map((line) => ({ ...HERE, file: "a", line, task: "p", costNano: 1e7 })) }],
    usd: 0.02,
    near: [[], { refusals: [{ ...HERE, file: "a", line: 1, task: "p", costNano: 1e7 }] }],
  },
  "re-delegation": {
    hit: [times(2, task({ kind: "agent-run", agent: "implementer", ...haiku, outcome: "escalated" }))],
    usd: 0.52,
    near: [times(2, task({ ...haiku, outcome: "escalated" }))],
  },
  "long-prompt-premium": {
    hit: [
      [
        task({
          ...haiku,
          bills: [
            {
              ...opusBill,
              model: "claude-haiku-5-5",
              promptAbove: 100_000,
              usage: { ...NO_USAGE, input: 200_000 },
              costNano: 1e8,
            },
          ],
        }),
      ],
    ],
    usd: 0.08, // 200,000 × ($0.50 − $0.10)
    near: [[task({ bills: [{ ...opusBill, promptAbove: 100_000 }] })]],
  },
  "forced-agent-model": {
    hit: [[task({ kind: "agent-run", agent: "m", askedModel: "haiku" })]],
    usd: 0.26,
    near: [[task({ kind: "agent-run", agent: "m", askedModel: "haiku", availabilityFallback: true })]],
  },
};

describe.each(Object.keys(PATTERNS) as PatternKind[])("%s", (kind) => {
  const { hit, near, usd } = cases[kind];
  it("is found with its cost and its places", () => {
    const found = find(...hit).find((finding) => finding.kind === kind);
    expect((found?.costNano ?? Number.NaN) / 1e9).toBeCloseTo(usd, 6);
    expect(found?.where.length).toBeGreaterThan(0);
    expect(found?.instead).not.toBe("");
  });
  it("is silent where it nearly holds", () =>
    expect(find(...near).map((finding) => finding.kind)).not.toContain(kind));
  it("has a page with its title", () => {
    const page = readFileSync(join(import.meta.dirname, `../../docs/patterns/${kind}.md`), "utf8");
    expect(page).toMatch(`# ${PATTERNS[kind].title}\n`);
  });
});

const kinds = (tasks: JudgedTask[]) => find(tasks).map(({ kind }) => kind);

describe("Opus hammer", () => {
  const small = task({ categories: { ...mechanical, category: "refactoring" } });
  it("leaves out work that Opus did not get right, that was only described, or that a lower tier had failed at", () => {
    expect(kinds(times(3, small))).toContain("opus-hammer");
    expect(kinds(times(3, { ...small, outcome: "reworked" }))).not.toContain("opus-hammer");
    expect(kinds(times(3, { ...small, promptWords: 35 }))).not.toContain("opus-hammer");
    const commit = { ...small, promptWords: 35, categories: { ...mechanical, category: "git" } } as const;
    expect(kinds(times(3, commit))).toContain("opus-hammer");
    const retried = [1, 2, 3].flatMap((number): JudgedTask[] => [
      { ...small, ...haiku, session: `s${number}`, index: 4, outcome: "escalated" },
      { ...small, session: `s${number}`, index: 5 },
    ]);
    expect(kinds(retried)).not.toContain("opus-hammer");
  });
});

it("context bloat leaves out turns that did much, whatever output their client recorded", () => {
  const turn = task({ ...haiku, contextTokens: 200_000, tokens: { ...task().tokens, output: 100 } });
  expect(find(times(3, { ...turn, requests: 40 }))).toEqual([]);
  expect(find(times(3, { ...turn, linesWritten: 300 }))).toEqual([]);
});

it("a model that joins after the cache was gone costs nothing more: that is not a mid-conversation switch", () => {
  const { switches = [] } = cases["mid-conversation-switch"].hit[1] ?? {};
  expect(find([], { switches: switches.map((change) => ({ ...change, costNano: 0 })) })).toEqual([]);
});

it("an agent run without a transcript looks something up only if its type says so", () => {
  const run = task({ kind: "agent-run", requests: 0, bills: [], categories: exploration });
  expect(kinds(times(3, { ...run, agent: "general-purpose" }))).not.toContain("inherited-agents");
  expect(kinds(times(3, { ...run, agent: "Explore" }))).toContain("inherited-agents");
});

it.each([
  ["the next prompt corrects what it did", false],
  ["the same work was given out again", true],
  ["its parent did its lines again", true],
])("a reworked run was delegated again or not: %s, %s", (why, isAgain) => {
  const evidence = [{ file: "a", line: 1, why }];
  const runs = times(2, task({ kind: "agent-run", ...haiku, outcome: "reworked", evidence }));
  expect(kinds(runs).includes("re-delegation")).toBe(isAgain);
});

it("nothing is found in work that goes well on Sonnet", () =>
  expect(
    find(times(40, task({ startTier: "sonnet", finalTier: "sonnet", models: ["claude-sonnet-5-5"] }))),
  ).toEqual([]));
