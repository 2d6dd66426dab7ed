import type { WrittenRole } from "./written.ts";

const READ_ONLY = ["Read", "Grep", "Glob"] as const;
const READ_AND_RUN = [...READ_ONLY, "Bash"] as const;
const EDIT = [...READ_AND_RUN, "Edit", "Write"] as const;

/**
 * The roles that every policy starts from. What they need chooses the tier; tools are the least that the work takes. The
 * figures are of the model generation that they were measured on (Claude 4.5 and 4.6) and are quoted with it.
 */
export const BUILT_IN_ROLES = {
  planner: {
    purpose:
      "Breaks a task into steps before any code is written, and hands them out. Plans only, changes nothing.",
    needs: { reasoning: "deep", files: "many", contextTokens: 200_000, toolUse: "long" },
    tools: READ_ONLY,
    agents: ["orchestrator"],
    why: "A plan needs the whole of the code in mind; effort keeps its cost in check.",
    evidence:
      "Opus 4.5 at medium effort equals Sonnet 4.5 at its best on SWE-bench with 76 % fewer output tokens; on MCP Atlas (many tools at once) Opus leads 62.3 to 43.8.",
  },
  implementer: {
    purpose: "Writes and changes code for one well-described step: a function, a feature, an ordinary fix.",
    needs: { reasoning: "generative", files: "few" },
    tools: EDIT,
    agents: ["coder", "developer"],
    why: "The best code for its price; a failing test costs a retry, not a release.",
    evidence:
      "SWE-bench Verified: Sonnet 4.5 77.2, Opus 4.5 80.9, Haiku 4.5 73.3; people who route report that Sonnet settles about 80 % of their coding tasks.",
  },
  reviewer: {
    purpose: "Reads a change and looks for mistakes, missing cases and risks. Reports, changes nothing.",
    needs: { reasoning: "deep", files: "few" },
    tools: READ_AND_RUN,
    agents: ["code-reviewer"],
    why: "Subtle mistakes are what a review is for; Haiku at high effort is the cheap way to nearly the same (preset frugal).",
    evidence:
      "On 400 pull requests (Qodo) Haiku 4.5 with thinking beat Sonnet 4.5 with thinking in 58 % of reviews, quality 7.29 to 6.60; one benchmark, so a trial is worth more.",
  },
  explorer: {
    purpose: "Finds where things are in the code and reports it in short. Reads only.",
    needs: { reasoning: "mechanical", files: "few", contextTokens: 200_000, speed: "fast" },
    tools: READ_ONLY,
    shadows: ["Explore"],
    why: "Reading wants speed, not depth; and what it reads stays out of the dear session.",
    evidence:
      "Haiku answers 3 to 5 times as fast; Claude Code's own Explore runs on the session's model, so on Opus unless a file of its name says otherwise.",
  },
  "test-writer": {
    purpose: "Writes tests for code that exists, edge cases first, and runs them.",
    needs: { reasoning: "generative", files: "few" },
    tools: EDIT,
    agents: ["tester"],
    why: "Good cases need an understanding of what the code means; Haiku misses edges.",
    evidence: "Practice reports; no benchmark separates the tiers on writing tests.",
  },
  formatter: {
    purpose: "Formats, sorts imports, renames, fixes what the linter says. No change of behaviour.",
    needs: { reasoning: "mechanical", files: "one", speed: "fast", errorCost: "low" },
    tools: [...READ_AND_RUN, "Edit"],
    agents: ["linter"],
    why: "Mechanical work whose result a tool checks; thinking would only add cost.",
    evidence:
      "On simple edits all tiers do equally well, and extended thinking makes simple tasks up to 36 % worse.",
  },
  "commit-and-docs": {
    purpose: "Writes commit messages, changelogs, comments and short documentation from a finished change.",
    needs: { reasoning: "mechanical", files: "few", speed: "fast", errorCost: "low" },
    tools: [...READ_AND_RUN, "Edit", "Write"],
    agents: ["commit-writer", "docs-writer"],
    why: "Retelling a change is simple generation, and it is wanted at once.",
    evidence: "Claude Code itself leaves such background text to its small model.",
  },
  "security-reviewer": {
    purpose:
      "Looks for vulnerabilities in a change or a part of the code: injection, access, secrets, unsafe input. Changes nothing.",
    needs: { reasoning: "deep", files: "many", errorCost: "high" },
    tools: READ_AND_RUN,
    agents: ["security-auditor"],
    why: "A vulnerability that was missed costs more than every review together.",
    evidence: "Of the findings rated important, Opus caught 50 % and Sonnet 41.5 %.",
  },
  debugger: {
    purpose: "Reproduces a fault, finds its cause and fixes it; says when it is going in circles.",
    needs: { reasoning: "generative", files: "few", toolUse: "long" },
    tools: EDIT,
    why: "Most faults are shallow; the ones that are not show it by failing twice, and move up.",
    evidence:
      "Practice reports: about 95 % of faults close on Sonnet in one or two rounds; races and architecture go to Opus.",
    escalation: { afterFailures: 2, upTo: "opus", handToPerson: true },
  },
  architect: {
    purpose:
      "Designs structure across modules: interfaces, data, order of change. Writes decisions, not code.",
    needs: { reasoning: "deep", files: "many", contextTokens: 200_000, errorCost: "high" },
    tools: READ_ONLY,
    why: "A design that is wrong is paid for in every later step.",
    evidence:
      "Terminal-Bench 2.0: Opus 4.6 65.4, Sonnet 4.5 51.0; the longer the chain of decisions, the wider the gap.",
  },
} as const satisfies Record<string, WrittenRole>;
