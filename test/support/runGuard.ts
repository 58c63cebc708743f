/**
 * Owns what a test run must not leave behind: its temporary folder, and every Postgres that has its data there. It
 * runs in a session of its own and ends when its standard input is closed, which happens however the run ends, SIGKILL
 * included.
 *
 * Prints the connection string of the run's database server.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { once } from "node:events"
import { glob, readFile, rm } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import * as EmbeddedPostgres from "../../src/Layers/embedded/EmbeddedPostgres.ts"

const folder = process.argv[2]!

/** Whether the process took the signal: one that has ended does not. */
const signal = (pid: number, name: "SIGQUIT" | 0): boolean => {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

/** Stops the servers that tests have started in this folder and that outlived them. */
const stopServers = Effect.promise(async () => {
  for await (const file of glob(join(folder, "**/postmaster.pid"))) {
    const pid = Number.parseInt(await readFile(file, "utf8"), 10)
    // Immediate shutdown: nobody reads this data again.
    signal(pid, "SIGQUIT")
    while (signal(pid, 0)) await setTimeout(50)
  }
})

/** The server of `DATABASE_URL`, or one of the run's own. */
const server = Effect.gen(function* () {
  const given = yield* Config.Redacted("DATABASE_URL").pipe(Config.option)
  if (Option.isSome(given)) return given.value
  return (yield* EmbeddedPostgres.start({ dataDir: join(folder, "server"), durable: false })).url
})

const endOfRun = Effect.promise(() => once(process.stdin.resume(), "end"))

const program = Effect.gen(function* () {
  yield* Effect.addFinalizer(() => Effect.promise(() => rm(folder, { recursive: true, force: true })))
  yield* Effect.addFinalizer(() => stopServers)
  const url = yield* server
  process.stdout.write(`${Redacted.value(url)}\n`)
  yield* endOfRun
})

NodeRuntime.runMain(program.pipe(Effect.scoped, Effect.provide(Logger.layer([]))))
