import { FULL, QUICK } from "./scenarios.ts";
import { playSuite, renderSuite } from "./suite.ts";

// `npm run test:cascade` plays both suites; `-- quick` and `-- full` play one.
const SUITES = { quick: QUICK, full: FULL };
const wanted = process.argv.slice(2);

for (const [name, scenarios] of Object.entries(SUITES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const report = await playSuite(scenarios);
  process.stdout.write(`${renderSuite(name, report)}\n`);
  if (report.played.some(({ wrong }) => wrong !== undefined)) process.exitCode = 1;
}
