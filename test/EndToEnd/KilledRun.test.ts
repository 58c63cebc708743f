import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFile, spawn } from "node:child_process"
import { glob, readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { promisify } from "node:util"
import { inheritedEnvironment } from "../support/inheritedEnvironment.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

const vitest = ["node_modules/vitest/vitest.mjs", "run", "--config", "test/EndToEnd/killed/vitest.config.ts"]

/** A test run in its own process group. It makes its temporary files in `folder`. */
const endlessRun = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const runner = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, vitest, {
        detached: true,
        env: { ...inheritedEnvironment(), TMPDIR: folder },
        stdio: "ignore",
      }),
    ),
    (runner) => Effect.sync(() => runner.kill("SIGKILL")),
  )
  const started = yield* Effect.promise(() => contentOf(join(folder, "**/started")))
  return { folder, runner: runner.pid!, worker: Number(started) }
})

/** Waits for a file that matches the pattern and is not empty. Returns its content. */
const contentOf = async (pattern: string): Promise<string> => {
  while (true) {
    for await (const file of glob(pattern)) {
      const content = await readFile(file, "utf8")
      if (content !== "") return content
    }
    await setTimeout(50)
  }
}

const runningProcesses = async () =>
  (await promisify(execFile)("ps", ["-eo", "pid=,args="])).stdout.split("\n").map((line) => line.trim())

/** Remaining processes of the run. Its servers have its folder in their arguments. */
const leftOf = async ({ folder, worker }: { readonly folder: string; readonly worker: number }) =>
  (await runningProcesses()).filter((line) => line.includes(folder) || line.startsWith(`${worker} `))

describe("a killed test run", () => {
  for (const { how, kill } of [
    { how: "SIGTERM to its process group", kill: (runner: number) => process.kill(-runner, "SIGTERM") },
    { how: "SIGINT to its process group", kill: (runner: number) => process.kill(-runner, "SIGINT") },
    { how: "SIGKILL of the runner alone", kill: (runner: number) => process.kill(runner, "SIGKILL") },
  ])
    it.live(
      `a test run killed by ${how} leaves no process and no file`,
      () =>
        Effect.gen(function* () {
          const run = yield* endlessRun
          const servers = yield* Effect.promise(() => leftOf(run))
          assert.isAtLeast(servers.length, 4)
          kill(run.runner)
          yield* Effect.promise(async () => {
            while ((await leftOf(run)).length > 0 || (await readdir(run.folder)).length > 0)
              await setTimeout(50)
          })
        }),
      120_000,
    )
})
