import { messageOf, UsageError } from "../../errors.ts";
import { readPriceTag } from "../../operations/price-tag.ts";
import { hookAnswer, priceTagSentence } from "../../render/price-tag.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";

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
    try {
      if (!Number.isFinite(args.above) || !Number.isFinite(args.requests))
        throw new UsageError("--above, --requests: invalid number", { hint: "Expected a number from 0." });
      const input: unknown = JSON.parse(await io.readStdin());
      const tag = await readPriceTag(String(args["event"]), input, args, io.env, io.now());
      if (tag) io.out(hookAnswer(priceTagSentence(tag), tag.isHeld));
    } catch (thrown) {
      // A hook that fails must not get in the way of the session. Claude Code writes this to its debug log.
      io.err(`rolecall hook: ${messageOf(thrown)}\n`);
    }
    return EXIT.ok;
  },
});
