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
    task: {
      ...TEXT,
      demandOption: true,
      describe: "Name the category of work: code_review, architecture, …",
    },
    policy: { ...TEXT, describe: `Follow a policy: ${POLICY_NAMES.join(", ")} (default: SONNET_TO_OPUS)` },
    route: {
      type: "boolean",
      describe: "Start where rolecall route says, if that is a higher tier",
    },
    system: { ...TEXT, describe: "Set the system prompt" },
    effort: { ...TEXT, describe: "Set the effort: low, medium, high, xhigh or max" },
    "max-tokens": { ...NUMBER, describe: "Limit the answer, in tokens" },
    "max-usd": { ...NUMBER, describe: "Limit this run, in dollars" },
    "max-usd-per-day": { ...NUMBER, describe: "Limit all runs of the day (UTC), in dollars" },
    "expect-json": { type: "boolean", describe: "Accept only JSON" },
    schema: { ...TEXT, describe: "Accept only answers that fit the JSON Schema in this file" },
    syntax: { ...TEXT, describe: "Accept only code that parses in this language" },
    match: { ...TEXT, describe: "Accept only answers that match this regular expression" },
    db: SOURCE_OPTIONS.db,
    prices: SOURCE_OPTIONS.prices,
    json: { type: "boolean", default: false, describe: "Print the answer with all its attempts as JSON" },
    color: { type: "boolean", describe: "Use colors (default: on terminals, unless NO_COLOR is set)" },
    quiet: { type: "boolean", default: false, describe: "Print only the answer" },
  },
  examples: [
    ["git diff | rolecall run --task code_review -", "Review a diff; the prompt comes from stdin"],
    [
      "rolecall run --task extract --schema invoice.json --policy HAIKU_CASCADE -",
      "Use the cheapest model that passes the check",
    ],
  ],
  async run(args, io) {
    const { task: taskType, schema: schemaFile } = args;
    // yargs hands over a lone - as empty text.
    const prompt = args.prompt === "" || args.prompt === "-" ? await io.readStdin() : (args.prompt ?? "");
    if (prompt.trim() === "")
      throw new UsageError("run: no prompt", { hint: "Expected a text in quotes, or - to read stdin." });
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
