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
import { execFile } from "node:child_process"
import { once } from "node:events"
import { glob, readFile, rm } from "node:fs/promises"
import { dirname, join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { promisify } from "node:util"
import * as EmbeddedPostgres from "../../src/Layers/embedded/EmbeddedPostgres.ts"

const folder = process.argv[2]!

/** Whether the process is a Postgres with its data in this folder. A pid may belong to another process by now. */
const isServerOf = async (pid: number, data: string): Promise<boolean> => {
  try {
    const { stdout } = await promisify(execFile)("ps", ["-ww", "-o", "args=", "-p", String(pid)])
    return stdout.includes("postgres") && stdout.includes(` -D ${data} `)
  } catch {
    // `ps` fails if there is no such process.
    return false
  }
}

/** Immediate shutdown, because nobody reads this data again. */
const stopNow = (pid: number): void => {
  try {
    process.kill(pid, "SIGQUIT")
  } catch {
    // It has just ended.
  }
}

/** Stops the servers that tests have started in this folder and that outlived them. Waits 10 s at most for each. */
const stopServers = Effect.promise(async () => {
  for await (const file of glob(join(folder, "**/postmaster.pid"))) {
    const pid = Number.parseInt(await readFile(file, "utf8"), 10)
    for (let polls = 0; polls < 100 && (await isServerOf(pid, dirname(file))); polls++) {
      if (polls === 0) stopNow(pid)
      await setTimeout(100)
    }
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
