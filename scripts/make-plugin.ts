import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { MCP_TOOLS } from "../src/cli/mcp/tools.ts";
import { HOOK_EVENTS } from "../src/operations/init-parts.ts";
import { SPEND_KEYS } from "../src/operations/spend-keys.ts";

const ROOT = join(import.meta.dirname, "..");
const TEMPLATES = join(ROOT, "templates/plugin");
export const PLUGIN = join(ROOT, "plugin");

const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  name: string;
  version: string;
  license: string;
  keywords: readonly string[];
};

const DESCRIPTION =
  "Exact spend, causes of the cost and model advice from your own transcripts; hooks apply your model policy.";
/** How Claude Code starts rolecall from the plugin. */
const RUN = `node "\${CLAUDE_PLUGIN_ROOT}/run.cjs"`;

/** Returns every file of the plugin, by its path in the folder. */
export function pluginFiles(): Map<string, string> {
  const { name, version, license, keywords } = manifest;
  const author = { name: `The ${name} authors` };
  const files = new Map<string, string>([
    [
      ".claude-plugin/plugin.json",
      json({ name, version, description: DESCRIPTION, author, license, keywords }),
    ],
    [
      ".claude-plugin/marketplace.json",
      json({
        name,
        owner: author,
        metadata: { description: `The plugin of ${name}, as its npm package has it.` },
        plugins: [{ name, source: "./", description: DESCRIPTION }],
      }),
    ],
    ["hooks/hooks.json", json({ description: "Apply the model policy of rolecall.", hooks: hooks() })],
    [
      ".mcp.json",
      json({ mcpServers: { [name]: { command: "node", args: ["${CLAUDE_PLUGIN_ROOT}/run.cjs", "mcp"] } } }),
    ],
  ]);
  for (const path of globSync("**/*.*", { cwd: TEMPLATES }).sort())
    files.set(path, filled(readFileSync(join(TEMPLATES, path), "utf8")));
  return files;
}

function hooks(): object {
  return Object.fromEntries(
    HOOK_EVENTS.map(([event, matcher]) => [
      event,
      [
        {
          ...(matcher !== undefined && { matcher }),
          hooks: [{ type: "command", command: `${RUN} hook ${event}`, timeout: 5 }],
        },
      ],
    ]),
  );
}

/** Fills in names of tools, as the client spells those of a plugin, and the fields of spend. */
function filled(text: string): string {
  return text.replaceAll(/\{\{(\w+)(?::(\w+))?\}\}/g, (whole, word: string, name: string | undefined) => {
    if (word === "keys") return SPEND_KEYS.join(", ");
    if (word === "tool" && MCP_TOOLS.some((tool) => tool.name === name))
      return `mcp__plugin_${manifest.name}_${manifest.name}__${name}`;
    throw new Error(`unknown placeholder ${whole}`);
  });
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

if (import.meta.main) {
  rmSync(PLUGIN, { recursive: true, force: true });
  for (const [path, text] of pluginFiles()) {
    mkdirSync(dirname(join(PLUGIN, path)), { recursive: true });
    writeFileSync(join(PLUGIN, path), text);
  }
}
