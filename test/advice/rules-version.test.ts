import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

/** The constants that kept answers carry, each with the code whose change makes those answers wrong. */
const RULES = [
  {
    name: "ADVICE_RULES",
    path: "src/operations/recommend.ts",
    code: ["src/advice/**/*.ts", "src/operations/recommend.ts"],
  },
  {
    name: "SAVINGS_RULES",
    path: "src/operations/savings.ts",
    code: ["src/analysis/savings/**/*.ts", "src/operations/savings.ts", "src/history/policy-scenario.ts"],
  },
  {
    name: "SIMULATION_RULES",
    path: "src/analysis/simulate/waterfall.ts",
    code: ["src/analysis/simulate/**/*.ts", "src/operations/simulated-savings.ts"],
  },
];

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** The hash of code without its types, comments and format, and without the constant itself. */
function hashOf(patterns: readonly string[], name: string): string {
  const hash = createHash("sha256");
  for (const path of globSync([...patterns], { cwd: ROOT }).toSorted()) {
    const text = read(path).replace(new RegExp(`\\b${name} = \\d+`), `${name} = 0`);
    const code = stripTypeScriptTypes(text).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    hash.update(path).update(code.replaceAll(/\s+/g, " "));
  }
  return hash.digest("hex").slice(0, 16);
}

it.each(RULES)("$name is raised when its rules change", async ({ name, path, code }) => {
  const version = new RegExp(`\\b${name} = (\\d+)`).exec(read(path))?.[1];
  const kept = join(import.meta.dirname, "rules", `${name}.txt`);
  const now = `${version} ${hashOf(code, name)}\n`;
  const before = existsSync(kept) ? readFileSync(kept, "utf8") : "";
  const isForgotten = before !== now && before.startsWith(`${version} `);
  expect(
    isForgotten,
    `the rules behind ${name} changed: raise it in ${path}, so that kept answers are made again, and run this test with -u`,
  ).toBe(false);
  await expect(now).toMatchFileSnapshot(kept);
});
