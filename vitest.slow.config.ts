import { defineConfig } from "vitest/config";

/** Tests that take many processes, many draws or large inputs. Each has a short form that `npm test` runs. */
export default defineConfig({
  test: {
    include: ["test/**/*.slow.test.ts"],
    setupFiles: ["test/helpers/isolation.ts"],
    testTimeout: 300_000,
  },
});
