import { expect, it } from "vitest";
import { command } from "../../src/executor/validators/command.ts";
import { syntax } from "../../src/executor/validators/syntax.ts";
import { verdictOf } from "./verdict.ts";

it("a parser that is not installed is noted, not held against the answer", async () => {
  const path = process.env["PATH"];
  process.env["PATH"] = "/nowhere";
  try {
    expect(await verdictOf(syntax("ruby"), "(")).toEqual({
      ok: true,
      note: "no parser of ruby is installed: its syntax was not checked",
    });
  } finally {
    process.env["PATH"] = path;
  }
});

it("a command does not get the caller's keys", async () => {
  process.env["MADE_UP_API_KEY"] = "secret";
  const leaks = "process.exit(process.env.MADE_UP_API_KEY ? 1 : 0)";
  const check = command([process.execPath, "-e", leaks], { file: "a.txt" });
  expect(await verdictOf(check, "x")).toMatchObject({ ok: true });
  delete process.env["MADE_UP_API_KEY"];
});
