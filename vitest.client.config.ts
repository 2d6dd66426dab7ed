import { defineConfig } from "vitest/config";

/** Tests that run the real Claude Code client against a scripted API: slower, and the client comes from npm. */
export default defineConfig({
  test: {
    include: ["test/real-client/**/*.test.ts"],
    globalSetup: ["test/helpers/temporary-folder.ts"],
    setupFiles: ["test/helpers/isolation.ts"],
    // The first test may have to install the client.
    hookTimeout: 300_000,
    testTimeout: 120_000,
    // A client takes a core and 300 MB: one after the other is steadier, and hardly slower.
    fileParallelism: false,
  },
});
