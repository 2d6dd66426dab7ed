/** The name of a content block: that of its tool or type, and behind a tab its program or skill. No name has a tab in it. */
const SEPARATOR = "\t";

/** Tools that run a shell line. */
export const SHELL_TOOLS: ReadonlySet<string> = new Set(["Bash", "PowerShell"]);
/** The tool that loads a skill. */
export const SKILL_TOOL = "Skill";

/** Joins the name of a tool and the name of what it ran; an empty `inner` is left out. */
export function contentName(tool: string, inner: string): string {
  return inner === "" ? tool : tool + SEPARATOR + inner;
}

/** Returns a name without the separator. */
export function withoutSeparator(name: string): string {
  return name.includes(SEPARATOR) ? name.replaceAll(SEPARATOR, " ") : name;
}

/** Returns the tool or type in the name of a content block. */
export function toolOfContent(name: string): string {
  const end = name.indexOf(SEPARATOR);
  return end < 0 ? name : name.slice(0, end);
}

/** Returns the program or skill in the name of a content block; empty if it has none. */
export function innerOfContent(name: string): string {
  const end = name.indexOf(SEPARATOR);
  return end < 0 ? "" : name.slice(end + 1);
}

/** Returns the skill that content belongs to; empty for other content. Some clients named no skill. */
export function skillOfContent(name: string): string {
  const tool = toolOfContent(name);
  if (SHELL_TOOLS.has(tool)) return "";
  return innerOfContent(name) || (tool === SKILL_TOOL || tool === "skill" ? UNKNOWN : "");
}

/** Returns the program that content comes from; empty for content that is not from a shell. */
export function programOfContent(name: string): string {
  return SHELL_TOOLS.has(toolOfContent(name)) ? innerOfContent(name) || UNKNOWN : "";
}

/** The inner name of content that a version of rolecall read that kept none, and whose transcript is gone. */
const UNKNOWN = "unknown";
