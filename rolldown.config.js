import { defineConfig } from "rolldown";

// What a command needs in a few files: a start that loads a hundred of them takes a tenth longer. All in one folder, as deep
// below the root as the sources are, so that both find the templates, the demo and the manifest in the same place.
export default defineConfig({
  input: {
    bin: "src/cli/bin.ts",
    index: "src/index.ts",
    "scan-worker": "src/transcripts/scan-worker.ts",
    "check-worker": "src/executor/validators/check-worker.ts",
  },
  platform: "node",
  external: /^[@\w](?!:)/, // every package
  output: { dir: "dist/cli", chunkFileNames: "part-[name].js" },
});
