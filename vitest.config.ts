import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/globalSetup.ts"],
    // A thread starts faster than a process, and what needs a process of its own spawns one.
    pool: "threads",
    // Real servers and processes on two busy cores: a limit for what hangs, not a measure.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 60_000,
  },
})
