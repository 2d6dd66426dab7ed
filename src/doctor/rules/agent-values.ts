import type { AgentFile } from "../../agents/discover.ts";
import { EFFORTS, isEffort } from "../../domain/model.ts";
import type { Symptom } from "../../domain/symptom.ts";
import { nearest, typoOf } from "../../domain/nearest.ts";
import { inAgent, type DoctorRule } from "../examined.ts";

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  permissionMode: ["default", "manual", "acceptEdits", "auto", "dontAsk", "bypassPermissions", "plan"],
  memory: ["user", "project", "local"],
  isolation: ["worktree"],
};

/** Values that Claude Code ignores without a message. */
export const agentValues: DoctorRule = ({ setup }) =>
  setup.loading.flatMap((agent) => [
    ...effortOf(agent),
    ...modelOf(agent),
    ...turnsOf(agent),
    ...choicesOf(agent),
  ]);

function effortOf(agent: AgentFile): Symptom[] {
  const { effort } = agent;
  if (effort === undefined || isEffort(effort.toLowerCase())) return [];
  if (/^-?\d+$/.test(effort)) {
    const details = {
      message: `effort: ${effort} is a number, so Claude Code sends no effort.`,
      fix: `Write ${EFFORTS.join(", ")}.`,
    };
    return [inAgent("agent-value-ignored", "warning", agent, "effort", details)];
  }
  const typo = typoOf(effort, EFFORTS);
  return [
    inAgent("agent-value-ignored", "error", agent, "effort", {
      message: `effort: "${effort}" is not an effort. Claude Code ignores it.`,
      fix: `Write ${typo ?? nearest(effort, EFFORTS) ?? EFFORTS.join(", ")}.`,
      ...(typo && { repair: { kind: "front-matter", changes: { effort: typo } } }),
    }),
  ];
}

function modelOf(agent: AgentFile): Symptom[] {
  const { model } = agent.frontMatter.keys;
  if (agent.model !== undefined || !("model" in agent.frontMatter.keys)) return [];
  const what = model === null || model === "" ? "is empty" : "is not a text";
  return [
    inAgent("agent-value-ignored", "warning", agent, "model", {
      message: `model ${what}: the agent has no model of its own and takes the default or the session's.`,
      fix: "Write a model, or inherit, or remove the key.",
    }),
  ];
}

function turnsOf(agent: AgentFile): Symptom[] {
  const turns = agent.frontMatter.keys["maxTurns"];
  const shown = typeof turns === "string" ? turns : (JSON.stringify(turns) ?? "");
  if (turns === undefined || /^[1-9]\d*$/.test(shown)) return [];
  return [
    inAgent("agent-value-ignored", "warning", agent, "maxTurns", {
      message: `maxTurns: "${shown}" is not a number of turns. Claude Code ignores it.`,
      fix: "Write a whole number, or remove the key.",
    }),
  ];
}

function choicesOf(agent: AgentFile): Symptom[] {
  return Object.entries(CHOICES).flatMap(([key, words]) => {
    const value = agent.frontMatter.keys[key];
    if (value === undefined || (typeof value === "string" && words.includes(value))) return [];
    const shown = typeof value === "string" ? value : JSON.stringify(value);
    const meant = nearest(shown, words);
    return [
      inAgent("agent-value-ignored", "warning", agent, key, {
        message: `${key}: "${shown}" is not a valid value. Claude Code ignores it.`,
        fix: `Write ${meant ?? words.join(", ")}.`,
      }),
    ];
  });
}
