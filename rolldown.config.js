import { readFileSync } from "node:fs";
import { defineConfig } from "rolldown";

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
  // Every package but the parser of shell lines, an ES module of eleven files: Node takes 20 ms more to load it as it is.
  external: /^(?!unbash$)[@\w](?!:)/,
  output: { dir: "dist/cli", format: "cjs", chunkFileNames: "part-[name].js" },
  plugins: [
    {
      name: "files beside the code",
      generateBundle() {
        const emit = (fileName, source) => this.emitFile({ type: "asset", fileName, source });
        emit("package.json", '{ "type": "commonjs" }\n');
        emit("library.mjs", 'export * from "./index.js";\n');
        emit("unbash-license.txt", readFileSync("node_modules/unbash/LICENSE"));
        emit("walk.wasm", readFileSync("src/transcripts/reader/walk.wasm"));
      },
    },
  ],
});
