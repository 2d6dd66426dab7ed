import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";

const PATH = join(import.meta.dirname, "../../README.md");
const BLOCK = /(?<=<!-- replayed on the demo -->\n\n```console\n)[^]*?(?=```)/g;

async function replay(shown: string): Promise<string> {
  let replayed = "";
  for (const [line, typed = ""] of shown.matchAll(/^\$ rolecall (.+)\n/gm)) {
    const { out, err } = await runCli(typed.split(" "), { columns: 100 });
    replayed += `${line}${out}${err}`;
  }
  return replayed;
}

it("the README's reports are what the commands print", async () => {
  const readme = readFileSync(PATH, "utf8");
  const blocks = readme.match(BLOCK) ?? [];
  expect(blocks.length).toBeGreaterThan(2);
  const replayed = await Promise.all(blocks.map(replay));
  await expect(readme.replaceAll(BLOCK, () => replayed.shift() ?? "")).toMatchFileSnapshot(PATH);
});
