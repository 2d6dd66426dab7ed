import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

// Packs rolecall, installs the package into an empty project, compiles that with strict settings and without skipping
// libraries, and runs it. Needs a build; packages come from npm or its cache.
const ROOT = join(import.meta.dirname, "../..");
const EXPECTED = {
  raw: "x",
  hops: [],
  ends: ["accepted"],
  events: ["attempt", "settled"],
  gaveUp: "budget",
  costUsd: 0.00012,
  text: '{"total": 3}',
};

const folder = mkdtempSync(join(tmpdir(), "rolecall-consumer-"));
const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

try {
  cpSync(join(import.meta.dirname, "project"), folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "name": "consumer", "private": true, "type": "module" }');
  run("npm", "pack", ROOT, "--ignore-scripts", "--silent");
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
  run("npm", "install", `./${tarball}`, "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error");
  run(join(ROOT, "node_modules/.bin/tsc"), "-p", ".");
  const printed: unknown = JSON.parse(run(process.execPath, "index.ts"));
  if (!isDeepStrictEqual(printed, EXPECTED))
    throw new Error(`the consumer printed ${JSON.stringify(printed)}`);
  console.log("The packed package compiles and runs in an empty project.");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
