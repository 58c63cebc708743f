import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Scope from "effect/Scope"
import { writeFileSync } from "node:fs"
import { createServer as createHttpServer } from "node:http"
import { createServer } from "node:net"
import type { AddressInfo, Socket } from "node:net"
import { join } from "node:path"
import { AppConfig } from "../../../src/Layers/process/AppConfig.ts"
import * as Exporters from "../../../src/Layers/telemetry/Exporters.ts"
import * as Collector from "../../support/Collector.ts"
import * as LogLines from "../../support/LogLines.ts"
import { temporaryFolder } from "../../support/temporaryFolder.ts"

interface Line {
  readonly level: string
  readonly message: unknown
}

/** Runs an effect with the exporters of a worker, and returns the lines that it logs. */
const exporting = Effect.fnUntraced(function* (
  endpoint: string,
  environment: Readonly<Record<string, string>> = {},
) {
  const log = LogLines.make<Line>()
  const logger = Logger.map(Logger.formatStructured, ({ level, message }) => log.add({ level, message }))
  const provider = ConfigProvider.fromUnknown({
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_BSP_SCHEDULE_DELAY: "50",
    OTEL_METRIC_EXPORT_INTERVAL: "50",
    ...environment,
  })
  const layers = Exporters.layer("worker").pipe(
    Layer.provideMerge(Logger.layer([logger])),
    Layer.provide(AppConfig.layer),
    Layer.provide(ConfigProvider.layer(provider)),
  )
  const scope = yield* Scope.fork(yield* Effect.scope)
  const context = yield* Layer.buildWithScope(layers, scope)
  const stop = Effect.timed(Scope.close(scope, Exit.void))
  return { log, context, stop }
})

/** A port on which nothing listens, or that accepts connections without ever responding. */
const port = Effect.fnUntraced(function* (responds: "refuses" | "hangs") {
  const sockets: Array<Socket> = []
  const server = createServer((socket) => void sockets.push(socket))
  yield* Effect.callback<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void)))
  const { port } = server.address() as AddressInfo
  const close = Effect.sync(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  if (responds === "refuses") yield* close
  else yield* Effect.addFinalizer(() => close)
  return port
})

describe("the exporters", () => {
  it.live("log an outage of the collector once at its beginning and once at its end", () =>
    Effect.gen(function* () {
      const free = yield* port("refuses")
      const { context, log } = yield* exporting(`http://user:hunter2@127.0.0.1:${free}`)
      const span = Effect.provide(Effect.withSpan(Effect.void, "during the outage"), context)
      const warning = yield* log.logged(({ level }) => level === "WARN")
      yield* span
      const collector = yield* Collector.make(free)
      yield* log.logged(({ message }) => message === `over: ${String(warning.message)}`)
      yield* Effect.provide(Effect.withSpan(Effect.void, "after it"), context)
      yield* collector.span(({ name }) => name === "after it")
      assert.deepStrictEqual(
        log.lines.map(({ level }) => level),
        ["WARN", "INFO"],
      )
      assert.notInclude(JSON.stringify(log.lines), "hunter2")
    }),
  )

  for (const responds of ["refuses", "hangs"] as const)
    it.live(`do not slow a stop when the collector ${responds}`, () =>
      Effect.gen(function* () {
        const { context, stop } = yield* exporting(`http://127.0.0.1:${yield* port(responds)}`, {
          OTEL_METRIC_EXPORT_INTERVAL: "60000",
        })
        yield* Effect.provide(Effect.withSpan(Effect.logInfo("a line"), "a span"), context)
        const [duration] = yield* stop
        assert.isBelow(Duration.toMillis(duration), 2000)
      }),
    )

  it.live("name the process: instance, version, role, and what OTEL_RESOURCE_ATTRIBUTES adds", () =>
    Effect.gen(function* () {
      const collector = yield* Collector.make()
      const { context } = yield* exporting(collector.endpoint, {
        OTEL_RESOURCE_ATTRIBUTES:
          "deployment.environment.name=test,service.namespace=a%20b,service.name=other",
      })
      const counted = Metric.update(Metric.counter("test.things"), 1)
      yield* Effect.provide(Effect.withSpan(counted, "a span"), context)
      const { resource } = yield* collector.span(({ name }) => name === "a span")
      const point = yield* collector.point(({ name }) => name === "test.things")
      assert.deepStrictEqual(point.resource, resource)
      assert.match(String(resource["service.instance.id"]), /^[0-9a-f-]{36}$/)
      assert.match(String(resource["service.version"]), /^\d+\./)
      assert.include(resource, {
        "service.name": "other",
        "service.namespace": "a b",
        "deployment.environment.name": "test",
        "sluice.role": "worker",
      })
    }),
  )

  it.live("send the headers in the file OTEL_EXPORTER_OTLP_HEADERS_FILE", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      writeFileSync(join(folder, "headers"), "authorization=Bearer hunter2\n")
      const received = Deferred.makeUnsafe<string | undefined>()
      const server = createHttpServer(({ headers }, response) => {
        Deferred.doneUnsafe(received, Effect.succeed(headers.authorization))
        response.end("{}")
      })
      yield* Effect.callback<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void)))
      yield* Effect.addFinalizer(() => Effect.sync(() => server.close()))
      const { context } = yield* exporting(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
        OTEL_EXPORTER_OTLP_HEADERS_FILE: join(folder, "headers"),
      })
      yield* Effect.provide(Effect.withSpan(Effect.void, "a span"), context)
      assert.strictEqual(yield* Deferred.await(received), "Bearer hunter2")
    }),
  )

  it.live("export the traces that OTEL_TRACES_SAMPLER selects", () =>
    Effect.gen(function* () {
      const collector = yield* Collector.make()
      const { context, stop } = yield* exporting(collector.endpoint, {
        OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
        OTEL_TRACES_SAMPLER_ARG: "0.5",
      })
      const trace = Effect.withSpan(Effect.withSpan(Effect.void, "child"), "root")
      yield* Effect.provide(Effect.repeat(trace, { times: 199 }), context)
      yield* stop
      const count = (wanted: string) => collector.spans.filter(({ name }) => name === wanted).length
      assert.strictEqual(count("child"), count("root"))
      assert.isAbove(count("root"), 50)
      assert.isBelow(count("root"), 150)
    }),
  )
})
