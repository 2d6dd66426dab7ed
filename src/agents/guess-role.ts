import { type Policy, roleOf } from "../domain/policy.ts";
import type { AgentFile } from "./discover.ts";
import { JOBS, OTHER_FIELD, OPENINGS, DOUBTS } from "./role-signs.ts";
import { canEdit } from "./tools.ts";

/** A role that an agent seems to do, and what says so. */
export interface Guess {
  role: string;
  /** `its name ends in "reviewer"`. */
  why: string;
}

/** Roles that change files: an agent that cannot is not taken for one by its description. */
const EDITING = new Set(["implementer", "test-writer", "formatter", "debugger", "commit-and-docs"]);

/**
 * The role that an agent does; undefined if nothing says it clearly. A name that the policy knows decides, then what the name says, and
 * the description only where it opens with nothing but the work of one role: it may as well speak of other agents and of what the agent
 * is not for.
 */
export function guessRole(agent: AgentFile, policy: Policy): Guess | undefined {
  const { name = "", description = "" } = agent;
  const known = roleOf(policy, name);
  if (known) return { role: known.role, why: "the policy names it" };
  const guess = saysAJob(name) ? guessByName(name) : guessByDescription(description, canEdit(agent));
  return guess && policy.roles.has(guess.role) ? guess : guessOwnRole(name, policy);
}

/** Whether a name speaks of a job, be it one that no role does: then the description cannot make it another. */
function saysAJob(name: string): boolean {
  const text = wordsOf(name).join(" ");
  return OTHER_FIELD.test(text) || JOBS.some(({ ends }) => ends.test(text));
}

/** Reads a name from its last words: they say what an agent is, those before them what it is about. */
function guessByName(name: string): Guess | undefined {
  const text = wordsOf(name).join(" ");
  if (OTHER_FIELD.test(text)) return undefined;
  for (const { role, ends, unless } of JOBS) {
    const [found] = ends.exec(text) ?? [];
    if (found === undefined || unless?.test(text)) continue;
    return { role, why: `its name ${found.length === text.length ? "is" : "ends in"} "${found.trim()}"` };
  }
  return undefined;
}

function guessByDescription(description: string, edits: boolean): Guess | undefined {
  const [sentence = ""] = /^[^.!?\n]*/.exec(description.trim()) ?? [];
  const [only, ...others] = OPENINGS.filter(({ mentions }) => mentions.test(sentence));
  const [words] = only?.opens.exec(sentence) ?? [];
  if (!only || words === undefined || others.length > 0 || DOUBTS.test(sentence)) return undefined;
  if (!edits && EDITING.has(only.role)) return undefined;
  return { role: only.role, why: `its description begins with "${words}"` };
}

/** A role of the user's own is known by nothing but its name. */
function guessOwnRole(name: string, policy: Policy): Guess | undefined {
  const words = ` ${wordsOf(name).join(" ")} `;
  const own = [...policy.roles.keys()].find(
    (role) => !JOBS.some((job) => job.role === role) && words.includes(` ${wordsOf(role).join(" ")} `),
  );
  return own === undefined ? undefined : { role: own, why: `its name says "${own}"` };
}

/** `APIReviewer`, `api_reviewer` and `api-reviewer-2` are the same words. */
function wordsOf(name: string): string[] {
  return name
    .replace(/[-_. ]*v?\d+$/i, "")
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}+#]+/u)
    .filter(Boolean);
}
