import { type FolderView, nearestWith } from "./folder-view.ts";

/** The parts of package.json that matter for commands. */
interface Package {
  scripts: Readonly<Record<string, unknown>>;
  workspaces: boolean;
  manager: string | undefined;
}

const LOCKS: readonly (readonly [manager: Manager, ...files: string[]])[] = [
  ["pnpm", "pnpm-lock.yaml"],
  ["yarn", "yarn.lock"],
  ["bun", "bun.lock", "bun.lockb"],
  ["npm", "package-lock.json", "npm-shrinkwrap.json"],
];

type Manager = "npm" | "pnpm" | "yarn" | "bun";

/** Returns the command that runs the tests of a JavaScript package, or of the packages of its workspace. */
export function javascriptTest(view: FolderView): string | undefined {
  if (view.has("deno.json", "deno.jsonc") && !view.has("package.json")) return denoTest(view);
  if (!view.has("package.json")) return undefined;
  const found = readPackage(view);
  if (hasScript(found, "test")) return runScript(managerOf(view), "test");
  return found.workspaces || view.has("pnpm-workspace.yaml", "lerna.json") ? workspaceTest(view) : undefined;
}

/** Returns the command that runs a script of a package; undefined if it has no such script. */
export function scriptCommand(view: FolderView, names: readonly string[]): string | undefined {
  if (!view.has("package.json")) return undefined;
  const found = readPackage(view);
  const name = names.find((script) => hasScript(found, script));
  return name === undefined ? undefined : runScript(managerOf(view), name);
}

function denoTest(view: FolderView): string {
  return /"tasks"\s*:\s*\{[^}]*"test"\s*:/s.test(view.text("deno.json") || view.text("deno.jsonc"))
    ? "deno task test"
    : "deno test";
}

function readPackage(view: FolderView): Package {
  let json: unknown;
  try {
    json = JSON.parse(view.text("package.json"));
  } catch {
    return { scripts: {}, workspaces: false, manager: undefined };
  }
  const { scripts, workspaces, packageManager } = (json ?? {}) as Record<string, unknown>;
  return {
    scripts: typeof scripts === "object" && scripts !== null ? (scripts as Record<string, unknown>) : {},
    workspaces: workspaces !== undefined,
    manager: typeof packageManager === "string" ? packageManager.split("@")[0] : undefined,
  };
}

/** `npm init` writes a test script that only prints that no test is specified. */
function hasScript({ scripts }: Package, name: string): boolean {
  const script = scripts[name];
  return typeof script === "string" && !script.includes("no test specified");
}

/** Returns the package manager that a package names, or that wrote the nearest lock file. */
function managerOf(view: FolderView): Manager {
  const named = readPackage(view).manager ?? (view.above && readPackage(view.above).manager);
  const known = LOCKS.find(([manager]) => manager === named)?.[0];
  if (known) return known;
  const all = LOCKS.flatMap(([, ...files]) => files);
  const locked = nearestWith(view, ...all);
  return LOCKS.find(([, ...files]) => locked?.has(...files))?.[0] ?? "npm";
}

function runScript(manager: Manager, script: string): string {
  // `bun test` starts bun's own test runner, not the script.
  if (manager === "bun") return `bun run ${script}`;
  return manager === "npm" && script !== "test" ? `npm run ${script}` : `${manager} ${script}`;
}

function workspaceTest(view: FolderView): string {
  const manager = managerOf(view);
  const exec = { npm: "npx", pnpm: "pnpm exec", yarn: "yarn", bun: "bunx" }[manager];
  if (view.has("turbo.json")) return `${exec} turbo run test`;
  if (view.has("nx.json")) return `${exec} nx run-many -t test`;
  if (manager === "yarn")
    return view.has(".yarnrc.yml") ? "yarn workspaces foreach -A run test" : "yarn workspaces run test";
  const everywhere = {
    npm: "npm test --workspaces --if-present",
    pnpm: "pnpm -r test",
    bun: "bun run --filter '*' test",
  };
  return everywhere[manager];
}
