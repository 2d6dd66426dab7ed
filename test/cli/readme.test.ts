import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { installClaude, workspace } from "../agents/workspace.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The console block behind the marker: commands after `$`, each with what it printed. */
function transcript(page: string, name: string): string {
  const text = readFileSync(join(ROOT, "docs", page), "utf8");
  return text.split(`<!-- replayed: ${name} -->\n\n\`\`\`console\n`)[1]?.split("```")[0] ?? "";
}

it.each([
  ["generator.md", "scaffold", "shop-api"],
  ["doctor.md", "doctor", "billing-api"],
])("in %s the transcript “%s” is what the commands print in %s", async (page, name, project) => {
  const space = workspace({}, undefined, 100);
  cpSync(join(ROOT, "fixtures/projects", project), space.project, { recursive: true });
  installClaude(space.home, "2.1.329");
  const shown = transcript(page, name);
  const commands = [...shown.matchAll(/^\$ rolecall (.+)$/gm)].map(([, words = ""]) => words.split(" "));
  expect(commands.length).toBeGreaterThan(1);
  let replayed = "";
  for (const words of commands) {
    const { out, err } = await space.run(...words);
    replayed += `$ rolecall ${words.join(" ")}\n${out}${err}`;
  }
  expect(replayed).toBe(shown);
});
