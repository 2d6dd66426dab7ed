import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";

const OUTPUT = join(import.meta.dirname, "../../src/cli/output.ts");

/** Runs a program that has an output `out`, and reads that after a while. */
async function readLate(program: string): Promise<string> {
  const source = `import { openOutput } from ${JSON.stringify(OUTPUT)}; ${program}`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await setTimeout(500);
  return text(child.stdout);
}

const WRITE = `
  const out = openOutput("stdout");
  for (let part = 0; part < 40; part++) out.write(String(part % 10).repeat(50_000));
  out.whenWritten(() => process.exit());`;
const EXPECTED = Array.from({ length: 40 }, (_, part) => String(part % 10).repeat(50_000)).join("");

it("is written completely and in order before the process ends, however slow its reader is", async () => {
  expect((await readLate(WRITE)) === EXPECTED).toBe(true);
});

it("is written completely and in order if a full pipe refuses what is written", async () => {
  expect((await readLate(`process.stdout._handle.setBlocking(false); ${WRITE}`)) === EXPECTED).toBe(true);
});
