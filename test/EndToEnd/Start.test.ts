import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import type { JobId } from "../../src/Domain/job/Job.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { get } from "../support/rawHttp.ts"
import * as ServiceClient from "../support/ServiceClient.ts"
import { start } from "../support/ServiceProcess.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

/** A ready `npm start` with its own Postgres and free ports; the addresses come from its log. */
const started = Effect.fnUntraced(function* (dataDir: string, environment: Record<string, string> = {}) {
  const process = yield* start("all", {
    DATA_DIR: dataDir,
    PORT: "0",
    FILESERVER_PORT: "0",
    ...environment,
  })
  const ready = yield* process.logged((line) => String(line.message).startsWith("Sluice is ready"))
  const message = String(ready.message)
  return {
    process,
    docs: /http:\/\/\S+\/docs/.exec(message)?.[0] ?? "",
    api: ServiceClient.make(`http://${/localhost:\d+(?=\/download_file)/.exec(message)?.[0]}`),
    sample: /(?<=fileUrl=)\S+/.exec(message)?.[0] ?? "",
    command: /curl .*/.exec(message)?.[0] ?? "",
  }
})

const postgresIn = (folder: string) =>
  spawnSync("ps", ["-eo", "args"], { encoding: "utf8" })
    .stdout.split("\n")
    .filter((args) => args.includes("postgres") && args.includes(folder))

describe("npm start", () => {
  it.live(
    "npm start logs its addresses, loads the sample, stops completely on Ctrl-C and keeps its data",
    () =>
      Effect.gen(function* () {
        const dataDir = yield* temporaryFolder
        const first = yield* started(dataDir)
        assert.strictEqual((yield* get(first.docs)).status, 200)
        const jobId = yield* first.api.create(first.sample)
        const job = yield* first.api.until(jobId, ({ state }) => state === "completed")
        assert.strictEqual(job.progress.rowsLoaded, 10)
        yield* first.process.signal("SIGINT")
        assert.strictEqual(yield* first.process.exit, 0)
        assert.strictEqual(first.process.log.at(-1)?.message, "stopped")
        assert.deepStrictEqual(postgresIn(dataDir), [])

        const second = yield* started(dataDir)
        const found = yield* second.api.status(jobId)
        assert.deepStrictEqual([found.state, found.table], ["completed", job.table])
        // Sent when the terminal is closed.
        yield* second.process.signal("SIGHUP")
        assert.strictEqual(yield* second.process.exit, 0)
        assert.deepStrictEqual(postgresIn(dataDir), [])
      }).pipe(Effect.scoped),
    60_000,
  )

  it.live(
    "a second Ctrl-C ends a shutdown that waits for a load, and the load is retried",
    () =>
      Effect.gen(function* () {
        const dataDir = yield* temporaryFolder
        const files = yield* CsvServer.make()
        yield* files.serve("/endless.csv", CsvServer.byHand)
        const environment = { ALLOWED_HOSTS: "127.0.0.0/8", SHUTDOWN_GRACE: "10 minutes" }
        const first = yield* started(dataDir, environment)
        const jobId = yield* first.api.create(files.url("/endless.csv"))
        const exchange = yield* files.request("/endless.csv")
        yield* exchange.head(200)
        yield* exchange.send("n\n1\n")
        // npm passes a Ctrl-C on, so the process gets it twice.
        yield* first.process.signal("SIGINT")
        yield* first.process.signal("SIGINT")
        yield* first.process.logged(({ message }) => /press Ctrl-C again/.test(String(message)))
        yield* first.process.logged(({ message }) => String(message).startsWith("stopping: running"))
        yield* Effect.sleep("400 millis")
        assert.notInclude(JSON.stringify(first.process.log), "stopping at once")
        yield* first.process.signal("SIGINT")
        yield* Effect.timeout(first.process.exit, "5 seconds")
        // On a busy machine the process does not wait for the end of its Postgres.
        assert.match(String(first.process.log.at(-1)?.message), /^stopped/)

        yield* files.serve("/endless.csv", CsvServer.file("n\n1\n"))
        const second = yield* started(dataDir, environment)
        yield* second.api.until(jobId, ({ state }) => state === "completed")
      }).pipe(Effect.scoped),
    60_000,
  )

  it.live("the command that the start logs works when it is pasted, also from a JSON log", () =>
    Effect.gen(function* () {
      const { api, command } = yield* started(yield* temporaryFolder, { LOG_FORMAT: "json" })
      const { stdout } = spawnSync("bash", ["-c", command], { encoding: "utf8" })
      const { jobId } = JSON.parse(stdout) as { jobId: JobId }
      yield* api.until(jobId, ({ state }) => state === "completed")
    }).pipe(Effect.scoped),
  )

  it.live(
    "npm start reports a port in use in one line, with the key that sets it",
    () =>
      Effect.gen(function* () {
        const dataDir = yield* temporaryFolder
        const taken = yield* Effect.acquireRelease(
          Effect.callback<ReturnType<typeof createServer>>((resume) => {
            const server = createServer().listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
          }),
          (server) => Effect.callback<void>((resume) => void server.close(() => resume(Effect.void))),
        )
        const { port } = taken.address() as AddressInfo
        for (const key of ["PORT", "FILESERVER_PORT"]) {
          const process = yield* start("all", {
            DATA_DIR: dataDir,
            PORT: "0",
            FILESERVER_PORT: "0",
            [key]: String(port),
          })
          assert.strictEqual(yield* process.exit, 1)
          const fatal = process.log.filter((line) => line["level"] === "FATAL")
          assert.lengthOf(fatal, 1)
          assert.match(String(fatal[0]?.message), new RegExp(`port ${port}.*set ${key} `))
        }
        assert.deepStrictEqual(postgresIn(dataDir), [])
      }).pipe(Effect.scoped),
    60_000,
  )
})
