import { defineConfig } from "vitest/config"

/** The run that `KilledRun.test.ts` kills. */
export default defineConfig({
  test: {
    include: ["test/EndToEnd/killed/endlessRun.ts"],
    globalSetup: ["test/support/globalSetup.ts"],
    pool: "threads",
    testTimeout: 0,
  },
})
