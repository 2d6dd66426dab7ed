import { basename } from "node:path";
import { type AgentFile, DEAD_LINK, type SkippedFile } from "../../agents/discover.ts";
import { whyNotLoaded } from "../../agents/loading.ts";
import type { Symptom } from "../../domain/symptom.ts";
import { inAgent, type DoctorRule } from "../examined.ts";

/** Finds files in agent folders that Claude Code ignores without a visible message, and those that rolecall did not read. */
export const unloadedAgents: DoctorRule = ({ setup, around }) => [
  ...joined(setup.agents.flatMap((agent) => explain(agent, around.version))),
  ...setup.skipped.map(skipped),
];

function skipped({ path, why }: SkippedFile): Symptom {
  if (why === DEAD_LINK)
    return {
      code: "agent-not-loaded",
      severity: "warning",
      path,
      line: null,
      message: `Claude Code does not load it: ${why}.`,
      fix: "Correct the link or remove it.",
    };
  return {
    code: "agent-not-read",
    severity: "note",
    path,
    line: null,
    message: `Not checked: ${why}. Claude Code may load it.`,
    fix: null,
  };
}

/** As many files with the same problem are one finding. */
const MANY = 4;

/** Joins the findings that many files share into one. */
function joined(symptoms: readonly Symptom[]): Symptom[] {
  const alike = Map.groupBy(symptoms, ({ code, severity, message, fix }) =>
    [code, severity, message, fix].join(),
  );
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (!first || group.length < MANY) return group;
    return [
      {
        ...first,
        files: group.flatMap(({ path, line }) => (path === null ? [] : [{ path, line: line ?? 1 }])),
      },
    ];
  });
}

/** Names of documents that are often kept in agent folders. */
const DOCUMENTS = /^(?:readme|changelog|license|contributing|agents|claude|index|overview|notes|todo)\b|^_/i;

function explain(agent: AgentFile, version: string): Symptom[] {
  const { reading, why } = agent.frontMatter;
  if (agent.level === "plugin")
    return reading === "none" || reading === "broken" ? [lostFrontMatter(agent)] : [];
  const reason = whyNotLoaded(agent, version);
  if (reason === undefined || (reading === "none" && DOCUMENTS.test(basename(agent.path)))) return [];
  const message = `Claude Code does not load it: ${reason}.`;
  if (reading === "none" || reading === "broken")
    return [
      withoutFrontMatter(agent, message, reading === "none" && !/not closed|first line/.test(why ?? "")),
    ];
  // Documents can have front matter too.
  if (agent.name === undefined && agent.description === undefined)
    return [
      inAgent("agent-not-loaded", "note", agent, undefined, {
        message: "Claude Code does not load it: it has neither a name nor a description.",
        fix: "Add both to its front matter if it is to be an agent.",
      }),
    ];
  if (agent.name !== undefined && agent.description === undefined)
    return [
      inAgent("missing-description", "error", agent, "name", {
        message: `Claude Code does not load ${agent.name}: it has no description.`,
        fix: "Add a description to its front matter that says when to use it.",
      }),
    ];
  const fix =
    agent.name === undefined
      ? "Add a name to its front matter; the name of the file does not count."
      : "Choose a name of lower-case letters and hyphens that begins with a letter.";
  return [inAgent("agent-not-loaded", "error", agent, "name", { message, fix })];
}

function withoutFrontMatter(agent: AgentFile, message: string, isDocument: boolean): Symptom {
  if (isDocument)
    return inAgent("agent-not-loaded", "warning", agent, undefined, {
      message,
      fix: "Give it front matter with a name and a description, or move it out of the agents folder.",
    });
  const { line } = agent.frontMatter;
  return inAgent("agent-not-loaded", "error", agent, undefined, {
    message,
    fix: "Correct the front matter between the two lines of three hyphens.",
    ...(line !== undefined && { line }),
  });
}

/** Finds agents of plugins with broken front matter: Claude Code names them after their file. */
function lostFrontMatter(agent: AgentFile): Symptom {
  const { why = "it has no front matter", line } = agent.frontMatter;
  return inAgent("plugin-agent-unreadable", "warning", agent, undefined, {
    message: `It loads under the name of its file and without its description, model and tools: ${why}.`,
    fix: "Report it to the author of the plugin.",
    ...(line !== undefined && { line }),
  });
}
