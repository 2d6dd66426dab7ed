import { EFFORTS } from "../../domain/model.ts";
import { explain } from "../../operations/explain.ts";
import { explanationJson, renderExplanation } from "../../render/explain.ts";
import { renderAnswer } from "../../render/json.ts";
import { createStyle } from "../../render/style.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";

const MODES = ["default", "plan"] as const;
const text = (describe: string) => ({ type: "string", requiresArg: true, describe }) as const;
const oneOf = <const W extends readonly string[]>(choices: W, describe: string) =>
  ({ choices, requiresArg: true, describe }) as const;

export default defineCommand({
  options: {
    "session-model": text("model of the session, as --model or /model gives it"),
    "session-effort": oneOf(EFFORTS, "effort of the session, as --effort gives it"),
    mode: oneOf(MODES, "permission mode of the session (default: as the settings start it)"),
    "context-tokens": {
      type: "number",
      requiresArg: true,
      describe: "size of the session's last reply, prompt and all",
    },
    "call-model": text("model that the Agent tool is called with, or that a hook puts there"),
    "call-effort": oneOf(EFFORTS, "effort that the Agent tool is called with"),
    teammate: { type: "boolean", describe: "as a teammate of an agent team" },
    "client-version": text("version of Claude Code (default: the one installed)"),
    "claude-dir": text("Claude Code's folder"),
    json: { type: "boolean", describe: "for programs" },
  },
  examples: [
    ["rolecall explain reviewer", "what the reviewer will run on, and what decides it"],
    ["rolecall explain main --session-model opusplan --mode plan", "the session itself, while it plans"],
    ["rolecall explain skill:deploy", "a skill as somebody types it"],
    ["rolecall explain Explore --client-version 2.1.250", "in the order of older versions"],
  ],
  async run(args, io) {
    const explained = await explain({
      name: String(args["name"]),
      cwd: io.cwd,
      env: io.env,
      claudeDir: args["claude-dir"],
      version: args["client-version"],
      call: { model: args["call-model"], effort: args["call-effort"], teammate: args.teammate },
      session: {
        model: args["session-model"],
        effort: args["session-effort"],
        mode: args.mode,
        contextTokens: args["context-tokens"],
      },
    });
    const surface = { width: io.columns, style: createStyle(io.color) };
    io.out(
      args.json
        ? renderAnswer("explain", explanationJson(explained))
        : renderExplanation(explained, io.cwd, surface),
    );
    return EXIT.ok;
  },
});
