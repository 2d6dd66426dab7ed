import { type Policy, roleOf } from "../domain/policy.ts";
import type { AgentFile } from "./discover.ts";
import { JOBS, OTHER_FIELD, OPENINGS, DOUBTS } from "./role-signs.ts";
import { canEdit } from "./tools.ts";

/** The role of an agent and the reason for the guess. */
export interface Guess {
  role: string;
  /** `its name ends in "reviewer"`. */
  why: string;
}

/** Roles that change files: an agent without such a tool cannot get one of them by its description. */
const EDITING = new Set(["implementer", "test-writer", "formatter", "debugger", "commit-and-docs"]);

/**
 * Returns the role of an agent; undefined if none is clear. A name that the policy knows decides first, then the words of the name. The
 * description decides only if it opens with the work of a single role, because it may also mention other agents and excluded work.
 */
export function guessRole(agent: AgentFile, policy: Policy): Guess | undefined {
  const { name = "", description = "" } = agent;
  const known = roleOf(policy, name);
  if (known) return { role: known.role, why: "the policy names it" };
  const guess = namesJob(name) ? guessByName(name) : guessByDescription(description, canEdit(agent));
  return guess && policy.roles.has(guess.role) ? guess : guessOwnRole(name, policy);
}

/** Returns whether a name contains a job, even one without a role: then the description is not used. */
function namesJob(name: string): boolean {
  const text = wordsOf(name).join(" ");
  return OTHER_FIELD.test(text) || JOBS.some(({ ends }) => ends.test(text));
}

/** Reads a name from its end: the last words are the job, those before them the subject. */
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

/** Matches roles that the user defined by their names only. */
function guessOwnRole(name: string, policy: Policy): Guess | undefined {
  const words = ` ${wordsOf(name).join(" ")} `;
  const own = [...policy.roles.keys()].find(
    (role) => !JOBS.some((job) => job.role === role) && words.includes(` ${wordsOf(role).join(" ")} `),
  );
  return own === undefined ? undefined : { role: own, why: `its name contains "${own}"` };
}

/** Splits a name into words: `APIReviewer`, `api_reviewer` and `api-reviewer-2` give the same. */
function wordsOf(name: string): string[] {
  return name
    .replace(/[-_. ]*v?\d+$/i, "")
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}+#]+/u)
    .filter(Boolean);
}
