import { readFileSync } from "node:fs";
import type { AgentRunFacts } from "../domain/agent-run.ts";
import { isSystemError } from "../errors.ts";
import { type Fields, fieldsOf, textOf } from "./fields.ts";

/** Reads the `.meta.json` beside a sub-agent's transcript. Returns no facts if it is not there, cannot be read, or is not JSON. */
export function readAgentMeta(transcriptPath: string): AgentRunFacts {
  const meta = readFields(transcriptPath.replace(/\.jsonl$/, ".meta.json"));
  // A teammate has its own name as its type.
  const agentType = textOf(meta["spawnedAgentType"]) || textOf(meta["agentType"]);
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

function readFields(path: string): Fields {
  try {
    return fieldsOf(JSON.parse(readFileSync(path, "utf8")));
  } catch (thrown) {
    if (isSystemError(thrown) || thrown instanceof SyntaxError) return {};
    throw thrown;
  }
}
