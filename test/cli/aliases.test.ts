import { describe, expect, it } from "vitest";
import { withoutAlias } from "../../src/cli/aliases.ts";
import { runCli } from "../helpers/run-cli.ts";

describe("a command line", () => {
  it.each([
    ["daily --json", "spend --by day --json"],
    ["apply --check --user", "check --user"],
    ["apply --check=true", "check"],
    ["apply --check=false --yes", "apply --check=false --yes"],
    ["apply --dry-run", "apply --dry-run"],
    ["limits --demo --windows --active", "blocks --demo --active"],
    ["explain --hooks --last 4", "hooks --last 4"],
    ["explain hooks", "explain hooks"],
    ["session 4f2a:3 --mark bad --json", "outcome 4f2a:3 --json bad"],
    ["session --mark=good 4f2a", "outcome 4f2a good"],
    ["session 4f2a --mark", "outcome 4f2a"],
    ["session --mark --help", "outcome --help"],
    ["spend --check", "spend --check"],
    ["constructor --check", "constructor --check"],
    ["", ""],
  ])("%s stands for %s", (line, meant) => {
    expect(withoutAlias(line.split(" "))).toEqual(meant.split(" "));
  });
});

describe.each([
  ["sessions --demo --limit 3", "session --demo --limit 3"],
  ["session --demo --json", "sessions --demo --json"],
  ["blocks --demo --recent", "limits --windows --demo --recent"],
  ["agents --demo", "roles --agents --demo"],
])("%s", (former, now) => {
  it(`prints the same as ${now}`, async () => {
    const [before, after] = await Promise.all([former, now].map((line) => runCli(line.split(" "))));
    expect(after).toEqual(before);
    expect(after?.exit).toBe(0);
  });
});

describe("session", () => {
  it.each([
    ["92f4821c --demo --limit 3", "--limit: cannot be combined with a session"],
    ["92f4821c --demo --since 7d", "--since: cannot be combined with a session"],
    ["--demo --goals", "--goals: no session named"],
    ["92f4821c --demo --mark fine", '--mark: unknown verdict "fine"'],
    ["--mark good --demo", "session --mark: missing argument"],
  ])("%s is refused", async (words, message) => {
    const { err, exit } = await runCli(["session", ...words.split(" ")]);
    expect(err).toContain(message);
    expect(exit).toBe(2);
  });
});

it.each([
  ["daily -j", 'spend: unknown option "-j"', "Try --json."],
  ["daily --order asc", 'spend: unknown option "--order"', "Try --reverse."],
  ["monthly --mode calculate", 'spend: unknown option "--mode"', "costs are always calculated"],
  ["daily --offline", 'spend: unknown option "--offline"', "never use the network"],
  ["spend --limitt 3", 'spend: unknown option "--limitt"', "Try --limit."],
])("%s names what to write instead", async (line, problem, hint) => {
  const { err, exit } = await runCli([...line.split(" "), "--demo"]);
  expect(exit).toBe(2);
  expect(err).toContain(`rolecall: ${problem}\n`);
  expect(err).toContain(hint);
});
