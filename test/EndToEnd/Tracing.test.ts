import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Collector from "../support/Collector.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { startWorker } from "../support/ServiceProcess.ts"
import { TestService } from "../support/TestService.ts"

it.live("one trace connects the POST, the queue, and COPY and COMMIT in another process", () =>
  Effect.gen(function* () {
    const collector = yield* Collector.make()
    const exporting = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_BSP_SCHEDULE_DELAY: "100" }
    yield* Effect.gen(function* () {
      const { api, environment, files } = yield* TestService
      const worker = yield* startWorker(environment)
      yield* files.serve("/traced.csv", CsvServer.file("a,b\n1,2\n"))
      const url = files.url("/traced.csv?token=topsecret").replace("http://", "http://user:hunter2@")
      const jobId = yield* api.create(url)
      yield* api.reaches(jobId, "completed")
      const line = yield* worker.logged((line) => line["job_id"] === jobId)
      const path = ["POST /download_file", "process job", "load file", "CopySink.copy", "CopySink.commit"]
      for (const name of path) yield* collector.span((span) => span.name === name)
      const { spans } = collector
      const byName = new Map(spans.map((span) => [span.name, span]))
      const traceIds = path.map((name) => byName.get(name)?.traceId)
      assert.deepStrictEqual(new Set(traceIds), new Set([line["trace_id"]]))
      assert.isString(line["trace_id"])
      const ancestors = (spanId: string | null | undefined): ReadonlyArray<string> => {
        const span = spans.find((span) => span.spanId === spanId)
        return span === undefined ? [] : [span.name, ...ancestors(span.parentSpanId)]
      }
      const ofCommit = ancestors(byName.get("CopySink.commit")?.spanId)
      assert.includeMembers([...ofCommit], ["load file", "process job", "Jobs.create", "POST /download_file"])
      assert.notMatch(JSON.stringify(spans), /hunter2|topsecret/)
      assert.notMatch(JSON.stringify(worker.log), /hunter2|topsecret/)
    }).pipe(Effect.provide(TestService.layer(exporting)))
  }).pipe(Effect.scoped),
)
