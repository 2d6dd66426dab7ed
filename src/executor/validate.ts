import type { Answer } from "./sender.ts";

/** What a validator says of an answer. */
export type Verdict = { ok: true; note?: string } | { ok: false; reason: string };

/** Decides whether an answer is good enough. A validator that throws ends the run: that is no fault of the model. */
export interface Validator {
  name: string;
  /** What the model has to be told so that its answer can pass; added to the system prompt. */
  instruction?: string;
  check(answer: Pick<Answer, "text" | "message">, signal: AbortSignal): Verdict | Promise<Verdict>;
  /** Takes out of the text what was only meant for the validator. */
  finish?(text: string): string;
}

/** A validator, or a function: true or undefined is good; false, or a text that says why, is not. */
export type Check =
  | Validator
  | ((text: string) => boolean | string | undefined | void | Promise<boolean | string | undefined | void>);

export const GOOD: Verdict = { ok: true };

export function bad(reason: string): Verdict {
  return { ok: false, reason };
}

/** One validator out of several: the first that turns an answer down has said enough. */
export function combine(checks: Check | readonly Check[] | undefined): Validator | undefined {
  if (checks === undefined) return undefined;
  const all = (Array.isArray(checks) ? (checks as readonly Check[]) : [checks as Check]).map(toValidator);
  if (all.length === 0) return undefined;
  const instructions = all.flatMap(({ instruction }) => instruction ?? []);
  return {
    name: all.map(({ name }) => name).join(", "),
    ...(instructions.length > 0 && { instruction: instructions.join("\n") }),
    async check(answer, signal) {
      const notes: string[] = [];
      let { text } = answer;
      for (const validator of all) {
        const verdict = await validator.check({ ...answer, text }, signal);
        if (!verdict.ok) return bad(`${validator.name}: ${verdict.reason}`);
        if (verdict.note) notes.push(verdict.note);
        text = validator.finish?.(text) ?? text;
      }
      return notes.length > 0 ? { ok: true, note: notes.join("; ") } : GOOD;
    },
    finish: (text) => all.reduce((rest, validator) => validator.finish?.(rest) ?? rest, text),
  };
}

function toValidator(check: Check): Validator {
  if (typeof check !== "function") return check;
  return {
    name: check.name || "check",
    async check({ text }) {
      const said = await check(text);
      if (said === false) return bad("turned down");
      return typeof said === "string" ? bad(said) : GOOD;
    },
  };
}
