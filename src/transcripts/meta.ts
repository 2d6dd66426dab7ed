import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { type AgentRunFacts, WARM_UP } from "../domain/agent-run.ts";
import { isSystemError } from "../errors.ts";
import { contentText, type Fields, fieldsOf, textOf } from "./fields.ts";

/**
 * Reads what is known of a sub-agent beside its transcript: its `.meta.json`. Older clients write none; then only the client's own agents
 * are known, by their prompt. Returns no facts if nothing is there, cannot be read, or is not JSON.
 */
export function readAgentMeta(transcriptPath: string): AgentRunFacts {
  const meta = fieldsIn(() => readFileSync(transcriptPath.replace(/\.jsonl$/, ".meta.json"), "utf8"));
  // A teammate has its own name as its type.
  const agentType =
    textOf(meta["spawnedAgentType"]) || textOf(meta["agentType"]) || typeByPrompt(transcriptPath);
  const askedModel = textOf(meta["model"]);
  const parentAgentId = textOf(meta["parentAgentId"]);
  const toolUseId = textOf(meta["toolUseId"]);
  const depth = meta["spawnDepth"];
  return {
    ...(agentType && { agentType }),
    ...(askedModel && { askedModel }),
    ...(parentAgentId && { parentAgentId }),
    ...(toolUseId && { toolUseId }),
    ...(typeof depth === "number" && { depth: Math.trunc(depth) }),
  };
}

/** Returns the type that the first prompt of a transcript shows; empty if it shows none. */
function typeByPrompt(transcriptPath: string): string {
  const { message } = fieldsIn(() => readFirstLine(transcriptPath));
  return contentText(fieldsOf(message)["content"]) === WARM_UP ? WARM_UP : "";
}

/** The first line of a warm-up is shorter. */
const LONGEST_LINE = 4096;

function readFirstLine(path: string): string {
  const fd = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(LONGEST_LINE);
    const [line = ""] = bytes.toString("utf8", 0, readSync(fd, bytes)).split("\n", 1);
    return line;
  } finally {
    closeSync(fd);
  }
}

function fieldsIn(read: () => string): Fields {
  try {
    return fieldsOf(JSON.parse(read()));
  } catch (thrown) {
    if (isSystemError(thrown) || thrown instanceof SyntaxError) return {};
    throw thrown;
  }
}
