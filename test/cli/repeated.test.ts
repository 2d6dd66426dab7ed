import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands/index.ts";
import { runCli } from "../helpers/run-cli.ts";

/** Commands that start nothing when their options are wrong, with the words that they need. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  run: ["p", "--task", "x"],
  cascade: ["p", "--verify", "true"],
  batch: ["none.jsonl"],
  route: ["p"],
  models: ["sonnet"],
  telemetry: [],
  spend: ["--demo"],
  fallbacks: ["--demo"],
};

describe("an option that is given twice", () => {
  it.each(Object.keys(WORDS))("%s: one value is expected, or the lists are joined", async (name) => {
    const { options } = await (COMMANDS[name] as { load: () => Promise<{ options: object }> }).load();
    let asked = 0;
    for (const [option, { type, array, hidden, choices = ["1", "2"] }] of Object.entries(options) as [
      string,
      { type?: string; array?: boolean; hidden?: boolean; choices?: string[] },
    ][]) {
      if (
        type === "boolean" ||
        type === "array" ||
        array ||
        hidden ||
        ["by", "columns", "ladder", "allow"].includes(option)
      )
        continue;
      const args = (WORDS[name] as string[]).includes(`--${option}`)
        ? [`--${option}`, "2"]
        : choices.slice(0, 2).flatMap((value) => [`--${option}`, value]);
      const { err, exit } = await runCli([name, ...(WORDS[name] as string[]), ...args]);
      expect(`${option}: ${err}`).toContain(`--${option}: given 2 times`);
      expect(exit).toBe(2);
      asked++;
    }
    expect(asked).toBeGreaterThan(0);
  });

  it("lists are one behind the other, and a flag holds", async () => {
    const twice = await runCli(["spend", "--demo", "--by", "day", "--by", "model", "--csv", "--csv"]);
    const once = await runCli(["spend", "--demo", "--by", "day,model", "--csv"]);
    expect(twice).toEqual(once);
    const ladder = await runCli(["cascade", "p", "--verify", "true", "--ladder", "a", "--ladder", "b"]);
    expect(ladder).toMatchObject({ exit: 2, err: expect.not.stringContaining("bug") });
  });
});
