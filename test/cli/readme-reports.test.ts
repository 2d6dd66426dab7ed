import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";

const ROOT = join(import.meta.dirname, "../..");
const BLOCK = /(?<=<!-- replayed on the demo -->\n\n```console\n)[^]*?(?=```)/g;

async function replay(shown: string): Promise<string> {
  let replayed = "";
  for (const [line, typed = ""] of shown.matchAll(/^\$ rolecall (.+)\n/gm)) {
    const { out, err } = await runCli(typed.split(" "), { columns: 100 });
    replayed += `${line}${out}${err}`;
  }
  return replayed;
}

it.each(["README.md", "docs/reports.md"])("the reports of %s are what the commands print", async (page) => {
  const path = join(ROOT, page);
  const text = readFileSync(path, "utf8");
  const blocks = text.match(BLOCK) ?? [];
  expect(blocks.length).toBeGreaterThan(1);
  const replayed = await Promise.all(blocks.map(replay));
  await expect(text.replaceAll(BLOCK, () => replayed.shift() ?? "")).toMatchFileSnapshot(path);
});
