import { type AgentFile, calledName } from "../agents/discover.ts";
import type { Setup } from "./setup.ts";

/** Returns the agents folder that a file belongs to, above any sub-folders. */
export function agentFolder({ level, plugin = "", path }: AgentFile): string {
  const at = path.replaceAll("\\", "/").indexOf("/.claude/agents/");
  return level === "project" && at >= 0 ? path.slice(0, at) : `${level} ${plugin}`;
}

/** Returns the file of a stronger folder that runs in the place of an agent's, because it has the same name. */
export function hiddenBy(file: AgentFile, { loading }: Setup): AgentFile | undefined {
  const first = loading.find((other) => calledName(other) === calledName(file));
  return first && agentFolder(first) !== agentFolder(file) ? first : undefined;
}

/** Returns the files of one folder that share the name of the agent in a file. Which of them runs is undefined. */
export function twinsOf(path: string, { loading }: Setup): AgentFile[] {
  const file = loading.find((one) => one.path === path);
  return loading.filter(
    (other) =>
      file &&
      other !== file &&
      calledName(other) === calledName(file) &&
      agentFolder(other) === agentFolder(file),
  );
}
