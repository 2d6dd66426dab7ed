import { execFileSync } from "node:child_process";
import { cpSync, globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DEMO_NOW, DEMO_ROOT } from "../../src/history/workspace.ts";
import { openHistory } from "../../src/history/open-history.ts";
import { readDiagnostics } from "../../src/history/diagnostics.ts";
import { readReconciliation } from "../../src/operations/reconcile.ts";
import { temporaryFolder } from "../helpers/spend.ts";

const files = globSync("**/*.{json,jsonl}", { cwd: DEMO_ROOT }).sort();

describe("the shipped demo", () => {
  it("ends at what --demo takes for now", () => {
    const times = files
      .filter((file) => file.endsWith(".jsonl"))
      .flatMap((file) => readFileSync(join(DEMO_ROOT, file), "utf8").match(/"timestamp":"[^"]+"/g) ?? [])
      .map((field) => Date.parse(field.slice('"timestamp":"'.length, -1)));
    expect(Math.max(...times)).toBe(DEMO_NOW);
  });

  it("is small enough to be shipped", () => {
    const bytes = files.map((file) => statSync(join(DEMO_ROOT, file)).size);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_500_000);
  });

  it("is what its script writes", () => {
    const copy = temporaryFolder();
    const root = join(import.meta.dirname, "../..");
    for (const folder of ["scripts", "src/models", "src/domain"])
      cpSync(join(root, folder), join(copy, folder), { recursive: true });
    execFileSync(process.execPath, [join(copy, "scripts/make-demo.js")]);
    const made = join(copy, "fixtures/demo");
    expect(globSync("**/*.{json,jsonl}", { cwd: made }).sort()).toEqual(files);
    for (const file of files)
      expect(readFileSync(join(made, file), "utf8")).toBe(readFileSync(join(DEMO_ROOT, file), "utf8"));
  });

  it("is understood to the last line, and agrees with its own count but for a compaction", async () => {
    const history = await openHistory({ demo: true }, process.env, process.cwd());
    try {
      const { byCode, unknownTypes } = readDiagnostics(history);
      expect({ byCode, unknownTypes }).toEqual({ byCode: {}, unknownTypes: {} });
      const differing = readReconciliation(history, { timezone: "UTC" }, undefined).filter(
        ({ unattributedNano }) => Math.abs(unattributedNano) > 0,
      );
      expect(differing.map(({ causes }) => causes.compactions)).toEqual([1]);
    } finally {
      history.close();
    }
  });
});
