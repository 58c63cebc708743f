import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFile, spawn } from "node:child_process"
import { chmod, glob, mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { promisify } from "node:util"

const vitest = ["node_modules/vitest/vitest.mjs", "run", "--config", "test/EndToEnd/killed/vitest.config.ts"]

/** A test run in a process group of its own that makes its temporary files in `folder`. */
const endlessRun = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.promise(async () => {
      const folder = await mkdtemp(join(tmpdir(), "killed-run-"))
      // The servers of a run by root run as another user.
      await chmod(folder, 0o755)
      return folder
    }),
    (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true })),
  )
  const runner = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, vitest, {
        detached: true,
        env: { PATH: process.env["PATH"], HOME: process.env["HOME"], TMPDIR: folder },
        stdio: "ignore",
      }),
    ),
    (runner) => Effect.sync(() => runner.kill("SIGKILL")),
  )
  const started = yield* Effect.promise(() => contentOf(join(folder, "**/started")))
  return { folder, runner: runner.pid!, worker: Number(started) }
})

/** The content of the first file that fits the pattern, as soon as there is one. */
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

/** The processes of the run that are left: its servers name its folder. */
const leftOf = async ({ folder, worker }: { readonly folder: string; readonly worker: number }) =>
  (await runningProcesses()).filter((line) => line.includes(folder) || line.startsWith(`${worker} `))

describe("a test run that is killed leaves no process and no file", () => {
  for (const { how, kill } of [
    { how: "SIGTERM to its process group", kill: (runner: number) => process.kill(-runner, "SIGTERM") },
    { how: "SIGINT to its process group", kill: (runner: number) => process.kill(-runner, "SIGINT") },
    { how: "SIGKILL of the runner alone", kill: (runner: number) => process.kill(runner, "SIGKILL") },
  ])
    it.live(
      `after ${how}`,
      () =>
        Effect.gen(function* () {
          const run = yield* endlessRun
          const servers = yield* Effect.promise(() => leftOf(run))
          assert.isAtLeast(servers.length, 3)
          kill(run.runner)
          yield* Effect.promise(async () => {
            while ((await leftOf(run)).length > 0 || (await readdir(run.folder)).length > 0)
              await setTimeout(50)
          })
        }),
      120_000,
    )
})
