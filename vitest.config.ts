import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/real-client/**"],
    // No test may ever see the machine's own transcripts or store.
    setupFiles: ["test/helpers/isolation.ts"],
    testTimeout: 30_000,
  },
});
