import { defineConfig } from "vitest/config"
import { loadOptionsPlugin } from "./scripts/page/loadOptionsPlugin.ts"
import { LongFilesFirst } from "./test/support/LongFilesFirst.ts"

/** Tests that need neither a database nor a process of the service. */
const unit = [
  "test/{Api,Bytes,Csv,Domain,Worker,bench,cases,docs}/**/*.test.ts",
  "test/Layers/{source,telemetry,webhook}/**/*.test.ts",
]

/** Measurements over a large corpus, which need no server either but take too long for `npm run test:unit`. */
const long = "test/**/*.long.test.ts"

export default defineConfig({
  plugins: [loadOptionsPlugin],
  test: {
    // A thread starts faster than a process, and what needs a process of its own spawns one.
    pool: "threads",
    // As in every process of the service.
    setupFiles: ["src/Bytes/exactJsonNames.ts", "test/support/leaks.ts"],
    // Real servers and processes on two busy cores: a limit for what hangs, not a measure.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 60_000,
    sequence: { sequencer: LongFilesFirst },
    projects: [
      { extends: true, test: { name: "unit", include: unit, exclude: [long] } },
      { extends: true, test: { name: "long", include: [long] } },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["test/**/*.test.ts"],
          exclude: [...unit, long],
          globalSetup: ["test/support/globalSetup.ts", "test/support/prepareRun.ts"],
        },
      },
    ],
  },
})
