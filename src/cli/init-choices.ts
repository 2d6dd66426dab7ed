import { type Preset, PRESETS } from "../domain/policy.ts";
import { nearest } from "../domain/nearest.ts";
import { UsageError } from "../errors.ts";
import {
  BUILT_IN_ROLE_NAMES,
  defaultRoles,
  type InitAnswers,
  type InitFindings,
} from "../operations/init.ts";
import type { AdoptPlan } from "../operations/adopt.ts";
import { choicesFrom, namesIn, switchChoices } from "./choices.ts";

/** Options of init that replace an answer. */
export interface InitArgs {
  preset?: Preset | undefined;
  verify?: string | undefined;
  minimal?: boolean | undefined;
  roles?: string[] | undefined;
  adopt?: string[] | undefined;
  leave?: string[] | undefined;
}

/** Returns the first proposal of init: its options, otherwise the defaults for what it found. Throws UsageError for an unknown role. */
export function firstAnswers(findings: InitFindings, args: InitArgs): InitAnswers {
  return {
    preset: args.preset ?? findings.preset,
    verify: args.verify ?? findings.verify ?? "",
    roles: args.minimal ? [] : args.roles ? knownRoles(namesIn(args.roles)) : defaultRoles(findings),
    choices: choicesFrom(args.adopt, args.leave),
  };
}

/** Explains the answers to the question. */
export const INIT_HELP =
  "numbers to switch agents (2 4-6, all, none), preset NAME, verify COMMAND, roles NAME,… (or none)";

/** Returns the choices after another answer; undefined if the answer is invalid. */
export function changeAnswers(typed: string, answers: InitAnswers, plan: AdoptPlan): InitAnswers | undefined {
  const [, word = "", rest = ""] = /^(\w+)(?:\s+(.*))?$/s.exec(typed) ?? [];
  if (word === "preset") {
    const meant = PRESETS.filter((preset) => preset.startsWith(rest.toLowerCase()));
    return meant.length === 1 && meant[0] && rest ? { ...answers, preset: meant[0] } : undefined;
  }
  if (word === "verify") return { ...answers, verify: rest };
  if (word === "roles") {
    const roles = rest === "none" ? [] : rest === "all" ? [...BUILT_IN_ROLE_NAMES] : namesIn([rest]);
    return roles.every((role) => BUILT_IN_ROLE_NAMES.includes(role)) ? { ...answers, roles } : undefined;
  }
  const choices = switchChoices(typed, answers.choices, plan);
  return choices && { ...answers, choices };
}

function knownRoles(names: readonly string[]): string[] {
  if (names.length === 1 && names[0] === "all") return [...BUILT_IN_ROLE_NAMES];
  const unknown = names.find((name) => !BUILT_IN_ROLE_NAMES.includes(name));
  if (unknown === undefined) return [...names];
  const meant = nearest(unknown, BUILT_IN_ROLE_NAMES);
  throw new UsageError(`--roles: unknown role "${unknown}"`, {
    hint: `Expected all, or some of ${BUILT_IN_ROLE_NAMES.join(", ")}.${meant ? ` Try ${meant}.` : ""}`,
  });
}
