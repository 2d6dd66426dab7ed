import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PRESETS } from "../../src/domain/policy.ts";
import { SYMPTOMS } from "../../src/domain/symptom.ts";
import { modelFacts } from "../../src/policy/catalogue-facts.ts";
import { resolvePolicy } from "../../src/policy/resolve.ts";

const page = (name: string) => readFileSync(join(import.meta.dirname, "../../docs", name), "utf8");

describe("docs/policy.md", () => {
  const presets = PRESETS.map((preset) =>
    resolvePolicy([{ from: "here", written: { preset } }], modelFacts()),
  );
  const [balanced] = presets;

  it.each([...(balanced?.roles.values() ?? [])])(
    "says of $role what it runs on in each preset, and why",
    ({ role, reason, tools }) => {
      const cells = presets.map(({ roles }) => {
        const { model, effort } = roles.get(role) ?? {};
        return `${model}, ${effort}`;
      });
      expect(page("policy.md")).toContain(`| ${[role, ...cells, tools?.join(", ")].join(" | ")} |\n`);
      expect(page("policy.md")).toContain(`- **${role}**: ${reason.why} *${reason.evidence}*\n`);
    },
  );
});

it("docs/doctor.md lists everything that doctor looks for", () => {
  for (const [code, what] of Object.entries(SYMPTOMS))
    expect(page("doctor.md")).toContain(`| \`${code}\` | ${what} |\n`);
});
