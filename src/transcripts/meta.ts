import { readFileSync } from "node:fs";
import type { AgentRunFacts } from "../domain/agent-run.ts";
import { object, text } from "./request.ts";

/** What the `.meta.json` beside a sub-agent's transcript says; empty where there is none or it is no JSON object. */
export function readAgentMeta(transcriptPath: string): AgentRunFacts {
  try {
    const meta =
      object(JSON.parse(readFileSync(transcriptPath.replace(/\.jsonl$/, ".meta.json"), "utf8"))) ?? {};
    return {
      ...(text(meta["agentType"]) && { agentType: text(meta["agentType"]) }),
      ...(text(meta["model"]) && { askedModel: text(meta["model"]) }),
      ...(text(meta["parentAgentId"]) && { parentAgentId: text(meta["parentAgentId"]) }),
      ...(text(meta["toolUseId"]) && { toolUseId: text(meta["toolUseId"]) }),
      ...(typeof meta["spawnDepth"] === "number" && { depth: Math.trunc(meta["spawnDepth"]) }),
    };
  } catch {
    return {};
  }
}
