import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
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

interface PluginOptions {
  /** Further keys of its manifest. */
  manifest?: object;
  enabled?: boolean;
}

/** Installs a plugin into a configuration folder, as `claude plugin install` leaves it. Returns its folder. */
export function installPlugin(
  configDir: string,
  name: string,
  files: Readonly<Record<string, string>>,
  { manifest = {}, enabled = true }: PluginOptions = {},
): string {
  const market = join(configDir, "../market");
  const root = join(market, name);
  const id = `${name}@market`;
  writeContent(join(root, ".claude-plugin/plugin.json"), {
    name,
    version: "1.0.0",
    description: "x",
    ...manifest,
  });
  for (const [path, text] of Object.entries(files)) writeContent(join(root, path), text);
  writeContent(join(market, ".claude-plugin/marketplace.json"), {
    name: "market",
    owner: { name: "o" },
    plugins: [{ name, source: `./${name}`, version: "1.0.0" }],
  });
  const source = { source: "directory", path: market };
  const dates = { installedAt: "2026-01-01T00:00:00.000Z", lastUpdated: "2026-01-01T00:00:00.000Z" };
  const installed = { scope: "user", installPath: root, version: "1.0.0", ...dates };
  writeContent(join(configDir, "plugins/installed_plugins.json"), {
    version: 2,
    plugins: { [id]: [installed] },
  });
  writeContent(join(configDir, "plugins/known_marketplaces.json"), {
    market: { source, installLocation: market, lastUpdated: dates.lastUpdated },
  });
  const settings = join(configDir, "settings.json");
  const before: object = existsSync(settings) ? (JSON.parse(readFileSync(settings, "utf8")) as object) : {};
  writeContent(settings, { ...before, enabledPlugins: { [id]: enabled } });
  return root;
}

function writeContent(path: string, content: string | object): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
}
