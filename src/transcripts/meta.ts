import { readFileSync } from "node:fs";
import { type AgentRunFacts, WARM_UP } from "../domain/agent-run.ts";
import { isSystemError } from "../errors.ts";
import { contentText, type Fields, fieldsOf, textOf } from "./fields.ts";

/**
 * Reads what is known of a sub-agent beside its transcript: its `.meta.json`. Older clients write none; then only the client's own agents
 * are known, by their prompt. Returns no facts of a file that cannot be read or is not JSON. `readHead` reads the transcript.
 */
export function readAgentMeta(path: string, hasMeta: boolean, readHead: ReadHead): AgentRunFacts {
  const meta = hasMeta ? metaOf(path) : {};
  // A teammate has its own name as its type.
  const agentType = textOf(meta["spawnedAgentType"]) || textOf(meta["agentType"]) || typeByPrompt(readHead);
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

/** Puts the first bytes of a transcript into a buffer, and returns how many there are. */
export type ReadHead = (to: Buffer) => number;

/** Reads what the call said that an agent is to do; empty if its `.meta.json` does not have it. */
export function readAgentDescription(transcriptPath: string): string {
  return textOf(metaOf(transcriptPath)["description"]);
}

function metaOf(transcriptPath: string): Fields {
  return fieldsIn(() => readFileSync(transcriptPath.replace(/\.jsonl$/, ".meta.json"), "utf8"));
}

/** Returns the type that the first prompt of a transcript shows; empty if it shows none. */
function typeByPrompt(readHead: ReadHead): string {
  const head = Buffer.allocUnsafe(LONGEST_LINE);
  const [line = ""] = head.toString("utf8", 0, readHead(head)).split("\n", 1);
  if (!line.includes(WARM_UP)) return "";
  const { message } = fieldsIn(() => line);
  return contentText(fieldsOf(message)["content"]) === WARM_UP ? WARM_UP : "";
}

/** The first line of a warm-up is shorter. */
const LONGEST_LINE = 4096;

function fieldsIn(read: () => string): Fields {
  try {
    return fieldsOf(JSON.parse(read()));
  } catch (thrown) {
    if (isSystemError(thrown) || thrown instanceof SyntaxError) return {};
    throw thrown;
  }
}
