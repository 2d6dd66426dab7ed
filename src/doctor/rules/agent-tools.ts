import type { AgentFile } from "../../agents/discover.ts";
import { EDITING_TOOLS, isKnownTool, listsNoTool, TOOL_NAMES, toolName } from "../../agents/tools.ts";
import type { Symptom } from "../../domain/symptom.ts";
import { roleOf } from "../../domain/policy.ts";
import { nearest } from "../../domain/nearest.ts";
import { type Examined, inAgent, lineOf, type DoctorRule } from "../examined.ts";

/** Tools of former versions and their replacements. */
const FORMER: Readonly<Record<string, string>> = {
  LS: "Glob or Bash",
  MultiEdit: "Edit",
  NotebookRead: "Read",
  TodoRead: "TodoWrite",
};

/** Words between tools that people write and Claude Code ignores. */
const FILLER = /^(?:and|or|&|\W+)$/i;

export const agentTools: DoctorRule = (examined) => {
  const agents = examined.setup.loading;
  const without = agents.filter(listsNoTool);
  return [
    ...without.map(noTool),
    ...agents.flatMap(emptyList),
    ...unknownTools(agents.filter((agent) => !without.includes(agent))),
    ...agents.flatMap((agent) => contradiction(agent, examined)),
  ];
};

/** Finds agents whose tools all do not exist: Claude Code refuses every call of them. */
function noTool(agent: AgentFile): Symptom {
  const entries = agent.tools ?? [];
  const inCase = entries.map((entry) =>
    TOOL_NAMES.find((tool) => tool.toLowerCase() === entry.toLowerCase()),
  );
  const meant = inCase.every((tool) => tool !== undefined) ? inCase.join(", ") : undefined;
  return inAgent("no-tools", "error", agent, "tools", {
    message: `${agent.name} cannot start: none of its tools exists (${entries.join(", ")}).`,
    fix: meant
      ? `Write tools: ${meant}.`
      : "List tools of Claude Code, or remove the key to give the agent all of them.",
    ...(meant && { repair: { kind: "front-matter", changes: { tools: meant } } }),
  });
}

/** Finds an empty `tools` key, which gives an agent no tool at all. `[]` is deliberate. */
function emptyList(agent: AgentFile): Symptom[] {
  const written = agent.frontMatter.keys["tools"];
  if (agent.tools?.length !== 0 || (Array.isArray(written) && written.length === 0)) return [];
  return [
    inAgent("no-tools", "warning", agent, "tools", {
      message: `${agent.name} starts without any tool: its tools key is empty.`,
      fix: "Remove the key to give the agent all tools, or write [] if it needs none.",
    }),
  ];
}

/** Reports each unknown tool once, with all agents that list it. */
function unknownTools(agents: readonly AgentFile[]): Symptom[] {
  const listed = agents.flatMap((agent) => {
    const names = new Set((agent.tools ?? []).map(toolName));
    return [...names]
      .filter((tool) => !isKnownTool(tool) && !FILLER.test(tool))
      .map((tool) => ({ tool, agent }));
  });
  return [...Map.groupBy(listed, ({ tool }) => tool)].flatMap(([tool, places]) => {
    const [first] = places;
    if (!first) return [];
    const meant = FORMER[tool] ?? nearest(tool, TOOL_NAMES);
    const who = places.length === 1 ? `${first.agent.name} does` : `${places.length} agents do`;
    const symptom = inAgent("unknown-tool", "warning", first.agent, "tools", {
      message: `Claude Code has no tool ${tool}${FORMER[tool] ? " any more" : ""}; ${who} not get it.`,
      fix: meant ? `Write ${meant}.` : "Remove it.",
    });
    const files = places.map(({ agent }) => ({ path: agent.path, line: lineOf(agent, "tools") }));
    return [files.length > 1 ? { ...symptom, files } : symptom];
  });
}

function contradiction(agent: AgentFile, { policy }: Examined): Symptom[] {
  const role = policy && agent.name ? roleOf(policy, agent.name) : undefined;
  if (!role?.tools || agent.level === "plugin" || listsNoTool(agent)) return [];
  const own = agent.tools?.map(toolName);
  const extra = EDITING_TOOLS.filter((tool) => (own?.includes(tool) ?? true) && !role.tools?.includes(tool));
  const roleEdits = EDITING_TOOLS.some((tool) => role.tools?.includes(tool));
  const fix = `Write tools: ${role.tools.join(", ")}.`;
  if (!roleEdits && extra.length > 0) {
    const has = own ? `has ${extra.join(", ")}` : "lists no tools, so it has all of them";
    const message = `${agent.name} serves the role ${role.role}, which changes nothing, and ${has}.`;
    return [inAgent("tools-contradict-role", "warning", agent, own ? "tools" : "name", { message, fix })];
  }
  if (!roleEdits || !own || EDITING_TOOLS.some((tool) => own.includes(tool))) return [];
  const message = `${agent.name} serves the role ${role.role}, which changes files, and has no tool to do it.`;
  return [inAgent("tools-contradict-role", "warning", agent, "tools", { message, fix })];
}
