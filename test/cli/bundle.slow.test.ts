import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type OutputOptions, type RolldownOptions } from "rolldown";
import { beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";
import { temporaryFolder } from "../helpers/spend.ts";

const ROOT = join(import.meta.dirname, "../..");
const home = temporaryFolder();
const code = join(home, "dist/cli");

beforeAll(async () => {
  mkdirSync(code, { recursive: true });
  for (const name of ["node_modules", "fixtures", "templates", "package.json"])
    symlinkSync(join(ROOT, name), join(home, name));
  const { default: config } = (await import(join(ROOT, "rolldown.config.js"))) as {
    default: RolldownOptions;
  };
  await build({
    ...config,
    cwd: ROOT,
    logLevel: "silent",
    output: { ...(config.output as OutputOptions), dir: code },
  });
}, 60_000);

const env = { PATH: process.env["PATH"], HOME: home, NODE_DISABLE_COMPILE_CACHE: "1" };
const node = (...args: string[]) => execFileSync(process.execPath, args, { env, encoding: "utf8" });

/** Returns the files that a command line loads. */
function filesOf(...args: string[]): string[] {
  const list = join(home, "loaded.json");
  const note = join(home, "note.cjs");
  writeFileSync(
    note,
    `process.on("exit", () => require("fs").writeFileSync(${JSON.stringify(list)}, JSON.stringify(Object.keys(require.cache))))`,
  );
  node("--require", note, join(code, "bin.js"), ...args);
  return JSON.parse(readFileSync(list, "utf8")) as string[];
}

describe("the code as it ships", () => {
  it.each(["spend", "overview", "why", "fallbacks"])("%s says the same as the sources", async (command) => {
    const args = [command, "--demo", "--json"];
    const { out } = await runCli(args, { env: { HOME: home }, cwd: home });
    const shipped = node(join(code, "bin.js"), ...args);
    expect(shipped.replaceAll(`${home}/fixtures`, `${ROOT}/fixtures`)).toBe(out);
    expect(out.length).toBeGreaterThan(1000);
  });

  it("has what `spend` loads in a few files", () => {
    expect(filesOf("spend", "--demo").length).toBeLessThan(12);
  });

  it("leaves another better-sqlite3 in the same process alone, and its class of errors", () => {
    const program = `
      const history = await (await import(${JSON.stringify(join(code, "library.mjs"))})).openHistory({ demo: true });
      const { default: Database } = await import(${JSON.stringify(join(ROOT, "node_modules/better-sqlite3/lib/index.js"))});
      try {
        new Database(":memory:").exec("nonsense");
      } catch (thrown) {
        console.log(thrown instanceof Database.SqliteError);
      }
      history.close();`;
    expect(node("--input-type=module", "--eval", program)).toBe("true\n");
  });
});
