import type { AnswerCheckKind } from "../domain/attempt.ts";
import type { Answer } from "./sender.ts";

/** The result of a check. */
export type CheckResult =
  | { ok: true; note?: string }
  /** `reason` goes to the model with the next attempt. */
  | { ok: false; reason: string; check?: AnswerCheckKind };

/** Decides whether an answer is good enough. A validator that throws ends the run: that is not the fault of the model. */
export interface Validator {
  /** A name for people: reasons begin with it. */
  name: string;
  /** Kept with a rejection in telemetry (default `custom`): names may hold text. */
  kind?: AnswerCheckKind;
  /** Describes for the model how its answer can pass. It is added to the system prompt. */
  instruction?: string;
  /** Checks an answer. The signal ends when the run does. An error that it throws ends the run as `validator`. */
  check(answer: Pick<Answer, "text" | "message">, signal: AbortSignal): CheckResult | Promise<CheckResult>;
  /** Takes out of the text what was only meant for the validator. */
  finish?(text: string): string;
}

/** The signal of a check that is called outside of a run. */
export const ENDLESS: AbortSignal = new AbortController().signal;

/** A validator, or a function: true or undefined is good; false, or a text that says why, is not. */
export type AnswerCheck =
  | Validator
  | ((text: string) => boolean | string | undefined | void | Promise<boolean | string | undefined | void>);

export const GOOD: CheckResult = { ok: true };

export function bad(reason: string): CheckResult {
  return { ok: false, reason };
}

/** Combines several checks into one: the first that turns an answer down has said enough. */
export function combine(checks: AnswerCheck | readonly AnswerCheck[] | undefined): Validator | undefined {
  if (checks === undefined) return undefined;
  const all = (Array.isArray(checks) ? (checks as readonly AnswerCheck[]) : [checks as AnswerCheck]).map(
    toValidator,
  );
  if (all.length === 0) return undefined;
  const instructions = all.flatMap(({ instruction }) => instruction ?? []);
  return {
    name: all.map(({ name }) => name).join(", "),
    ...(instructions.length > 0 && { instruction: instructions.join("\n") }),
    async check(answer, signal) {
      const notes: string[] = [];
      let { text } = answer;
      for (const validator of all) {
        const result = await validator.check({ ...answer, text }, signal);
        if (!result.ok) return turnedDown(validator, result.reason);
        if (result.note) notes.push(result.note);
        text = validator.finish?.(text) ?? text;
      }
      return notes.length > 0 ? { ok: true, note: notes.join("; ") } : GOOD;
    },
    finish: (text) => all.reduce((rest, validator) => validator.finish?.(rest) ?? rest, text),
  };
}

function turnedDown({ name, kind = "custom" }: Validator, reason: string): CheckResult {
  return { ok: false, reason: `${name}: ${reason}`, check: kind };
}

function toValidator(check: AnswerCheck): Validator {
  if (typeof check !== "function") return check;
  return {
    name: check.name || "check",
    kind: "function",
    async check({ text }) {
      const said = await check(text);
      if (said === false) return bad("turned down");
      return typeof said === "string" ? bad(said) : GOOD;
    },
  };
}
