import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "rolldown";

/** What is loaded together at a start: what the same of these need goes into one file, because each file takes a fifth of a millisecond. */
const STARTS = {
  // Every command, and of hooks and the status line nothing else.
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
  external: /^[@\w](?!:)/, // every package
  output: {
    dir: "dist/cli",
    format: "cjs",
    chunkFileNames: "part-[name].js",
    codeSplitting: {
      groups: [{ name: fileOf, debugName: "what starts load" }],
      includeDependenciesRecursively: false, // `fileOf` names them as well
    },
  },
  plugins: [
    {
      name: "files beside the code",
      generateBundle() {
        const emit = (fileName, source) => this.emitFile({ type: "asset", fileName, source });
        emit("package.json", '{ "type": "commonjs" }\n');
        emit("library.mjs", 'export * from "./index.js";\n');
        emit("walk.wasm", readFileSync("src/transcripts/reader/walk.wasm"));
      },
    },
  ],
});
