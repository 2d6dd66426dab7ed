import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";

const README = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
const BLOCKS = [...README.matchAll(/<!-- replayed on the demo -->\n\n```console\n([^]*?)```/g)].map(
  ([, shown = ""]) => shown,
);

it("the README's reports are what the commands print", async () => {
  expect(BLOCKS.length).toBeGreaterThan(2);
  for (const shown of BLOCKS) {
    let replayed = "";
    for (const [line, typed = ""] of shown.matchAll(/^\$ rolecall (.+)\n/gm)) {
      const { out, err } = await runCli(typed.split(" "), { columns: 100 });
      replayed += `${line}${out}${err}`;
    }
    expect(replayed).toBe(shown);
  }
});
