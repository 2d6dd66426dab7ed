import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";

const WRONG = ["", "foo", "0x10", "Infinity", "1e400", "NaN", "7 days"];
const OPTIONS = [
  ["limits", "--above"],
  ["spend", "--days"],
  ["spend", "--limit"],
  ["roles", "--days"],
];

describe("an option that takes a number", () => {
  it.each(OPTIONS)("%s %s names what was typed in its place", async (command = "", option = "") => {
    for (const typed of WRONG) {
      const { err, exit } = await runCli([command, "--demo", `${option}=${typed}`]);
      expect([typed, exit]).toEqual([typed, 2]);
      expect(err).toContain(`${option}: invalid number "${typed}"`);
      expect(err).toContain("Expected a number, such as 30.");
    }
  });
});
