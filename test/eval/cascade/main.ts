import { parseArgs } from "node:util";
import { estimateLive, isLive, liveStage } from "./live.ts";
import { FULL, QUICK, type Scenario } from "./scenarios.ts";
import { playOn, playSuite, renderSuite, type SuiteReport } from "./suite.ts";

// `npm run test:cascade` plays both suites against a scripted API; `-- quick` and `-- full` play one.
// `-- --live --max-usd 1` plays them against the API with your own key, after it has printed what that will cost.
const SUITES = { quick: QUICK, full: FULL };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { live: { type: "boolean", default: false }, "max-usd": { type: "string" } },
});
const wanted = Object.entries(SUITES).filter(
  ([name]) => positionals.length === 0 || positionals.includes(name),
);
const print = (text: string): void => void process.stdout.write(text);

const play = values.live ? prepareLive(Number(values["max-usd"])) : playSuite;
for (const [name, scenarios] of play ? wanted : []) {
  const report = await play?.(scenarios);
  if (!report) continue;
  print(`${renderSuite(name, report)}\n`);
  if (report.played.some(({ wrong }) => wrong !== undefined)) process.exitCode = 1;
}

/** Prints the estimate; undefined, with exit code 2, if it does not fit the limit or there is no limit. */
function prepareLive(maxUsd: number): ((scenarios: readonly Scenario[]) => Promise<SuiteReport>) | undefined {
  if (!(maxUsd > 0))
    return refuse("--max-usd: missing or not a number. Write the most that may be spent, such as 1.");
  const scenarios = wanted.flatMap(([, suite]) => suite.filter(isLive));
  const { usd, mostUsd } = estimateLive(scenarios, Date.now());
  print(
    `${scenarios.length} scenarios with your key: about $${usd.toFixed(3)}, at most $${mostUsd.toFixed(3)}.\n`,
  );
  print(`Scenarios that need a scripted error are left out. Nothing beyond $${maxUsd} is spent.\n\n`);
  if (usd > maxUsd) return refuse(`--max-usd: $${maxUsd} is less than the estimate. Nothing was sent.`);
  const stage = liveStage(process.env, maxUsd);
  if (!stage) return refuse("ANTHROPIC_API_KEY: missing. Set it to the key that pays.");
  return (suite) => playOn(suite.filter(isLive), stage);
}

function refuse(why: string): undefined {
  process.stderr.write(`${why}\n`);
  process.exitCode = 2;
}
