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
    describe: "Check the work with this shell command: exit code 0 means done",
  },
  ladder: {
    type: "string",
    requiresArg: true,
    describe: "Set the models, lowest first: haiku,sonnet:high,opus (default: by prompt and policy)",
  },
  tries: { type: "number", requiresArg: true, describe: "Set the attempts per step (default: the policy's)" },
  "max-usd": { type: "number", requiresArg: true, describe: "Limit the whole cascade, in dollars" },
  apply: { type: "boolean", default: false, describe: "Apply the winner's changes without asking" },
  undo: {
    type: "string",
    describe: "Revert the last cascade applied here, or the one with this ID",
  },
  redo: { type: "string", describe: "Apply the last cascade kept here, or the one with this ID" },
  "keep-broken": {
    type: "boolean",
    default: false,
    describe: "Continue each attempt from what the failed one left",
  },
  "red-flags": {
    type: "boolean",
    describe: "Count an answer that asks for more information as failed (default: the policy's)",
  },
  setup: {
    type: "string",
    requiresArg: true,
    describe: "Run this command in each fresh copy first (npm ci)",
  },
  allow: {
    type: "string",
    default: "Bash",
    requiresArg: true,
    describe: "Allow these tools without asking, comma-separated; edits always",
  },
  timeout: { type: "string", default: "30m", requiresArg: true, describe: "Limit one attempt" },
  "verify-timeout": { type: "string", default: "10m", requiresArg: true, describe: "Limit one check" },
  client: {
    type: "string",
    default: "claude",
    requiresArg: true,
    describe: "Start this program as Claude Code",
  },
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
      hint: 'Expected the command that checks the work. Try --verify "npm test".',
    });
  if (tries !== undefined && !(Number.isInteger(tries) && tries >= 1))
    throw new UsageError(`--tries: invalid number "${tries}"`, { hint: "Expected a whole number from 1." });
  if (maxUsd !== undefined && !(maxUsd > 0))
    throw new UsageError(`--max-usd: invalid amount "${maxUsd}"`, { hint: "Expected dollars, more than 0." });
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
