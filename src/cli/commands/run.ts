import { UsageError } from "../../errors.ts";
import { endpointOf, POLICY_NAMES, type RunEvent, runPrompt } from "../../operations/run.ts";
import { renderAnswer } from "../../render/json.ts";
import { renderGaveUp, renderRunEvent, renderRunFooter, runJson } from "../../render/run.ts";
import { plainText } from "../../render/text.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { interruptible } from "../interrupt.ts";
import { SOURCE_OPTIONS } from "../options.ts";
import { surfaceOf } from "../report.ts";

const TEXT = { type: "string", requiresArg: true } as const;
const NUMBER = { type: "number", requiresArg: true } as const;

export default defineCommand({
  options: {
    prompt: { type: "string", hidden: true },
    task: { ...TEXT, demandOption: true, describe: "kind of work: code_review, architecture, …" },
    policy: { ...TEXT, describe: `${POLICY_NAMES.join(", ")} (default SONNET_TO_OPUS)` },
    route: {
      type: "boolean",
      describe: "start where rolecall route says, if that is above the policy's start",
    },
    system: { ...TEXT, describe: "system prompt" },
    effort: { ...TEXT, describe: "low, medium, high, xhigh or max" },
    "max-tokens": { ...NUMBER, describe: "room for the answer in tokens" },
    "max-usd": { ...NUMBER, describe: "most dollars for this run" },
    "max-usd-per-day": { ...NUMBER, describe: "most dollars for all runs of the day (UTC)" },
    "expect-json": { type: "boolean", describe: "accept only JSON" },
    schema: { ...TEXT, describe: "file of a JSON Schema that the answer must fit" },
    syntax: { ...TEXT, describe: "language in which the answer's code must parse" },
    match: { ...TEXT, describe: "regular expression that the answer must match" },
    db: SOURCE_OPTIONS.db,
    prices: SOURCE_OPTIONS.prices,
    json: { type: "boolean", default: false, describe: "the answer with all its attempts, for programs" },
    color: { type: "boolean", describe: "colors (default: on terminals; NO_COLOR is respected)" },
    quiet: { type: "boolean", default: false, describe: "only the answer" },
  },
  examples: [
    ["git diff | rolecall run --task code_review -", "review a diff; the prompt comes from stdin"],
    [
      "rolecall run --task extract --schema invoice.json --policy HAIKU_CASCADE -",
      "the cheapest model that manages",
    ],
  ],
  async run(args, io) {
    const { task: taskType, schema: schemaFile } = args;
    // yargs hands over a lone - as empty text.
    const prompt = args.prompt === "" || args.prompt === "-" ? await io.readStdin() : (args.prompt ?? "");
    if (prompt.trim() === "")
      throw new UsageError("run: no prompt", { hint: "Expected a text, or - to read stdin." });
    const surface = surfaceOf(args, io);
    const endpoint = endpointOf(io.env);
    const say = (line: string | undefined): void => void (line && !args.quiet && io.err(`${line}\n`));
    const { policy, route, system, effort, match, db, prices, syntax, "expect-json": expectJson } = args;
    const limits = {
      maxTokens: args["max-tokens"],
      maxUsd: args["max-usd"],
      maxUsdPerDay: args["max-usd-per-day"],
    };
    const wish = {
      taskType,
      prompt,
      policy,
      route,
      system,
      effort,
      expectJson,
      schemaFile,
      syntax,
      match,
      db,
      prices,
      ...limits,
    };
    const onEvent = (event: RunEvent): void => say(renderRunEvent(event, endpoint, surface));
    const outcome = await interruptible((signal) => runPrompt({ ...wish, signal, onEvent }, io.env));
    if (args.json) io.out(renderAnswer("run", runJson(outcome)));
    else if (outcome.answered) io.out(`${plainText(outcome.result.text.trimEnd())}\n`);
    say(outcome.answered ? renderRunFooter(outcome.result, surface) : renderGaveUp(outcome.gaveUp));
    return outcome.answered ? EXIT.ok : EXIT.no;
  },
});
