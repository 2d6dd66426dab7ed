import type { InitFindings } from "../operations/init.ts";
import { plainLine } from "./text.ts";

/** What init found, in a few lines. */
export function renderFindings(findings: InitFindings): string {
  const {
    languages,
    testCommand,
    clientVersion,
    environmentBeatsAgents,
    adoptable,
    policyExists,
    policyPath,
  } = findings;
  const lines = [
    ["repository", languages.join(", ") || "no build files"],
    ["tests", testCommand ?? "no command found"],
    [
      "agents",
      adoptable.length === 0
        ? "none to bring under the policy"
        : `${adoptable.length} to bring under the policy`,
    ],
    ["Claude Code", clientVersion ?? "not on the PATH"],
    ...(policyExists ? [["policy", `${policyPath} is there and stays as it is`]] : []),
  ];
  const old = environmentBeatsAgents
    ? "This Claude Code lets its environment beat every agent's model; 2.1.251 and newer do not. The policy allows for it.\n"
    : "";
  return `${lines.map(([what = "", found = ""]) => `${what.padEnd(12)} ${plainLine(found)}\n`).join("")}${old}\n`;
}
