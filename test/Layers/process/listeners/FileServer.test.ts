import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createServer } from "node:http"
import { refusalOf } from "../../../../src/Domain/source/hosts/DestinationPolicy.ts"
import * as FileServer from "../../../../src/Layers/process/listeners/FileServer.ts"
import { readyMessage } from "../../../../src/Layers/process/listeners/LogAddresses.ts"
import { get } from "../../../support/rawHttp.ts"
import { nowhere, policyOf } from "../../../support/destinations.ts"

describe("FileServer", () => {
  it.live("serves the sample file as CSV, with a validator", () =>
    Effect.gen(function* () {
      const { url } = yield* FileServer.serve(0)
      const whole = yield* get(`${url}/tripsdata.csv`)
      assert.strictEqual(whole.status, 200)
      assert.match(whole.headers["content-type"] ?? "", /^text\/csv/)
      assert.strictEqual(Number(whole.headers["content-length"]), Buffer.byteLength(whole.body))
      assert.isString(whole.headers.etag)
      const lines = whole.body.trimEnd().split("\n")
      assert.strictEqual(lines[0]?.split(",").length, 7)
      assert.isTrue(lines.slice(1).every((line) => line.endsWith(",")))
    }),
  )

  it.live("serves a range of an unchanged file", () =>
    Effect.gen(function* () {
      const { url } = yield* FileServer.serve(0)
      const whole = yield* get(`${url}/tripsdata.csv`)
      const rest = yield* get(`${url}/tripsdata.csv`, {
        range: "bytes=100-",
        "if-range": whole.headers.etag ?? "",
      })
      assert.strictEqual(rest.status, 206)
      assert.strictEqual(
        rest.headers["content-range"],
        `bytes 100-${whole.body.length - 1}/${whole.body.length}`,
      )
      assert.strictEqual(rest.body, whole.body.slice(100))
      const changed = yield* get(`${url}/tripsdata.csv`, { range: "bytes=100-", "if-range": '"another"' })
      assert.strictEqual(changed.status, 200)
      const beyond = yield* get(`${url}/tripsdata.csv`, { range: "bytes=100000-" })
      assert.strictEqual(beyond.status, 416)
    }),
  )

  it.live("responds with 404 to a missing file and to a path outside its folder", () =>
    Effect.gen(function* () {
      const { url } = yield* FileServer.serve(0)
      assert.strictEqual((yield* get(`${url}/nothing.csv`)).status, 404)
      assert.strictEqual((yield* get(`${url}/..%2f..%2fpackage.json`)).status, 404)
    }),
  )

  it.live("does not serve a page that has rebound its name to this address", () =>
    Effect.gen(function* () {
      const { url } = yield* FileServer.serve(0)
      for (const [host, status] of [
        ["localhost", 200],
        ["127.0.0.1:8000", 200],
        ["evil.example", 421],
        ["localhost.evil.example:8000", 421],
        ["user@localhost", 421],
      ] as const)
        assert.strictEqual((yield* get(`${url}/tripsdata.csv`, { host })).status, status, host)
    }),
  )

  it.live("names the port and its key if the port is in use", () =>
    Effect.gen(function* () {
      const port = yield* occupiedPort
      const error = yield* Effect.flip(FileServer.serve(port))
      assert.strictEqual(error._tag, "ListenError")
      assert.include(error.message, `port ${port}`)
      assert.include(error.message, "FILESERVER_PORT")
    }),
  )

  it("allows downloads from its own port only, also if that is the default port", () => {
    const policy = policyOf({ allowedHosts: FileServer.hosts(80) })
    for (const host of ["127.0.0.1", "localhost"]) {
      const reason = (port: number) => refusalOf(policy, nowhere, { host, port, address: "127.0.0.1" })
      assert.isNull(reason(80))
      assert.isNotNull(reason(5432))
    }
  })

  it("is logged with its port, also if that is the default port", () => {
    assert.include(
      readyMessage("0.0.0.0", 8080, 80),
      "curl -d fileUrl=http://localhost:80/tripsdata.csv localhost:8080/download_file",
    )
    assert.include(readyMessage("::2", 3000, 8000), "[::2]:3000/download_file")
  })

  it.live("does not list its files", () =>
    Effect.gen(function* () {
      const { url } = yield* FileServer.serve(0)
      const { body, status } = yield* get(`${url}/`)
      assert.strictEqual(status, 404)
      assert.notInclude(body, "tripsdata")
    }),
  )

  it.live("reports the port on which it listens", () =>
    Effect.gen(function* () {
      const { port, url } = yield* FileServer.serve(0)
      assert.strictEqual(url, `http://127.0.0.1:${port}`)
      assert.isAbove(port, 0)
    }),
  )
})

const occupiedPort = Effect.acquireRelease(
  Effect.callback<{ readonly port: number; readonly close: () => void }>((resume) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address()
      if (typeof address === "object" && address !== null) {
        resume(Effect.succeed({ port: address.port, close: () => server.close() }))
      }
    })
  }),
  ({ close }) => Effect.sync(close),
).pipe(Effect.map(({ port }) => port))
