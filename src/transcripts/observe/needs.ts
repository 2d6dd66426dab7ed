/** Tools that only look or keep notes: their inputs and results say nothing about how the work went. */
export const LIGHT_TOOLS: ReadonlySet<string> = new Set([
  "Read",
  "Grep",
  "Glob",
  "LS",
  "NotebookRead",
  "TodoWrite",
  "TodoRead",
  "WebFetch",
  "WebSearch",
  "ToolSearch",
  "TaskCreate",
  "TaskUpdate",
  "TaskList",
  "TaskGet",
  "Skill",
  "SlashCommand",
  "ListMcpResourcesTool",
  "ReadMcpResourceTool",
  "KillShell",
  "KillBash",
]);

/** Attachments that say something about the course of the work. */
const OBSERVED_ATTACHMENTS: ReadonlySet<string> = new Set([
  "model",
  "plan_mode",
  "plan_mode_exit",
  "max_turns_reached",
]);

/** Returns whether outcomes need the calls of a tool. */
export function isToolNeeded(name: string): boolean {
  return !LIGHT_TOOLS.has(name) && !name.startsWith("mcp__");
}

/** Returns whether outcomes need an attachment of a type. */
export function isAttachmentNeeded(type: string): boolean {
  return OBSERVED_ATTACHMENTS.has(type);
}

/** Entries that outcomes always need. */
export const NEEDED_ENTRIES: ReadonlySet<string> = new Set([
  "system",
  "permission-mode",
  "cost-state",
  "queue-operation",
]);

/** Entries that outcomes need if they hold certain things. */
const SOMETIMES_NEEDED_ENTRIES: ReadonlySet<string> = new Set([
  "user",
  "assistant",
  "attachment",
  "progress",
]);

/** Returns whether outcomes can need an entry of a type. */
export function isEntryNeeded(type: string): boolean {
  return NEEDED_ENTRIES.has(type) || SOMETIMES_NEEDED_ENTRIES.has(type);
}
