import type { Symptom } from "../../domain/symptom.ts";
import type { Rule } from "../examined.ts";

/** A policy that cannot be read, or that the files do not follow. */
export const outOfStep: Rule = ({ policyProblems, drift = [] }) => [
  ...policyProblems.map(
    ({ path = null, line = null, key, message, found, expected, suggestion }): Symptom => {
      const details = [
        `${key ? `${key}: ` : ""}${message}`,
        found && `found ${found}`,
        expected && `expected ${expected}`,
      ];
      return {
        code: "policy-invalid",
        severity: "error",
        path,
        line,
        message: `${details.filter(Boolean).join(", ")}.`,
        fix: suggestion ? `Write ${suggestion}.` : null,
      };
    },
  ),
  ...drift.map(({ path, what }): Symptom => ({
    code: "out-of-step",
    severity: "warning",
    path,
    line: null,
    message: `${what}.`,
    fix: "rolecall plan shows what would change, rolecall apply changes it.",
  })),
];
