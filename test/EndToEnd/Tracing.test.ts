import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Collector from "../support/Collector.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { startWorker } from "../support/ServiceProcess.ts"
import { TestService } from "../support/TestService.ts"

type Span = Collector.ExportedSpan

const exporting = (collector: Collector.Collector) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
  OTEL_BSP_SCHEDULE_DELAY: "100",
  OTEL_METRIC_EXPORT_INTERVAL: "200",
})

/** Runs a test with a collector and a service that exports to it. */
const traced = <E, R>(test: (collector: Collector.Collector) => Effect.Effect<void, E, R>) =>
  Effect.gen(function* () {
    const collector = yield* Collector.make()
    yield* Effect.provide(test(collector), TestService.layer(exporting(collector)))
  }).pipe(Effect.scoped)

const consumerOf = (collector: Collector.Collector, jobId: string) =>
  collector.span(({ attributes, kind }) => kind === "consumer" && attributes["sluice.job.id"] === jobId)

/** The names of a span and its ancestors, from the root. */
const pathOf = (spans: ReadonlyArray<Span>, span: Span): ReadonlyArray<string> => {
  const parent = spans.find(({ spanId, traceId }) => spanId === span.parentSpanId && traceId === span.traceId)
  return [...(parent === undefined ? [] : pathOf(spans, parent)), span.name]
}

const secrets = ["hunter2", "topsecret", "headersecret", Buffer.from("user:hunter2").toString("base64")]

describe("traces", () => {
  it.live("connect the request, the queue, the source and the database over processes, without secrets", () =>
    traced((collector) =>
      Effect.gen(function* () {
        const { api, environment, files } = yield* TestService
        const worker = yield* startWorker(environment)
        yield* files.serve("/traced.csv", CsvServer.file("a,b\n1,2\n3\n"))
        yield* files.serve("/here.csv", CsvServer.redirect(files.url("/traced.csv?token=topsecret"), 302))
        const url = files.url("/here.csv?token=topsecret").replace("http://", "http://user:hunter2@")
        const jobId = yield* api.create(url, {
          tableName: "traced",
          headers: { "x-token": "headersecret" },
          maxBadRows: 1,
        })
        yield* api.reaches(jobId, "completed")
        const consumer = yield* consumerOf(collector, jobId)
        const { traceId } = consumer
        const inTrace = (name: string) =>
          collector.span((span) => span.traceId === traceId && span.name === name)

        const server = yield* inTrace("POST /download_file")
        const producer = yield* inTrace("send sluice.load")
        assert.deepStrictEqual([server.kind, producer.kind], ["server", "producer"])
        assert.strictEqual(server.attributes["http.route"], "/download_file")
        const message = {
          "messaging.system": "pg-boss",
          "messaging.destination.name": "sluice.load",
          "messaging.message.id": jobId,
        }
        assert.deepInclude(producer.attributes, { ...message, "messaging.operation.type": "send" })
        assert.strictEqual(consumer.name, "process sluice.load")
        assert.strictEqual(consumer.parentSpanId, producer.spanId)
        assert.deepInclude(consumer.links[0], { traceId, spanId: producer.spanId })
        assert.isFalse(consumer.isError)
        assert.deepInclude(consumer.attributes, {
          ...message,
          "messaging.operation.type": "process",
          "sluice.attempt": 1,
          "sluice.outcome": "completed",
          "sluice.rows": 1,
          "sluice.rows.rejected": 1,
        })
        assert.isAtLeast(Number(consumer.attributes["sluice.job.wait_time"]), 0)

        const requests = collector.spans.filter((span) => span.traceId === traceId && span.name === "GET")
        assert.deepStrictEqual(
          requests.map(({ attributes }) => [
            attributes["http.response.status_code"],
            attributes["http.request.resend_count"],
          ]),
          [
            [302, undefined],
            [200, 1],
          ],
        )
        const port = Number(new URL(files.url("/")).port)
        for (const { attributes, kind } of requests) {
          assert.strictEqual(kind, "client")
          assert.include(attributes, {
            "http.request.method": "GET",
            "server.address": "127.0.0.1",
            "server.port": port,
            "network.peer.address": "127.0.0.1",
            "network.peer.port": port,
          })
          assert.match(String(attributes["url.full"]), /\?token=\*\*\*$/)
        }

        const database = new URL(environment["DATABASE_URL"] ?? "")
        const statements = ["connect", "COPY public.traced", "COMMIT"]
        for (const name of statements) {
          const { attributes, kind } = yield* inTrace(name)
          assert.strictEqual(kind, "client", name)
          assert.include(attributes, {
            "db.system.name": "postgresql",
            "server.address": database.hostname,
            "server.port": Number(database.port),
            "db.namespace": database.pathname.slice(1),
          })
        }
        const insert = yield* inTrace("INSERT sluice.job")
        assert.include(insert.attributes, {
          "db.operation.name": "INSERT",
          "db.collection.name": "sluice.job",
          "server.address": database.hostname,
          "server.port": Number(database.port),
          "db.namespace": database.pathname.slice(1),
        })
        const copy = yield* inTrace("COPY public.traced")
        assert.strictEqual(copy.attributes["sluice.rows"], 1)
        assert.isAbove(Number(copy.attributes["sluice.bytes"]), 0)
        const rows = yield* inTrace("CopySink.copy")
        assert.deepInclude(rows.attributes, { "sluice.rows": 1, "sluice.rows.rejected": 1 })
        const settle = yield* inTrace("settle sluice.load")
        assert.deepStrictEqual(pathOf(collector.spans, settle), [
          "POST /download_file",
          "JobsApi.download",
          "Jobs.create",
          "send sluice.load",
          "process sluice.load",
          "load file",
          "CopySink.load",
          "CopySink.commit",
          "settle sluice.load",
        ])

        const line = yield* worker.logged(
          (line) => line["job_id"] === jobId && line.message === "attempt ended",
        )
        assert.strictEqual(line["trace_id"], traceId)
        assert.include(line, { rejected: 1, replica: 1 })
        assert.isNumber(line["wait_ms"])
        yield* collector.point(({ name, value }) => name === "sluice.rows.committed" && value > 0)
        for (const secret of [...secrets, ...(database.password === "" ? [] : [database.password])])
          assert.notInclude(JSON.stringify([collector.bodies, worker.log]), secret)
      }),
    ),
  )

  it.live("show a failed job as an error, a cancelled one not, and link the cancel to the job", () =>
    traced((collector) =>
      Effect.gen(function* () {
        const { api, environment, files } = yield* TestService
        yield* startWorker(environment)
        const failed = yield* api.create(files.url("/missing.csv"))
        yield* api.reaches(failed, "failed")
        const attempt = yield* consumerOf(collector, failed)
        assert.isTrue(attempt.isError)
        assert.include(attempt.attributes, { "sluice.outcome": "failed", "error.type": "source_not_found" })
        const get = yield* collector.span(
          ({ name, traceId }) => name === "GET" && traceId === attempt.traceId,
        )
        assert.isTrue(get.isError)
        assert.include(get.attributes, { "http.response.status_code": 404, "error.type": "404" })

        yield* files.serve("/slow.csv", CsvServer.byHand)
        const cancelled = yield* api.create(files.url("/slow.csv"))
        yield* api.reaches(cancelled, "active")
        yield* api.cancel(cancelled)
        const stopped = yield* consumerOf(collector, cancelled)
        assert.isFalse(stopped.isError)
        assert.include(stopped.attributes, { "sluice.outcome": "cancelled" })
        const cancel = yield* collector.span(
          ({ links, traceId }) =>
            traceId !== stopped.traceId && links.some((link) => link.traceId === stopped.traceId),
        )
        const request = yield* collector.span(
          ({ kind, traceId }) => kind === "server" && traceId === cancel.traceId,
        )
        assert.match(request.name, /job_cancel/)
        assert.deepStrictEqual(
          collector.spans
            .filter(({ isError, traceId }) => isError && traceId === stopped.traceId)
            .map(({ name }) => name),
          [],
        )
      }),
    ),
  )

  it.live("have none of health checks, and leave the source's address policy in force", () =>
    traced((collector) =>
      Effect.gen(function* () {
        const { api, environment } = yield* TestService
        yield* startWorker({ ...environment, ALLOWED_HOSTS: "" })
        yield* api.get("/health/ready")
        yield* api.get("/health/live")
        const jobId = yield* api.create(`${collector.endpoint}/a.csv`)
        yield* api.reaches(jobId, "failed")
        const attempt = yield* consumerOf(collector, jobId)
        assert.strictEqual(attempt.attributes["error.type"], "address_forbidden")
        const requests = collector.spans.filter(({ kind }) => kind === "server").map(({ name }) => name)
        assert.notInclude(requests.join(), "health")
        assert.isEmpty(collector.spans.filter(({ name }) => name.includes("ready")))
      }),
    ),
  )

  it.live("tell three workers and the API apart", () =>
    traced((collector) =>
      Effect.gen(function* () {
        const { environment } = yield* TestService
        yield* Effect.all([startWorker(environment), startWorker(environment), startWorker(environment)], {
          concurrency: "unbounded",
        })
        const seen = new Map<string, string>()
        while (seen.size < 4) {
          const { resource } = yield* collector.point(
            ({ resource }) => !seen.has(String(resource["service.instance.id"])),
          )
          seen.set(String(resource["service.instance.id"]), String(resource["sluice.role"]))
        }
        assert.deepStrictEqual([...seen.values()].toSorted(), ["api", "worker", "worker", "worker"])
      }),
    ),
  )
})
