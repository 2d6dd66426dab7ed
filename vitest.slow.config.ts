import { defineConfig } from "vitest/config";

/** Tests that take many processes, many draws or large inputs. */
export default defineConfig({
  test: {
    include: ["test/**/*.slow.test.ts"],
    globalSetup: ["test/helpers/temporary-folder.ts"],
    setupFiles: ["test/helpers/isolation.ts"],
    testTimeout: 600_000,
    // One of them builds the package anew, with the WebAssembly that the others load.
    fileParallelism: false,
  },
});
