import { join, relative } from "node:path";
import type { Symptom } from "../../domain/symptom.ts";
import type { Examined, DoctorRule } from "../examined.ts";

/** Finds a policy that is invalid, that the files do not follow, or whose settings do not reach the session. */
export const drift: DoctorRule = (examined) => [
  ...unreadable(examined),
  ...(examined.drift ?? []).map(({ path, what }): Symptom => ({
    code: "out-of-sync",
    severity: "warning",
    path,
    line: null,
    message: `${what}.`,
    fix: "Run rolecall apply --dry-run to see the changes and rolecall apply to make them.",
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
      message: `A session that starts in ${here} does not read these settings, so only the policy's agents apply there, not its model and defaults.`,
      fix: `Start Claude Code in ${setup.root}.`,
    },
  ];
}
