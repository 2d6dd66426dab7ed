import { join, relative } from "node:path";
import type { Symptom } from "../../domain/symptom.ts";
import type { Examined, Rule } from "../examined.ts";

/** A policy that cannot be read, that the files do not follow, or whose settings do not reach the session. */
export const drift: Rule = (examined) => [
  ...unreadable(examined),
  ...(examined.drift ?? []).map(({ path, what }): Symptom => ({
    code: "out-of-sync",
    severity: "warning",
    path,
    line: null,
    message: `${what}.`,
    fix: "rolecall plan shows what would change, rolecall apply changes it.",
  })),
  ...outOfReach(examined),
];

function unreadable({ policyProblems }: Examined): Symptom[] {
  return policyProblems.map(({ path = null, line = null, key, message, found, expected, suggestion }) => {
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
  });
}

/** Claude Code reads agents from the folders above the one that it starts in, but settings from that one only. */
function outOfReach({ cwd, setup, drift: applied }: Examined): Symptom[] {
  if (applied === undefined || cwd === setup.root) return [];
  const here = relative(setup.root, cwd);
  return [
    {
      code: "settings-out-of-reach",
      severity: "warning",
      path: join(setup.root, ".claude/settings.json"),
      line: null,
      message: `A session that starts in ${here} does not read these settings, so the policy's model and defaults do not hold there; its agents do.`,
      fix: `Start Claude Code in ${setup.root}.`,
    },
  ];
}
