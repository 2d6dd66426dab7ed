import type { Options } from "yargs";
import { UsageError } from "../errors.ts";
import type { CascadeOptions } from "../operations/cascade.ts";
import type { CommandArgs } from "./command.ts";
import { parseDuration } from "./duration.ts";
import { OUTPUT_OPTIONS, SOURCE_OPTIONS } from "./options.ts";

export const CASCADE_OPTIONS = {
  prompt: { type: "string", hidden: true },
  verify: {
    type: "string",
    demandOption: true,
    requiresArg: true,
    describe: "shell command that decides: exit code 0 says the work is done",
  },
  ladder: {
    type: "string",
    requiresArg: true,
    describe:
      "models from the lowest up, with effort where wanted: haiku,sonnet:high,opus (default: the policy's)",
  },
  tries: { type: "number", requiresArg: true, describe: "attempts per rung (default: the policy's)" },
  "max-usd": { type: "number", requiresArg: true, describe: "hard limit for the whole cascade, in dollars" },
  apply: { type: "boolean", default: false, describe: "apply the winner's changes without asking" },
  "keep-broken": {
    type: "boolean",
    default: false,
    describe: "each attempt goes on from what the failed one left",
  },
  setup: { type: "string", requiresArg: true, describe: "command to run in each fresh copy first (npm ci)" },
  allow: {
    type: "string",
    default: "Bash",
    requiresArg: true,
    describe: "tools that Claude Code may use without asking, comma-separated; edits always",
  },
  timeout: { type: "string", default: "30m", requiresArg: true, describe: "limit for one attempt" },
  "verify-timeout": { type: "string", default: "10m", requiresArg: true, describe: "limit for one check" },
  client: { type: "string", default: "claude", requiresArg: true, describe: "program of Claude Code" },
  db: SOURCE_OPTIONS.db,
  json: OUTPUT_OPTIONS.json,
  color: OUTPUT_OPTIONS.color,
  quiet: OUTPUT_OPTIONS.quiet,
} as const satisfies Record<string, Options>;

/** What the words of the command line come to. Throws UsageError. */
export function cascadeOptionsFrom(
  args: CommandArgs<typeof CASCADE_OPTIONS>,
): Omit<CascadeOptions, "prompt" | "signal"> {
  const { tries } = args;
  const maxUsd = args["max-usd"];
  if (args.verify.trim() === "") throw new UsageError("--verify: the check is empty");
  if (tries !== undefined && !(Number.isInteger(tries) && tries >= 1))
    throw new UsageError("--tries: must be a whole number from 1");
  if (maxUsd !== undefined && !(maxUsd > 0)) throw new UsageError("--max-usd: must be more than 0 dollars");
  return {
    verify: args.verify,
    ladder: args.ladder,
    tries,
    ...(maxUsd !== undefined && { maxUsd }),
    keepBroken: args["keep-broken"],
    ...(args.setup !== undefined && { setup: args.setup }),
    allow: args.allow
      .split(/,(?![^(]*\))/)
      .map((tool) => tool.trim())
      .filter(Boolean),
    attemptTimeoutMs: parseDuration("timeout", args.timeout),
    verifyTimeoutMs: parseDuration("verify-timeout", args["verify-timeout"]),
    client: args.client,
    db: args.db,
  };
}
