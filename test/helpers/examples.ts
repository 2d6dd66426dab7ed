import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { writeFakeClient } from "./fake-client.ts";
import { readPublicApi } from "./public-api.ts";
import { commitAll } from "./real-client.ts";

const ROOT = join(import.meta.dirname, "../..");

/** A program in the documentation. */
export interface Example {
  /** Its page and number, or what it shows. */
  name: string;
  code: string;
}

/** The pages whose examples are programs. */
export const LIBRARY_PAGES = ["executor.md", "cascade.md", "library.md", "routing.md"] as const;

/** Returns the examples of a page of docs. */
export function examplesOnPage(page: string): Example[] {
  const text = readFileSync(join(ROOT, "docs", page), "utf8");
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = ""], index) => ({
    name: `docs/${page}, example ${index + 1}`,
    code,
  }));
}

/** Returns the `@example` of each function, class and constant that the library exports. */
export function examplesInApi(): Example[] {
  return readPublicApi().flatMap(({ name, comment }) => {
    const [, code] = /@example\n \* ```ts\n([\s\S]*?) \* ```\n/.exec(comment) ?? [];
    return code === undefined ? [] : { name, code: code.replaceAll(/^ \* ?/gm, "") };
  });
}

/** Imports one module after the other, each in a project of its own, and prints what each printed or threw. */
const RUNNER = `
import { cpSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
const [folder, ...files] = process.argv.slice(2);
const print = console.log;
for (const file of files) {
  const lines = [];
  console.log = (...values) => void lines.push(values.map((value) => (typeof value === "string" ? value : inspect(value))).join(" "));
  console.error = () => undefined;
  process.env.ROLECALL_DB = join(folder, file + ".db");
  cpSync(join(folder, "project"), join(folder, file + ".project"), { recursive: true });
  process.chdir(join(folder, file + ".project"));
  const failed = await import(join(folder, file)).then(() => undefined, (error) => String(error?.stack ?? error));
  print(JSON.stringify({ printed: lines.join("\\n"), failed }));
}
process.exit();`;

/** What an example printed, or how it failed. */
export interface ExampleEnd {
  printed: string;
  failed?: string;
}

/**
 * Runs examples as they are, but for where they import from, below `folder`. `apiUrl` is the API of both vendors; a stand-in for Claude
 * Code that writes done.txt is on the PATH.
 */
export async function runExamples(
  examples: readonly Example[],
  folder: string,
  apiUrl: string,
): Promise<Map<string, ExampleEnd>> {
  makeProject(join(folder, "project"));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  renameSync(writeFakeClient(bin, { work: "echo done > done.txt" }), join(bin, "claude"));
  const index = pathToFileURL(join(ROOT, "src/index.ts")).href;
  const files = examples.map(({ code }, number) => {
    const file = `example-${number}.ts`;
    writeFileSync(join(folder, file), code.replaceAll('from "rolecall"', `from "${index}"`));
    return file;
  });
  writeFileSync(join(folder, "runner.mjs"), RUNNER);
  const env = {
    PATH: `${bin}:${process.env["PATH"]}`,
    HOME: join(folder, "home"),
    CLAUDE_CONFIG_DIR: join(folder, "home/.claude"),
    ANTHROPIC_BASE_URL: apiUrl,
    ANTHROPIC_API_KEY: "made-up",
    OPENAI_BASE_URL: `${apiUrl}/v1`,
    OPENAI_API_KEY: "made-up",
  };
  const args = [join(folder, "runner.mjs"), folder, ...files];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
  const ends = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as ExampleEnd);
  return new Map(
    examples.map(({ name }, number) => [name, ends[number] ?? { printed: "", failed: "did not run" }]),
  );
}

/** Makes the project in which examples are: a repository with a check that looks for done.txt. */
function makeProject(project: string): void {
  mkdirSync(project);
  const manifest = { name: "project", private: true, scripts: { test: "test -f done.txt" } };
  writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(project, "rolecall.yaml"), "version: 1\n");
  commitAll(project);
}
