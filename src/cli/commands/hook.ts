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
      describe: "dollars from which a prompt is worth a warning",
    },
    requests: {
      type: "number",
      default: 10,
      requiresArg: true,
      describe: "requests that a prompt usually takes",
    },
    block: {
      type: "boolean",
      default: false,
      describe: "hold the prompt back once instead of only warning",
    },
  },
  examples: [
    ["rolecall hook UserPromptSubmit --above 3", "in settings.json: warn before an expensive prompt"],
    ["rolecall hook SessionStart", "in settings.json: warn when an expensive session is resumed"],
  ],
  run: async (args, io) => {
    try {
      if (!Number.isFinite(args.above) || !Number.isFinite(args.requests))
        throw new UsageError("--above and --requests: not a number");
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
