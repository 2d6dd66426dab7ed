/** Tools of Claude Code 2.1.329, by the names that agents may list. Some exist in interactive sessions or with plugins only. */
const TOOLS = (
  "Agent Artifact AskUserQuestion Bash BashOutput ClaudeDesign CronCreate CronDelete CronList Edit EnterPlanMode " +
  "EnterWorktree ExitPlanMode ExitWorktree Glob Grep ListAgents ListMcpResources ListMcpResourcesTool LSP Mcp Monitor " +
  "NotebookEdit PowerShell PushNotification Read ReadMcpResource ReadMcpResourceTool ReportFindings RemoteTrigger ScheduleWakeup " +
  "SendMessage Skill SlashCommand StructuredOutput TaskCreate TaskGet TaskList TaskOutput TaskStop TaskUpdate TeamCreate TeamDelete TodoWrite " +
  "ToolSearch WebFetch WebSearch Workflow Write"
).split(" ");

/** Former names that Claude Code 2.1.329 still takes for a tool of today. */
const RENAMED = ["KillBash", "KillShell", "Task"];

/** The names that an agent may list. */
export const TOOL_NAMES: readonly string[] = [...TOOLS, ...RENAMED];

/** Tools that change files. */
export const EDITING_TOOLS = ["Edit", "Write", "NotebookEdit"] as const;

/**
 * The entries of an agent's `tools`, split as Claude Code 2.1.329 does it: at commas and spaces, except inside parentheses, and the
 * items of a list as well. Undefined leaves the agent all tools; anything that is neither text nor a list leaves it none.
 */
export function splitTools(tools: unknown): string[] | undefined {
  if (tools === undefined) return undefined;
  const texts = Array.isArray(tools) ? tools : [tools];
  const entries = texts.filter((text) => typeof text === "string").flatMap(splitText);
  return entries.includes("*") ? undefined : entries;
}

function splitText(text: string): string[] {
  const entries = [""];
  let depth = 0;
  for (const char of text) {
    if (char === "(") depth++;
    else if (char === ")") depth = Math.max(0, depth - 1);
    if (depth === 0 && (char === "," || char === " ")) entries.push("");
    else entries[entries.length - 1] += char;
  }
  return entries.map((entry) => entry.trim()).filter(Boolean);
}

/** The tool that an entry names: `Bash(git log:*)` is Bash. */
export function toolName(entry: string): string {
  return /^([^(]*)\(.*\)$/s.exec(entry)?.[1] ?? entry;
}

/** Whether a tool of the name exists, or may exist: MCP servers bring tools of their own. */
export function isKnownTool(name: string): boolean {
  return TOOL_NAMES.includes(name) || name.startsWith("mcp__");
}

/** Whether Claude Code refuses to start the agent because none of the tools that it lists exists. */
export function listsNoTool({ tools }: { tools?: readonly string[] }): boolean {
  return tools !== undefined && tools.length > 0 && !tools.some((entry) => isKnownTool(toolName(entry)));
}

/** Whether the agent has a tool that changes files. */
export function canEdit({ tools }: { tools?: readonly string[] }): boolean {
  return tools === undefined || tools.some((entry) => EDITING_TOOLS.some((tool) => tool === toolName(entry)));
}
