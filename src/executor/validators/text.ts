import { messageOf } from "../../errors.ts";
import { bad, GOOD, type Validator, type Verdict } from "../validate.ts";
import { codeOf } from "./fenced.ts";

/** The answer, or its first JSON block, is JSON. */
export function json(): Validator {
  return { name: "json", check: ({ text }) => parseJson(text).verdict };
}

/** The JSON of an answer, or why it is none. */
export function parseJson(text: string): { value?: unknown; verdict: Verdict } {
  try {
    return { value: JSON.parse(codeOf(text, ["json"])) as unknown, verdict: GOOD };
  } catch (thrown) {
    return { verdict: bad(`not JSON: ${messageOf(thrown)}`) };
  }
}

/** The pattern is found in the answer. */
export function pattern(wanted: RegExp): Validator {
  return {
    name: "pattern",
    check: ({ text }) => (text.search(wanted) >= 0 ? GOOD : bad(`nothing in it matches ${String(wanted)}`)),
  };
}

const STATED = /^\W*confidence\W*[:=]\W*(\d+(?:\.\d+)?)\s*(%?)\W*$/im;

/** The model says how sure it is, and that is sure enough. The line that says so is taken out of the answer. */
export function confidence({ atLeast }: { atLeast: number }): Validator {
  return {
    name: "confidence",
    instruction:
      "End your answer with a line of its own that says how sure you are that it is right and complete, " +
      "as a number from 0 to 1: `Confidence: 0.85`.",
    check({ text }) {
      const [, figure, percent] = STATED.exec(text) ?? [];
      if (figure === undefined) return bad("it does not say how sure it is");
      const share = percent || Number(figure) > 1 ? Number(figure) / 100 : Number(figure);
      return share >= atLeast ? GOOD : bad(`only ${share} sure, and ${atLeast} is asked for`);
    },
    finish: (text) => text.replace(STATED, "").trimEnd(),
  };
}
