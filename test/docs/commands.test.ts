import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withoutAlias } from "../../src/cli/aliases.ts";
import { COMMANDS } from "../../src/cli/commands/index.ts";

const ROOT = join(import.meta.dirname, "../..");
const PAGES = {
  "the README and docs": ["README.md", ...globSync("docs/**/*.md", { cwd: ROOT })],
  "templates and the plugin": globSync(["templates/**/*.{md,yaml}", "plugin/**/*.md"], { cwd: ROOT }),
  "help and messages": globSync("src/**/*.ts", { cwd: ROOT }),
};

/** Options that every command has. */
const GENERAL = ["help", "version"];

/** Lists the command lines of a page: in code spans, in blocks, and in the texts of messages. */
function commandLines(page: string): string[] {
  const text = readFileSync(join(ROOT, page), "utf8").replaceAll(/\s*\n(?: \*|\/\/)?\s*(?=[\w`-])/g, (gap) =>
    page.endsWith(".md") ? gap : " ",
  );
  return [...text.matchAll(/(?<![\w./@-]|--cli )rolecall ([a-z]+(?:[ \n][^\n`|#;.,()<>]*)?)/g)].map(
    ([, line = ""]) => line.trim(),
  );
}

/** Returns what is wrong with a command line; undefined if the command takes its options. */
async function mistakeIn(line: string): Promise<string | undefined> {
  const [name = "", ...words] = withoutAlias(line.split(/\s+/));
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const options = words
    .join(" ")
    .replaceAll(/"[^"]*"|'[^']*'/g, "")
    .split(" ")
    .flatMap((word) => /^--(?:no-)?([a-z][a-z-]*)/.exec(word)?.[1] ?? []);
  if (line.startsWith(BACKGROUND)) return undefined;
  if (!entry) return options.length > 0 ? `unknown command ${name}` : undefined; // a sentence about rolecall
  const specs = Object.entries((await entry.load()).options).filter(([, { hidden }]) => hidden !== true);
  const known = new Set([...specs.map(([option]) => option), ...GENERAL]);
  const unknown = options.find((option) => !known.has(option) && !known.has(`no-${option}`));
  if (unknown !== undefined) return `${name} has no --${unknown}`;
  return entry.now !== undefined && line.startsWith(name) && !ALSO.has(name)
    ? `now: ${entry.now}`
    : undefined;
}

/** Former names that stay as other names. */
const ALSO = new Set(["sessions", "blocks"]);
/** Run in the background only. */
const BACKGROUND = "hooks refresh";

describe("command lines in docs, templates and messages", () => {
  it.each(Object.entries(PAGES))("in %s exist", async (_, pages) => {
    const lines = pages.flatMap((page) => commandLines(page).map((line) => ({ page, line })));
    expect(lines.length).toBeGreaterThan(5);
    const found = await Promise.all(
      lines.map(async ({ page, line }) => {
        const mistake = await mistakeIn(line);
        return mistake === undefined ? [] : [`${page}: rolecall ${line}: ${mistake}`];
      }),
    );
    expect(found.flat()).toEqual([]);
  });
});
