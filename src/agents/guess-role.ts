import { type Assignment, type Policy, roleOf } from "../domain/policy.ts";
import type { AgentFile } from "./discover.ts";

/** A role that an agent seems to do, and what says so. */
export interface Guess {
  role: string;
  /** `its name says "review"`. */
  why: string;
}

/** What people call the built-in roles' work. Of equal scores the earlier role wins: narrow jobs come before wide ones. */
const SIGNS: Readonly<Record<string, RegExp>> = {
  "security-reviewer":
    /\b(?:secur\w*|vuln\w*|secrets|pentest\w*|penetration|owasp|threat\w*|exploit\w*|hardening)\b/gi,
  "test-writer": /\b(?:tests?|testing|tester|tdd|qa|coverage|e2e|fixtures?|playwright|unit-test\w*)\b/gi,
  debugger:
    /\b(?:debug\w*|troubleshoot\w*|root[- ]cause\w*|incidents?|diagnos\w*|crash\w*|stack traces?|bugs?)\b/gi,
  "commit-and-docs":
    /\b(?:docs?|document\w*|readme|changelog\w*|commits?|commit messages?|release notes|technical writ\w*|tutorials?|docstrings?)\b/gi,
  formatter: /\b(?:format\w*|lint\w*|prettier|imports?|whitespace|style fix\w*|renam\w*|tidy\w*)\b/gi,
  reviewer: /\b(?:review\w*|critic\w*|critique\w*|audit\w*|inspect\w*|feedback on)\b/gi,
  explorer:
    /\b(?:explor\w*|search\w*|locat\w*|find\w*|lookup|navigat\w*|research\w*|codebase analy\w*|scout\w*)\b/gi,
  architect:
    /\b(?:architect\w*|(?:api|system|schema|database) design\w*|design decisions?|domain model\w*|adr|scalab\w*|microservices?)\b/gi,
  planner:
    /\b(?:plan|plans|planner|planning|orchestrat\w*|coordinat\w*|decompos\w*|break(?:s|ing)? down|roadmap\w*|delegat\w*)\b/gi,
  implementer:
    /\b(?:implement\w*|develop\w*|engineer\w*|cod(?:er|ing|es?)|build(?:s|er|ing)?|writ(?:e|es|ing) (?:\w+ ){0,2}code|programm\w*|frontend|backend|full-?stack|refactor\w*|migrat\w*|expert|pro)\b/gi,
};

/** How much a sign counts, by where it stands. */
const WEIGHTS = { name: 6, description: 2, body: 0.5 } as const;
const MOST_PER_PLACE = { name: 1, description: 3, body: 4 } as const;
/** Below this nothing is guessed. */
const LEAST_SCORE = 3;
/** Roles that change files: an agent that cannot is less likely to do their work. */
const EDITING = new Set(["implementer", "test-writer", "formatter", "debugger"]);
const EDIT_TOOLS = new Set(["Edit", "Write", "MultiEdit", "NotebookEdit"]);

/**
 * The role that an agent does, by its name, description, tools and body; undefined where nothing says it clearly enough.
 * A name that the policy knows is no guess at all.
 */
export function guessRole(agent: AgentFile, policy: Policy): Guess | undefined {
  const named = agent.name === undefined ? undefined : roleOf(policy, agent.name);
  if (named) return { role: named.role, why: "the policy knows its name" };
  const canEdit = agent.tools?.some((tool) => EDIT_TOOLS.has(tool)) ?? true;
  const scored = order(policy)
    .map((assignment) => ({ role: assignment.role, ...scoreOf(assignment, agent) }))
    .map((guess) => (canEdit || !EDITING.has(guess.role) ? guess : { ...guess, score: guess.score / 2 }));
  const best = scored.reduce((top, next) => (next.score > top.score ? next : top), {
    role: "",
    score: 0,
    why: "",
  });
  if (best.score < LEAST_SCORE) return undefined;
  return { role: best.role, why: canEdit ? best.why : `${best.why}; it cannot edit files` };
}

function order(policy: Policy): Assignment[] {
  const ranks = Object.keys(SIGNS);
  return [...policy.roles.values()].sort((a, b) => ranks.indexOf(a.role) - ranks.indexOf(b.role));
}

function scoreOf({ role }: Assignment, agent: AgentFile): { score: number; why: string } {
  const signs = SIGNS[role] ?? new RegExp(`\\b${role.replaceAll(/[^\w]+/g, "\\W?")}\\b`, "gi");
  const places = {
    name: agent.name?.replaceAll(/[-_:]+/g, " ") ?? "",
    description: agent.description?.replaceAll(/<example>[^]*/g, "") ?? "",
    body: agent.frontMatter.body.slice(0, 2000),
  };
  const found = (["name", "description", "body"] as const).map((place) => {
    const words = [...new Set([...places[place].matchAll(signs)].map(([word]) => word.toLowerCase()))];
    const score = Math.min(words.length, MOST_PER_PLACE[place]) * WEIGHTS[place];
    return { score, why: words[0] && `its ${place} says "${words[0]}"` };
  });
  return {
    score: found.reduce((sum, { score }) => sum + score, 0),
    why: found
      .flatMap(({ why }) => why ?? [])
      .slice(0, 2)
      .join(" and "),
  };
}
