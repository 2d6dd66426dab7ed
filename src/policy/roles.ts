import type { WrittenRole } from "./written.ts";

const READ_ONLY = ["Read", "Grep", "Glob"] as const;
const READ_AND_RUN = [...READ_ONLY, "Bash"] as const;
const EDIT = [...READ_AND_RUN, "Edit", "Write"] as const;

/**
 * The roles that every policy starts with. Needs choose the tier; tools are the minimum for the work. Claude Code delegates by the
 * purpose: what the agent does, when to use it, what it does not do. Numbers in the evidence were measured on Claude 4.5 and 4.6.
 */
export const BUILT_IN_ROLES = {
  planner: {
    purpose:
      "Turns a task whose goal is clear into ordered steps, each with its files and the command that proves it. Use proactively before a change that touches several files or takes several agents. Changes nothing.",
    needs: { reasoning: "deep", files: "many", contextTokens: 200_000, toolUse: "long" },
    tools: READ_AND_RUN,
    maxTurns: 40,
    shadows: ["Plan"],
    agents: ["orchestrator"],
    why: "A plan needs the whole code base in mind; medium effort limits its cost.",
    evidence:
      "Opus 4.5 at medium effort equals Sonnet 4.5 at its best on SWE-bench with 76% fewer output tokens; on MCP Atlas (many tools at once) Opus leads 62.3 to 43.8.",
  },
  implementer: {
    purpose:
      "Writes or changes code for one well-defined step and runs its check. Use when the goal, the files and the check are known: a step of a plan, a feature in a known place, an ordinary fix.",
    needs: { reasoning: "generative", files: "few" },
    tools: EDIT,
    maxTurns: 150,
    agents: ["coder", "developer"],
    why: "The best code for its price; a failing test costs a retry, not a release.",
    evidence:
      "SWE-bench Verified: Sonnet 4.5 77.2, Opus 4.5 80.9, Haiku 4.5 73.3; people who route report that Sonnet completes about 80% of their coding tasks.",
  },
  reviewer: {
    purpose:
      "Reviews a finished change for wrong results, missing cases and risks. Use proactively after code was written or changed and before it is committed. Reports findings by file and line; changes nothing.",
    needs: { reasoning: "deep", files: "few" },
    tools: READ_AND_RUN,
    maxTurns: 80,
    agents: ["code-reviewer"],
    why: "A review is there to find subtle mistakes; Haiku at high effort finds nearly as many for less (preset frugal).",
    evidence:
      "On 400 pull requests (Qodo) Haiku 4.5 with thinking beat Sonnet 4.5 with thinking in 58% of reviews, quality 7.29 to 6.60; one benchmark, so try it on your own code.",
  },
  explorer: {
    purpose:
      "Finds code across many files and reports where it is: definitions, callers, conventions. Use proactively when the answer takes several searches and only the conclusion matters. Say how thorough to be: medium or very thorough. Read-only.",
    needs: { reasoning: "mechanical", files: "few", contextTokens: 200_000, speed: "fast" },
    tools: READ_AND_RUN,
    maxTurns: 40,
    omitClaudeMd: true,
    shadows: ["Explore"],
    why: "Reading needs speed, not depth, and what it reads stays out of the more expensive session.",
    evidence:
      "Haiku answers 3 to 5 times as fast; Claude Code's own Explore runs on the session's model, so on Opus unless a file of that name sets another.",
  },
  "test-writer": {
    purpose:
      "Writes and runs tests for existing code, edge cases first. Use proactively after behavior was added without tests, or to turn a reported bug into a failing test. Leaves the code under test as it is.",
    needs: { reasoning: "generative", files: "few" },
    tools: EDIT,
    maxTurns: 120,
    agents: ["tester"],
    why: "Good cases need an understanding of what the code means; Haiku misses edge cases.",
    evidence: "Practice reports; no benchmark separates the tiers on writing tests.",
  },
  formatter: {
    purpose:
      "Makes mechanical edits that must not change behavior: formatting, import order, lint fixes, renames. Use when the code works and before it is committed, or for the same edit in many files.",
    needs: { reasoning: "mechanical", files: "one", speed: "fast", errorCost: "low" },
    tools: [...READ_AND_RUN, "Edit"],
    maxTurns: 60,
    agents: ["linter"],
    why: "Mechanical work whose result a tool checks; thinking would only add cost.",
    evidence:
      "On simple edits all tiers do equally well, and extended thinking makes simple tasks up to 36% worse.",
  },
  "commit-and-docs": {
    purpose:
      "Writes the text of a verified change: commit message, changelog entry, comments, README sections. Use when the code is final. Does not change code, commit or push.",
    needs: { reasoning: "mechanical", files: "few", speed: "fast", errorCost: "low" },
    tools: [...READ_AND_RUN, "Edit", "Write"],
    maxTurns: 40,
    agents: ["commit-writer", "docs-writer"],
    why: "Describing a change is simple generation, and people wait for it.",
    evidence: "Claude Code itself uses its small model for such background text.",
  },
  "security-reviewer": {
    purpose:
      "Looks for ways to attack the code: injection, missing access checks, leaked secrets, unsafe input. Use proactively after a change to authentication, permissions, user input, payments or dependencies. Changes nothing.",
    needs: { reasoning: "deep", files: "many", errorCost: "high" },
    tools: READ_AND_RUN,
    maxTurns: 100,
    agents: ["security-auditor"],
    why: "A missed vulnerability costs more than all reviews together.",
    evidence: "Of the findings rated important, Opus caught 50% and Sonnet 41.5%.",
  },
  debugger: {
    purpose:
      "Reproduces a failure, finds its cause and fixes it there. Use proactively when a test, a build or a command fails and the message alone does not explain it, or when a first fix did not help.",
    needs: { reasoning: "generative", files: "few", toolUse: "long" },
    tools: EDIT,
    maxTurns: 150,
    why: "Most faults are shallow; those that are not fail twice and move up a tier.",
    evidence:
      "Practice reports: Sonnet fixes about 95% of faults in one or two rounds; races and architecture go to Opus.",
    escalation: { afterFailures: 2, upTo: "opus", handToPerson: true },
  },
  architect: {
    purpose:
      "Chooses between designs and records the decision: module boundaries, interfaces, data models, migrations. Use proactively when a choice is expensive to revert or binds several modules. Writes neither code nor a list of steps.",
    needs: { reasoning: "deep", files: "many", contextTokens: 200_000, errorCost: "high" },
    tools: READ_ONLY,
    maxTurns: 60,
    why: "Every later step pays for a wrong design.",
    evidence:
      "Terminal-Bench 2.0: Opus 4.6 65.4, Sonnet 4.5 51.0; the longer the chain of decisions, the wider the gap.",
  },
} as const satisfies Record<string, WrittenRole>;
