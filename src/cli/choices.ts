import type { AdoptPlan } from "../operations/adopt.ts";
import type { Choices } from "../agents/adopt.ts";
import { numberedAdoptions } from "../render/adoption.ts";

/** Options `--adopt` and `--leave`: names of agents, separated by commas. */
export function choicesFrom(adopt: readonly string[] = [], leave: readonly string[] = []): Choices {
  return { adopt: namesIn(adopt), leave: namesIn(leave) };
}

/** Splits names at commas, in one argument or in several. */
export function namesIn(words: readonly string[]): string[] {
  return words
    .flatMap((word) => word.split(","))
    .map((name) => name.trim())
    .filter(Boolean);
}

/** Returns the choices after switching numbers of the list (`2 4-6`) or all of it (`all`, `none`); undefined for any other answer. */
export function switchChoices(answer: string, choices: Choices, plan: AdoptPlan): Choices | undefined {
  const listed = numberedAdoptions(plan);
  const [all, none] = [/^all$/i.test(answer), /^none$/i.test(answer)];
  const picked = all || none ? [...listed.keys()] : numbersIn(answer, listed.length);
  if (!picked || listed.length === 0) return undefined;
  const switched = picked.flatMap((index) => listed[index] ?? []);
  const named = (adopt: boolean) =>
    switched.filter(({ step }) => (all || none ? all : step === "leave") === adopt).map(({ name }) => name);
  const others = (names: readonly string[]) =>
    names.filter((known) => !switched.some(({ name }) => name === known));
  return {
    adopt: [...others(choices.adopt), ...named(true)],
    leave: [...others(choices.leave), ...named(false)],
  };
}

/** Parses `2 4-6` into positions from 0; undefined for anything else. */
function numbersIn(answer: string, most: number): number[] | undefined {
  const picked = answer.split(/[\s,]+/).flatMap((word) => {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(word) ?? [];
    const [first, last] = [Number(from), Number(to)];
    if (from === undefined || first < 1 || last > most || last < first) return [Number.NaN];
    return Array.from({ length: last - first + 1 }, (_, index) => first + index - 1);
  });
  return picked.some(Number.isNaN) ? undefined : picked;
}
