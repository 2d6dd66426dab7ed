import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "rolldown";

/**
 * Modules that a start of each kind loads, with what they import. Those that the same kinds load share one file, because each file takes a
 * fifth of a millisecond.
 */
const STARTS = {
  hook: ["cli/start.ts", "cli/io.ts", "cli/hot.ts", "cli/commands/hook.ts", "cli/commands/statusline.ts"],
  report: [
    "cli/start.ts",
    "cli/io.ts",
    "cli/plain-arguments.ts",
    "cli/run-command.ts",
    "cli/commands/spend.ts",
  ],
  worker: ["transcripts/scan-worker.ts"],
};

/** Returns the name of the file of a module, or null to leave that to rolldown. */
function fileOf(module, context) {
  if (context.getModuleInfo(module)?.isEntry) return null; // a worker's file runs at once
  const names = Object.keys(STARTS).filter((name) => reachedFrom(name, context).has(module));
  // A word or two of the domain is no reason for other modules to load what reads transcripts.
  if (String(names) === "worker" && /[\\/]src[\\/]domain[\\/]/.test(module)) names.unshift("report");
  return names.length === 0 ? null : `for-${names.join("-")}`;
}

const reached = new Map();

/** Returns the modules that a start loads. Imports that wait until something is needed do not count. */
function reachedFrom(name, context) {
  const known = reached.get(name);
  if (known) return known;
  const modules = new Set();
  reached.set(name, modules);
  const add = (id) => {
    if (modules.has(id)) return;
    modules.add(id);
    for (const imported of context.getModuleInfo(id)?.importedIds ?? []) add(imported);
  };
  for (const file of STARTS[name]) add(join(import.meta.dirname, "src", file));
  return modules;
}

/**
 * Puts the code of better-sqlite3 with that of the store: its thirteen files take 5 ms of each start. Its library stays in its package. It is
 * loaded apart from the one that a program using rolecall may have loaded, because both would set its class of errors.
 */
function bundledSqlite() {
  return {
    name: "SQLite with the store",
    transform: {
      filter: { id: /better-sqlite3[\\/]lib[\\/]binding\.js$/ },
      handler(code) {
        const placed = change(
          code,
          "__dirname",
          "(folder ??= path.dirname(require.resolve('better-sqlite3')))",
        );
        return change(placed, "DEFAULT_ADDON = require(", "DEFAULT_ADDON = load(").concat(
          "let folder; function load(file) { const loaded = { exports: {} }; process.dlopen(loaded, file); return loaded.exports; }\n",
        );
      },
    },
  };
}

function change(code, from, to) {
  if (!code.includes(from)) throw new Error(`better-sqlite3: no ${from} in lib/binding.js`);
  return code.replaceAll(from, to);
}

// What a command needs in a few files: a start that loads a hundred of them takes a tenth longer. All in one folder, as deep
// below the root as the sources are, so that both find the templates, the demo and the manifest in the same place.
// They are CommonJS: Node takes 35 ms more to load the same files as ES modules.
export default defineConfig({
  input: {
    bin: "src/cli/bin.ts",
    index: "src/index.ts",
    "scan-worker": "src/transcripts/scan-worker.ts",
    "check-worker": "src/executor/validators/check-worker.ts",
  },
  platform: "node",
  preserveEntrySignatures: "allow-extension",
  // Every package but two. The parser of shell lines is an ES module of eleven files: Node takes 20 ms more to load it as it is.
  external: /^(?!better-sqlite3|unbash$)[@\w](?!:)/,
  output: {
    dir: "dist/cli",
    format: "cjs",
    chunkFileNames: "part-[name].js",
    codeSplitting: {
      groups: [{ name: fileOf, debugName: "starts" }],
      includeDependenciesRecursively: false, // `fileOf` names them as well
    },
  },
  plugins: [
    bundledSqlite(),
    {
      name: "files beside the code",
      generateBundle() {
        const emit = (fileName, source) => this.emitFile({ type: "asset", fileName, source });
        emit("package.json", '{ "type": "commonjs" }\n');
        emit("library.mjs", 'export * from "./index.js";\n');
        emit("better-sqlite3.LICENSE", readFileSync("node_modules/better-sqlite3/LICENSE"));
        emit("unbash.LICENSE", readFileSync("node_modules/unbash/LICENSE"));
        emit("walk.wasm", readFileSync("src/transcripts/reader/walk.wasm"));
      },
    },
  ],
});
