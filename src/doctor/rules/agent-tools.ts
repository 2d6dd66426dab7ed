import type { AgentFile } from "../../agents/discover.ts";
import type { Symptom } from "../../domain/symptom.ts";
import { roleOf } from "../../domain/policy.ts";
import { nearest } from "../../domain/nearest.ts";
import { loads } from "../../client/setup.ts";
import { type Examined, inAgent, type Rule } from "../examined.ts";

/** Tools of Claude Code 2.1.329, by the names that agents may list. */
const TOOLS = (
  "Agent Artifact AskUserQuestion Bash BashOutput ClaudeDesign CronCreate CronDelete CronList Edit EnterPlanMode " +
  "EnterWorktree ExitPlanMode ExitWorktree Glob Grep KillShell ListAgents ListMcpResources ListMcpResourcesTool LSP Mcp Monitor " +
  "NotebookEdit PowerShell PushNotification Read ReadMcpResource ReadMcpResourceTool ReportFindings RemoteTrigger ScheduleWakeup " +
  "SendMessage Skill SlashCommand StructuredOutput Task TaskCreate TaskGet TaskList TaskOutput TaskStop TaskUpdate TodoWrite " +
  "ToolSearch WebFetch WebSearch Workflow Write"
).split(" ");

/** Tools of former versions, and what does their work today. */
const FORMER: Readonly<Record<string, string>> = {
  LS: "Glob or Bash",
  MultiEdit: "Edit",
  NotebookRead: "Read",
  TodoRead: "TodoWrite",
  KillBash: "KillShell",
};

const CHANGING = ["Edit", "Write", "NotebookEdit"];

export const agentTools: Rule = (examined) =>
  examined.setup.agents
    .filter(loads)
    .flatMap((agent) => [...unknownTools(agent), ...contradiction(agent, examined)]);

function unknownTools(agent: AgentFile): Symptom[] {
  return (agent.tools ?? []).map(nameOf).flatMap((tool) => {
    if (TOOLS.includes(tool) || /^mcp__|^\*$|^$/.test(tool)) return [];
    const former = FORMER[tool];
    const meant = former ?? nearest(tool, TOOLS);
    return [
      inAgent("unknown-tool", "warning", agent, "tools", {
        message: former
          ? `${tool} is gone from Claude Code; the agent does not get it.`
          : `Claude Code has no tool ${tool}; the agent does not get it.`,
        fix: meant ? `Write ${meant}.` : "Remove it.",
      }),
    ];
  });
}

/** `Bash(git log:*)` is Bash. */
function nameOf(tool: string): string {
  return tool.replace(/\(.*$/s, "").trim();
}

function contradiction(agent: AgentFile, { policy }: Examined): Symptom[] {
  const role = policy && agent.name ? roleOf(policy, agent.name) : undefined;
  if (!role?.tools || agent.level === "plugin") return [];
  const own = agent.tools?.map(nameOf);
  const extra = CHANGING.filter((tool) => (own?.includes(tool) ?? true) && !role.tools?.includes(tool));
  const roleChanges = CHANGING.some((tool) => role.tools?.includes(tool));
  if (!roleChanges && extra.length > 0)
    return [
      inAgent("tools-contradict-role", "warning", agent, own ? "tools" : "name", {
        message: own
          ? `${agent.name} is a ${role.role}, who changes nothing, and has ${extra.join(", ")}.`
          : `${agent.name} is a ${role.role}, who changes nothing, and lists no tools, so it has all.`,
        fix: `Write tools: ${role.tools.join(", ")}.`,
      }),
    ];
  if (!roleChanges || !own || CHANGING.some((tool) => own.includes(tool))) return [];
  return [
    inAgent("tools-contradict-role", "warning", agent, "tools", {
      message: `${agent.name} is a ${role.role}, who changes files, and has no tool to do it.`,
      fix: `Write tools: ${role.tools.join(", ")}.`,
    }),
  ];
}
