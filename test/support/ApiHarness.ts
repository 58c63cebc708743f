import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Scheduler from "effect/Scheduler"
import { HttpRouter, HttpServer } from "effect/http"
import { assert } from "@effect/vitest"
import { UploadSource } from "../../src/Domain/source/UploadSource.ts"
import { CsvSource } from "../../src/Domain/source/CsvSource.ts"
import { Exports } from "../../src/Domain/job/Exports.ts"
import { Uploads } from "../../src/Domain/job/Uploads.ts"
import { Jobs } from "../../src/Domain/job/Jobs.ts"
import { JobList } from "../../src/Domain/job/list/JobList.ts"
import { Sources } from "../../src/Domain/refresh/Sources.ts"
import { Tables } from "../../src/Domain/job/Tables.ts"
import { Rows } from "../../src/Domain/rows/Rows.ts"
import { ApiKeys } from "../../src/Domain/service/ApiKeys.ts"
import { loadError } from "../../src/Domain/load/LoadError.ts"
import { HealthReport } from "../../src/Domain/service/HealthSummary.ts"
import { Readiness, type ReadinessCheck } from "../../src/Domain/service/Readiness.ts"
import { apiKeysOf } from "../../src/Layers/process/keys/ApiKeysConfig.ts"
import { parseApiKeys } from "../../src/Layers/process/keys/parseApiKeys.ts"
import { routerConfig } from "../../src/Api/http/RoutePaths.ts"
import { layerRoutes } from "../../src/Api/HttpServer.ts"

/** A response with its body read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as a JSON object; empty if it is not one. */
  readonly json: Record<string, unknown>
}

export const jsonObject = (text: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null ? { ...value } : {}
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

const answerOf = async (response: Response): Promise<Answer> => {
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: jsonObject(text) }
}

export const layerReadiness = (...checks: ReadonlyArray<ReadinessCheck>): Layer.Layer<Readiness> =>
  Layer.succeed(Readiness, Readiness.of({ checks }))

export const allReady = layerReadiness(
  { name: "database", check: Effect.void },
  { name: "queue", check: Effect.void },
)

const noNetwork = loadError("source_unreachable", "there is no network in this test")

/** Fails every fetch, for tests without previews. */
export const noSource: Layer.Layer<CsvSource> = Layer.succeed(
  CsvSource,
  CsvSource.of({
    open: () => Effect.fail(noNetwork),
    openIfChanged: () => Effect.fail(noNetwork),
  }),
)

/** Fails every export, for tests without exports. */
export const noExports: Layer.Layer<Exports> = Layer.mock(Exports, {})

/** For tests without tables. */
export const noTables: Layer.Layer<Tables> = Layer.succeed(
  Tables,
  Tables.of({
    list: () => Effect.succeed({ tables: [], next: null, unavailable: [] }),
    find: () => Effect.succeed(null),
  }),
)

/** For tests without a list of jobs. */
export const noJobList: Layer.Layer<JobList> = Layer.mock(JobList, {})

/** For tests without rows of tables. */
export const noRows: Layer.Layer<Rows> = Layer.mock(Rows, {})
/** For tests without a summary of the service. */
export const noHealth: Layer.Layer<HealthReport> = Layer.mock(HealthReport, {})

/** For tests without sources. */
export const noSources: Layer.Layer<Sources> = Layer.mock(Sources, {})
/** Refuses every upload, for tests without uploads. */
export const noUploads = Layer.merge(Layer.mock(Uploads, {}), Layer.mock(UploadSource, {}))

/** @param entries as in `API_KEYS`; without any, the API requires no key */
export const layerApiKeys = (...entries: ReadonlyArray<string>): Layer.Layer<ApiKeys> => {
  const keys = Result.getOrThrow(parseApiKeys(entries.join("\n")))
  return Layer.succeed(
    ApiKeys,
    apiKeysOf(() => keys),
  )
}

export const form = (body: string): RequestInit => ({
  method: "POST",
  body,
  headers: { "content-type": "application/x-www-form-urlencoded" },
})

export const json = (body: unknown): RequestInit => ({
  method: "POST",
  body: typeof body === "string" ? body : JSON.stringify(body),
  headers: { "content-type": "application/json" },
})

/**
 * The whole API with the caller's `Jobs`, its `Exports` if there are any, and its clock, without a port. It logs to
 * `logger`.
 */
export const serveInMemory = Effect.fnUntraced(function* (
  options: {
    readonly readiness?: Layer.Layer<Readiness>
    readonly source?: Layer.Layer<CsvSource>
    readonly jobList?: Layer.Layer<JobList>
    readonly apiKeys?: ReadonlyArray<string>
    readonly logger?: Logger.Logger<unknown, void>
  } = {},
) {
  const jobs = yield* Jobs
  const exports = yield* Effect.serviceOption(Exports)
  const clock = yield* Clock.Clock
  const scheduler = yield* Scheduler.Scheduler
  const { handler } = yield* Effect.acquireRelease(
    Effect.sync(() =>
      HttpRouter.toWebHandler(
        layerRoutes.pipe(
          Layer.provide([
            Layer.succeed(Jobs, jobs),
            Option.match(exports, {
              onNone: () => noExports,
              onSome: (found) => Layer.succeed(Exports, found),
            }),
            options.jobList ?? noJobList,
            noTables,
            noRows,
            noSources,
            noHealth,
            options.readiness ?? allReady,
            options.source ?? noSource,
            noUploads,
            layerApiKeys(...(options.apiKeys ?? [])),
            HttpServer.layerServices,
          ]),
          Layer.provideMerge(Layer.succeed(Clock.Clock, clock)),
          // With its scheduler, the test clock waits for the requests that it wakes.
          Layer.provideMerge(Layer.succeed(Scheduler.Scheduler, scheduler)),
          Layer.provideMerge(Logger.layer(options.logger === undefined ? [] : [options.logger])),
        ),
        { disableLogger: true, routerConfig },
      ),
    ),
    ({ dispose }) => Effect.promise(dispose),
  )
  return (path: string, init?: RequestInit) =>
    Effect.promise(() => handler(new Request(`http://localhost:3000${path}`, init)).then(answerOf))
})

/** Asserts that the response is a problem (RFC 9457) with this status and code. */
export const assertProblem = (answer: Answer, status: number, code: string): void => {
  assert.strictEqual(answer.status, status, answer.text)
  assert.strictEqual(answer.headers.get("content-type"), "application/problem+json")
  assert.strictEqual(answer.json["status"], status)
  assert.strictEqual(answer.json["code"], code)
  assert.strictEqual(answer.json["type"], `/problems/${code}`)
  assert.isString(answer.json["title"])
  assert.isNotEmpty(answer.json["detail"])
}
