import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";

/** Names that answers have kept, by the command line that gives them now. */
const ANSWERS: Readonly<Record<string, string>> = {
  "session --demo --json": "sessions",
  "limits --windows --demo --json": "blocks",
  "apply --check": "check",
};

const DOCS = readFileSync(join(import.meta.dirname, "../../docs/json.md"), "utf8");
const EXAMPLES = [...DOCS.matchAll(/^### `rolecall (.+)`\n[^]*?```json\n([^]*?)```/gm)].map(
  ([, line = "", json = ""]) => ({ line, json }),
);

/** Objects whose keys are names that were found, not fields. */
const MAPS = new Set([
  "count",
  "values",
  "servedModels",
  "efforts",
  "byCode",
  "unknownTypes",
  "evidence",
  "policyPatch",
]);

/** The paths of all fields, as `rows[].key.model`; of a list, those of any element. */
function fieldsOf(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((element) => fieldsOf(element, `${path}[]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = path === "" ? key : `${path}.${key}`;
    return [here, ...(MAPS.has(key) && path !== "" ? [] : fieldsOf(inner, here))];
  });
}

const sorted = (paths: readonly string[]): string[] => [...new Set(paths)].sort();

describe("docs/json.md", () => {
  it("has an example of every report", () => expect(EXAMPLES.length).toBeGreaterThan(10));

  it.each(EXAMPLES)("names every field of $line, and no other", async ({ line, json }) => {
    const { out } = await runCli(line.split(" "));
    expect(JSON.parse(out)).toMatchObject({ schemaVersion: 1, command: ANSWERS[line] ?? line.split(" ")[0] });
    expect(out.endsWith("}\n")).toBe(true);
    expect(sorted(fieldsOf(JSON.parse(json)))).toEqual(sorted(fieldsOf(JSON.parse(out))));
  });
});

describe("answers that are about no period", () => {
  it.each([
    "apply --dry-run",
    "apply --check",
    "explain general-purpose",
    "doctor",
    "models",
    "telemetry",
    "forget --all --before 2020-01-01",
  ])("%s has what every answer has", async (line) => {
    const { out } = await runCli([...line.split(" "), "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      command: ANSWERS[line] ?? line.split(" ")[0],
      period: { timezone: "UTC" },
      currency: "USD",
      diagnostics: { files: 0, entries: 0, skipped: 0, byCode: {} },
    });
  });
});
