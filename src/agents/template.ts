import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FAMILIES, tierRank, type Tier } from "../domain/model.ts";
import type { Assignment, Escalation, Policy } from "../domain/policy.ts";

/** The texts that agents and the workflow are made of. */
export interface Templates {
  /** Bodies by role. */
  roles: ReadonlyMap<string, string>;
  /** Body of a role without a template of its own. */
  anyRole: string;
  /** The skill that runs the five phases. */
  workflow: string;
}

export const WORKFLOW = "five-phases";

/** Loads the templates that ship with the package. */
export function loadTemplates(): Templates {
  const folder = fileURLToPath(new URL("../../templates", import.meta.url));
  const read = (...path: string[]) => readFileSync(join(folder, ...path), "utf8");
  const files = readdirSync(join(folder, "agents")).filter((file) => /^[a-z].*\.md$/.test(file));
  return {
    roles: new Map(files.map((file) => [file.replace(/\.md$/, ""), read("agents", file)])),
    anyRole: read("agents", "_any-role.md"),
    workflow: read("skills", WORKFLOW, "SKILL.md"),
  };
}

/** Renders the body of a role's agent. */
export function renderBody(assignment: Assignment, policy: Policy, templates: Templates): string {
  const text = templates.roles.get(assignment.role) ?? templates.anyRole;
  const { purpose } = assignment;
  return fill(text, { purpose, verify: verifyWith(policy), handBack: handBack(assignment) });
}

function verifyWith({ verify }: Policy): string {
  return verify
    ? `\`${verify}\``
    : "the project's own tests and checks (CLAUDE.md and the build files name them)";
}

/** Says when an agent has to stop and report: only its caller can raise its tier. */
function handBack({ escalation, tier }: Assignment): string {
  const times = timesOf(escalation.afterFailures);
  const stuck = `When the same check fails ${times}, or you undo your own change, stop: do not try another variation.`;
  const above = tier ? tiersAbove(tier, escalation.upTo) : [];
  if (above.length > 0)
    return `${stuck} Report what you tried, what happened and what you suspect, so that a stronger model can take over.`;
  return `${stuck} Report what you tried and what happened${escalation.handToPerson ? ", and say that a person should look at it" : ""}.`;
}

function timesOf(count: number): string {
  return count === 1 ? "once" : count === 2 ? "twice" : `${count} times`;
}

function tiersAbove(tier: Tier, upTo: Tier): Tier[] {
  return FAMILIES.filter((other) => tierRank(other) > tierRank(tier) && tierRank(other) <= tierRank(upTo));
}

/** The agents that do the work of the five phases: the first role that has one, otherwise a built-in agent. */
const PHASES = {
  explore: { roles: ["explorer"], builtIn: "Explore" },
  plan: { roles: ["planner"], builtIn: "Plan" },
  implement: { roles: ["implementer"], builtIn: "general-purpose" },
  review: { roles: ["reviewer"], builtIn: "general-purpose" },
  secure: { roles: ["security-reviewer", "reviewer"], builtIn: "general-purpose" },
  tests: { roles: ["test-writer", "implementer"], builtIn: "general-purpose" },
  debug: { roles: ["debugger", "implementer"], builtIn: "general-purpose" },
  cleanUp: { roles: ["formatter", "implementer"], builtIn: "general-purpose" },
  retell: { roles: ["commit-and-docs"], builtIn: "general-purpose" },
} as const;

/** Renders the workflow skill. Each phase names the agent of its role as it is on disk. */
export function renderWorkflow(
  policy: Policy,
  templates: Templates,
  agentOf: (role: string) => string | undefined,
): string {
  const phases = Object.entries(PHASES).map(([phase, { roles, builtIn }]): [string, string] => {
    const agent = roles.map((role) => agentOf(role)).find((name) => name !== undefined);
    return [phase, `the \`${agent ?? builtIn}\` agent`];
  });
  const { afterFailures, upTo, handToPerson } = policy.escalation;
  return fill(templates.workflow, {
    ...Object.fromEntries(phases),
    failures: timesOf(afterFailures),
    ladder: tiersAbove("haiku", upTo)
      .map((tier) => `\`model: ${tier}\``)
      .join(", then "),
    top: upTo,
    verify: verifyWith(policy),
    atTheTop: atTheTop({ handToPerson }),
  });
}

function atTheTop({ handToPerson }: Pick<Escalation, "handToPerson">): string {
  return handToPerson
    ? "stop and hand it to a person: what was tried, what happened, what you suspect"
    : "stop and report what was tried and what happened";
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_all, key: string) => values[key] ?? "");
}
