import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { examplesInApi, examplesOnPage, LIBRARY_PAGES } from "../helpers/examples.ts";
import { temporaryFolder } from "../helpers/spend.ts";

const ROOT = join(import.meta.dirname, "../..");
const MODULES = join(ROOT, "node_modules");
const { version, bin, dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  version: string;
  bin: { rolecall: string };
  dependencies: Record<string, string>;
};

let project: string;
const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd: project, encoding: "utf8" });

// Installs the packed package as npm would, but without a registry: its own dependencies are links, and those for development are missing.
beforeAll(() => {
  project = temporaryFolder();
  cpSync(join(import.meta.dirname, "project"), project, { recursive: true });
  execFileSync("npm", ["pack", "--silent", "--pack-destination", project], { cwd: ROOT });
  mkdirSync(join(project, "node_modules/rolecall"), { recursive: true });
  run("tar", "-xzf", `rolecall-${version}.tgz`, "-C", "node_modules/rolecall", "--strip-components=1");
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(project, "node_modules", name)), { recursive: true });
    symlinkSync(join(MODULES, name), join(project, "node_modules", name));
  }
}, 120_000);

it("a strict program compiles against the package, the declarations of its dependencies checked as well", () => {
  expect(run(join(MODULES, ".bin/tsc"), "-p", ".")).toBe("");
});

it("every example of the pages and of the API compiles in it, under the same settings", () => {
  const examples = [...LIBRARY_PAGES.flatMap(examplesOnPage), ...examplesInApi()];
  mkdirSync(join(project, "examples"));
  for (const [index, { code }] of examples.entries())
    writeFileSync(join(project, `examples/example-${index}.ts`), code);
  const settings = { extends: "./tsconfig.json", compilerOptions: { noEmit: true }, include: ["examples"] };
  writeFileSync(join(project, "examples.json"), JSON.stringify(settings));
  expect(examples.length).toBeGreaterThan(60);
  expect(run(join(MODULES, ".bin/tsc"), "-p", "examples.json")).toBe("");
});

it("the program gets from the package what the declarations promise", () => {
  expect(JSON.parse(run(process.execPath, "out/main.js"))).toEqual({
    text: "Four.",
    model: "claude-sonnet-5-5",
    costUsd: 0.003,
    demo: [true, true],
    attempts: [["first", "accepted"]],
    reviewer: ["reviewer", "opus"],
    refused: true,
  });
});

it("the command of the package starts, and reads the demo that it ships", () => {
  const script = join("node_modules/rolecall", bin.rolecall);
  const { command, total } = JSON.parse(run(process.execPath, script, "spend", "--demo", "--json")) as {
    command: string;
    total: { requests: number };
  };
  expect(command).toBe("spend");
  expect(total.requests).toBeGreaterThan(100);
});
