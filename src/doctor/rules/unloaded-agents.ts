import type { AgentFile } from "../../agents/discover.ts";
import type { Symptom } from "../../domain/symptom.ts";
import { loads } from "../../client/setup.ts";
import { inAgent, type Rule } from "../examined.ts";

/** Files in agent folders that Claude Code passes over, with a line in its debug log at best. */
export const unloadedAgents: Rule = ({ setup }) => [
  ...setup.agents.filter((agent) => !loads(agent)).flatMap(explain),
  ...setup.skipped.map(({ path, why }): Symptom => ({
    code: "agent-not-loaded",
    severity: "note",
    path,
    line: null,
    message: `not read: ${why}.`,
    fix: null,
  })),
];

function explain(agent: AgentFile): Symptom[] {
  const { reading, why } = agent.frontMatter;
  const looksLikeOne = agent.bytes.subarray(0, 8).toString("latin1").includes("---");
  if (reading === "none" && !looksLikeOne) return [];
  if (reading === "none" || reading === "broken")
    return [
      inAgent("agent-not-loaded", "error", agent, undefined, {
        message: `Claude Code does not load it: ${why ?? "its front matter cannot be read"}.`,
        fix: "Correct the front matter between the two lines of three hyphens.",
      }),
    ];
  if (agent.name === undefined)
    return [
      inAgent("agent-not-loaded", "error", agent, undefined, {
        message: "Claude Code does not load it: it has no name.",
        fix: "Add name: to its front matter; the file's own name does not count.",
      }),
    ];
  return [
    inAgent("missing-description", "error", agent, "name", {
      message: `Claude Code does not load ${agent.name}: it has no description.`,
      fix: "Add description: to its front matter, saying when to use it.",
    }),
  ];
}
