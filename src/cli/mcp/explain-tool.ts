import { explain } from "../../operations/explain.ts";
import { commandLine } from "./command-line.ts";
import type { McpTool } from "./tool.ts";

export const explainTool: McpTool = {
  name: "explain",
  title: "Explain a model",
  description:
    "Which model and effort an agent, a role, a skill (skill:NAME) or the session itself (main) runs on in this project, and which setting decides it.",
  properties: {
    name: { type: "string", description: "An agent, a role, skill:NAME, or main." },
    sessionModel: { type: "string", description: "Model of the session, as /model gives it." },
    mode: { type: "string", enum: ["default", "plan"], description: "Permission mode of the session." },
  },
  required: ["name"],
  async answer({ name = "", sessionModel, mode }, { io }) {
    const { agent, role, model, effort, fallbacks, sources, where, version, notes, refused } = await explain({
      name,
      cwd: io.cwd,
      env: io.env,
      session: { model: sessionModel, mode },
    });
    return {
      fields: {
        agent,
        ...(role !== undefined && { role }),
        model,
        effort,
        fallbacks,
        sources: sources.filter(({ value, decides }) => decides || value !== null),
        definition: where,
        clientVersion: version,
        notes,
        ...(refused !== undefined && { refused }),
      },
      command: commandLine("explain", [
        name,
        ...(sessionModel === undefined ? [] : ["--session-model", sessionModel]),
        ...(mode === undefined ? [] : ["--mode", mode]),
      ]),
    };
  },
};
