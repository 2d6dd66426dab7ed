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
    requiresArg: true,
    describe: "shell command that checks the work: exit code 0 means done",
  },
  ladder: {
    type: "string",
    requiresArg: true,
    describe:
      "models from the lowest up, with effort if wanted: haiku,sonnet:high,opus (default: by prompt and policy)",
  },
  tries: { type: "number", requiresArg: true, describe: "attempts per step (default: the policy's)" },
  "max-usd": { type: "number", requiresArg: true, describe: "hard limit for the whole cascade, in dollars" },
  apply: { type: "boolean", default: false, describe: "apply the winner's changes without asking" },
  undo: {
    type: "string",
    describe: "revert the last cascade that was applied here, or the one with this ID",
  },
  redo: { type: "string", describe: "apply the last cascade that was kept here, or the one with this ID" },
  "keep-broken": {
    type: "boolean",
    default: false,
    describe: "each attempt continues from what the failed one left",
  },
  "red-flags": {
    type: "boolean",
    describe: "an answer that asks for more information counts as a failed check (default: the policy's)",
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

/** Reads the options of the command line. Throws UsageError. */
export function cascadeOptionsFrom(
  args: CommandArgs<typeof CASCADE_OPTIONS>,
): Omit<CascadeOptions, "prompt" | "signal"> {
  const { tries, verify = "" } = args;
  const maxUsd = args["max-usd"];
  if (verify.trim() === "")
    throw new UsageError("--verify: missing", {
      hint: 'Name the command that checks the work: --verify "npm test".',
    });
  if (tries !== undefined && !(Number.isInteger(tries) && tries >= 1))
    throw new UsageError(`--tries: invalid number "${tries}"`, { hint: "Write a whole number from 1." });
  if (maxUsd !== undefined && !(maxUsd > 0))
    throw new UsageError(`--max-usd: invalid amount "${maxUsd}"`, { hint: "Write dollars, more than 0." });
  return {
    verify,
    ladder: args.ladder,
    tries,
    ...(maxUsd !== undefined && { maxUsd }),
    keepBroken: args["keep-broken"],
    redFlags: args["red-flags"],
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
