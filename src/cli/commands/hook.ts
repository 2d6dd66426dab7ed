import { messageOf, UsageError } from "../../errors.ts";
import { locateHooks } from "../../hooks/places.ts";
import { askForRefresh } from "../../hooks/refresh-marks.ts";
import { areHooksOff, decideHook, type HookResult } from "../../operations/hook.ts";
import {
  contextAnswer,
  messageAnswer,
  switchAnswer,
  switchSentence,
  tierSentence,
  updatedInputAnswer,
} from "../../render/hook-answers.ts";
import { hookAnswer, priceTagSentence } from "../../render/price-tag.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";

export default defineCommand({
  isUnconfigured: true,
  options: {
    above: {
      type: "number",
      default: 2,
      requiresArg: true,
      describe: "Warn from this many dollars",
    },
    requests: {
      type: "number",
      default: 10,
      requiresArg: true,
      describe: "Assume this many requests for a prompt",
    },
    block: {
      type: "boolean",
      default: false,
      describe: "Stop the prompt once instead of only warning",
    },
  },
  examples: [
    ["rolecall hook UserPromptSubmit --above 3", "Warn before an expensive prompt (in settings.json)"],
    ["rolecall hook SessionStart", "Warn on resuming an expensive session (in settings.json)"],
  ],
  run: async (args, io) => {
    if (areHooksOff(io.env)) return EXIT.ok;
    try {
      if (!Number.isFinite(args.above) || !Number.isFinite(args.requests))
        throw new UsageError("--above, --requests: invalid number", { hint: "Expected a number from 0." });
      const event = String(args["event"]);
      const stdin = await io.readStdin();
      const { above, requests, block } = args;
      const result = await decideHook({
        event,
        stdin,
        env: io.env,
        now: io.now(),
        priceTag: { above, requests, block },
        refresh: (state) => refreshInBackground(state?.root ?? io.cwd, io),
      });
      if (result) io.out(formatAnswer(event, result));
    } catch (thrown) {
      // A hook that fails must not get in the way of the session. Claude Code writes this to its debug log.
      io.err(`rolecall hook: ${messageOf(thrown)}\n`);
    }
    return EXIT.ok;
  },
});

function formatAnswer(event: string, result: HookResult): string {
  switch (result.type) {
    case "input":
      return updatedInputAnswer(result.input);
    case "context":
      return contextAnswer(event, result.text);
    case "switch": {
      const text = switchSentence(result.facts);
      return text === "" ? "" : switchAnswer(text, result.asks);
    }
    default:
      return formatMessage(result);
  }
}

function formatMessage({ tag, advice, tier }: Extract<HookResult, { type: "message" }>): string {
  if (tag?.isHeld) return hookAnswer(priceTagSentence(tag), true);
  return messageAnswer([
    ...(tag ? [priceTagSentence(tag)] : []),
    ...(advice ? [advice.text] : []),
    ...(tier ? [tierSentence(tier)] : []),
  ]);
}

function refreshInBackground(root: string, { background, cwd, env, now }: Io): void {
  if (background && askForRefresh(locateHooks(env), root, now())) background(["hooks", "refresh"], cwd);
}
