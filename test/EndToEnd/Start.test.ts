import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { get } from "../support/rawHttp.ts"
import * as ServiceClient from "../support/ServiceClient.ts"
import { start } from "../support/ServiceProcess.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

/** A ready `npm start` with its own Postgres and free ports; the addresses come from its log. */
const started = Effect.fnUntraced(function* (dataDir: string) {
  const process = yield* start("src/main.ts", { DATA_DIR: dataDir, PORT: "0", FILESERVER_PORT: "0" })
  const ready = yield* process.logged((line) => String(line.message).startsWith("Sluice is ready"))
  const message = String(ready.message)
  return {
    process,
    docs: /http:\/\/\S+\/docs/.exec(message)?.[0] ?? "",
    api: ServiceClient.make(`http://${/localhost:\d+(?=\/download_file)/.exec(message)?.[0]}`),
    sample: /http:\/\/\S+\/tripsdata\.csv/.exec(message)?.[0] ?? "",
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

  it.live("npm start reports a port in use in one line, with the key that sets it", () =>
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
        const process = yield* start("src/main.ts", {
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
  )
})
