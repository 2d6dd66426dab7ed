import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A folder with these files in it, below the test's own home, which goes away with it. */
export function writeTree(files: Readonly<Record<string, string | object>>): string {
  const root = mkdtempSync(join(process.env["HOME"] ?? "", "tree-"));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), typeof content === "string" ? content : JSON.stringify(content, null, 2));
  }
  return root;
}

/** An agent file. */
export function agentFile(name: string, frontMatter: Readonly<Record<string, string>> = {}): string {
  const keys = Object.entries({ name, description: `Does ${name}.`, ...frontMatter });
  return `---\n${keys.map(([key, value]) => `${key}: ${value}`).join("\n")}\n---\n\nYou are ${name}.\n`;
}
