/** Names of Claude Code 2.1.329's tools that agents can list. Some exist only in interactive sessions or with plugins. */
const TOOLS = (
  "Agent Artifact AskUserQuestion Bash BashOutput ClaudeDesign CronCreate CronDelete CronList Edit EnterPlanMode " +
  "EnterWorktree ExitPlanMode ExitWorktree Glob Grep ListAgents ListMcpResources ListMcpResourcesTool LSP Mcp Monitor " +
  "NotebookEdit PowerShell PushNotification Read ReadMcpResource ReadMcpResourceTool ReportFindings RemoteTrigger ScheduleWakeup " +
  "SendMessage Skill SlashCommand StructuredOutput TaskCreate TaskGet TaskList TaskOutput TaskStop TaskUpdate TeamCreate TeamDelete TodoWrite " +
  "ToolSearch WebFetch WebSearch Workflow Write"
).split(" ");

/** Former names that Claude Code 2.1.329 still accepts for a current tool. */
const RENAMED = ["KillBash", "KillShell", "Task"];

/** Names that an agent can list. */
export const TOOL_NAMES: readonly string[] = [...TOOLS, ...RENAMED];

/** Tools that change files. */
export const EDITING_TOOLS = ["Edit", "Write", "NotebookEdit"] as const;

/**
 * Splits an agent's `tools` as Claude Code 2.1.329 does: at commas and spaces outside parentheses, also within the items of a list.
 * Returns undefined if the agent has all tools. A value that is neither text nor a list gives it no tools.
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

/** Returns the tool of an entry: `Bash(git log:*)` is Bash. */
export function toolName(entry: string): string {
  return /^([^(]*)\(.*\)$/s.exec(entry)?.[1] ?? entry;
}

/** Returns whether a tool exists or may exist: MCP servers add tools of their own. */
export function isKnownTool(name: string): boolean {
  return TOOL_NAMES.includes(name) || name.startsWith("mcp__");
}

/** Returns whether Claude Code refuses to start the agent because none of its tools exists. */
export function listsNoTool({ tools }: { tools?: readonly string[] }): boolean {
  return tools !== undefined && tools.length > 0 && !tools.some((entry) => isKnownTool(toolName(entry)));
}

/** Returns whether the agent has a tool that changes files. */
export function canEdit({ tools }: { tools?: readonly string[] }): boolean {
  return tools === undefined || tools.some((entry) => EDITING_TOOLS.some((tool) => tool === toolName(entry)));
}
