import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as References from "effect/References"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import { inspect } from "node:util"
import { SourceUrl } from "../../../../src/Domain/source/SourceUrl.ts"
import { beginning, inTurn, offset, rest, whole } from "../../../support/BrokenDownload.ts"
import * as CsvServer from "../../../support/CsvServer.ts"
import { layer, open } from "../../../support/FetchedSource.ts"
import { TestLog } from "../../../support/TestLog.ts"

const secret = "s3cret"

/** Reads a file through one cut connection, from a URL with secrets. */
const readThroughCut = Effect.fnUntraced(function* (server: CsvServer.CsvServer) {
  const source = yield* open(
    SourceUrl.make(`http://user:${secret}@127.0.0.1:${server.port}/a.csv?sig=${secret}`),
  )
  const first = yield* server.request("/a.csv")
  yield* Stream.runForEach(source.bytes, () => first.cut)
}, Effect.scoped)

/** The value of the counter for an outcome. */
const counter = Effect.fnUntraced(function* (outcome: string) {
  const all = yield* Metric.snapshot
  const found = all.find(
    ({ attributes, id }) => id === "sluice.source.resumes" && attributes?.["outcome"] === outcome,
  )
  return found?.type === "Counter" ? Number(found.state.count) : 0
})

describe("a resume", () => {
  it.live("writes a log line, a span and a counter, all without secrets", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", inTurn(beginning(), CsvServer.status(503), rest()))
      const spans: Array<Tracer.NativeSpan> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        },
      })
      const before = yield* counter("resumed")
      yield* readThroughCut(server).pipe(Effect.withSpan("load"), Effect.withTracer(tracer))
      assert.strictEqual((yield* counter("resumed")) - before, 1)

      const { lines } = yield* TestLog
      const line = lines.find(({ message }) => message === "download resumed")
      assert.deepStrictEqual(line?.annotations, {
        host: `127.0.0.1:${server.port}`,
        offset,
        size: whole.length,
        try: 2,
        break: "connection lost (UND_ERR_SOCKET)",
        resumes: 1,
      })
      const span = spans.find(({ name }) => name === "CsvSource.resume")
      assert.deepStrictEqual(Object.fromEntries(span?.attributes ?? []), {
        "sluice.source.offset": offset,
        "sluice.source.break": "connection lost (UND_ERR_SOCKET)",
        "server.address": "127.0.0.1",
        "server.port": server.port,
        "sluice.source.tries": 2,
      })
      const basic = Buffer.from(`user:${secret}`).toString("base64")
      for (const seen of [lines, ...spans.map(({ attributes, status }) => [attributes, status])]) {
        assert.notInclude(inspect(seen, { depth: 20 }), secret)
        assert.notInclude(inspect(seen, { depth: 20 }), basic)
      }
    }).pipe(
      Effect.provide(TestLog.layer),
      Effect.provideService(References.MinimumLogLevel, "Info"),
      Effect.provide(layer()),
    ),
  )

  it.live("that fails is counted, and its error has no secrets", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", inTurn(beginning(), CsvServer.status(403)))
      const before = yield* counter("failed")
      const error = yield* Effect.flip(readThroughCut(server))
      assert.strictEqual((yield* counter("failed")) - before, 1)
      assert.notInclude(inspect(error, { depth: 20 }), secret)
    }).pipe(Effect.provide(layer())),
  )
})
