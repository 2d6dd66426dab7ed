import { EFFORTS } from "../../domain/model.ts";
import { explain } from "../../operations/explain.ts";
import { explanationJson, renderExplanation } from "../../render/explain.ts";
import { renderAnswer } from "../../render/json.ts";
import { createStyle } from "../../render/style.ts";
import { wrapWide } from "../../render/wrap.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";

const MODES = ["default", "plan"] as const;
const text = (describe: string) => ({ type: "string", requiresArg: true, describe }) as const;
const oneOf = <const W extends readonly string[]>(choices: W, describe: string) =>
  ({ choices, requiresArg: true, describe }) as const;

export default defineCommand({
  options: {
    "session-model": text("Set the session's model, as --model or /model does"),
    "session-effort": oneOf(EFFORTS, "Set the session's effort, as --effort does"),
    mode: oneOf(MODES, "Set the permission mode of the session (default: from settings)"),
    "context-tokens": {
      type: "number",
      requiresArg: true,
      describe: "Set the context size of the session, in tokens",
    },
    "call-model": text("Set the model of the Agent call, or the one that a hook puts there"),
    "call-effort": oneOf(EFFORTS, "Set the effort in the Agent call"),
    teammate: { type: "boolean", describe: "Explain it as a teammate of an agent team" },
    hooks: { type: "boolean", describe: "Show decisions of the hooks (options: --hooks --help)" },
    "client-version": text("Assume this version of Claude Code (default: installed)"),
    "claude-dir": text("Read this configuration folder of Claude Code"),
    json: { type: "boolean", describe: "Print JSON" },
  },
  examples: [
    ["rolecall explain reviewer", "Show what the reviewer runs on, and why"],
    ["rolecall explain main --session-model opusplan --mode plan", "Show the session itself, in plan mode"],
    ["rolecall explain skill:deploy", "Show a skill that the user starts"],
    ["rolecall explain --hooks", "Show the latest decisions of the hooks"],
    ["rolecall explain Explore --client-version 2.1.250", "Use the order of an older version"],
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
        : wrapWide(renderExplanation(explained, io.cwd, surface), io.columns),
    );
    return EXIT.ok;
  },
});
