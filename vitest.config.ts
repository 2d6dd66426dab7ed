import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const TESTS = "test/**/*.test.ts";
const ELSEWHERE = ["test/real-client/**", "test/**/*.slow.test.ts"];
/** Tests that change their process's environment: each gets a process of its own. The others share one with many files. */
const ISOLATED = "test/**/*.isolated.test.ts";

export default defineConfig({
  test: {
    // No test may ever see the machine's own transcripts or store.
    globalSetup: ["test/helpers/temporary-folder.ts"],
    setupFiles: ["test/helpers/isolation.ts"],
    testTimeout: 30_000,
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: { name: "shared", isolate: false, include: [TESTS], exclude: [...ELSEWHERE, ISOLATED] },
      },
      { extends: true, test: { name: "isolated", include: [ISOLATED], exclude: ELSEWHERE } },
    ],
  },
});
