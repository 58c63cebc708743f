import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { parse } from "csv-parse/sync"
import { get, type IncomingMessage } from "node:http"
import { Exports, type CsvSelection } from "../../../src/Domain/job/Exports.ts"
import type { JobId } from "../../../src/Domain/job/Job.ts"
import { Jobs } from "../../../src/Domain/job/Jobs.ts"
import { SourceUrl } from "../../../src/Domain/source/SourceUrl.ts"
import { serveOnPort } from "../../support/ApiServer.ts"
import { memoryInUse } from "../../support/memoryInUse.ts"
import { rejectColumns, skippedColumns } from "../../support/RejectPages.ts"
import * as TestBackend from "../../support/TestBackend.ts"

const fileUrl = SourceUrl.make("http://files.example/tripsdata.csv")
const everything: CsvSelection = { after: 0, limit: null }

/** A job with this many rejects of this many characters each, numbered 2, 4, 6, … */
const jobWith = Effect.fnUntraced(function* (rejects: number, characters: number) {
  const sql = yield* PgClient.PgClient
  const jobs = yield* Jobs
  const { jobId } = yield* jobs.create({ fileUrl, options: {} })
  yield* sql`
    insert into sluice.reject
    select ${jobId}::uuid, 2 * n, n, nullif(n % 3, 0), n, 'nul_byte', 'a NUL', repeat('x', ${characters}), ${characters}
    from generate_series(1, ${rejects}::int) n`
  return jobId
})

const textOf = (jobId: JobId, selection: CsvSelection) =>
  Effect.gen(function* () {
    const { csv, next } = yield* Exports.use((exports) => exports.csv("rejects", jobId, selection))
    return { text: yield* Stream.mkString(Stream.decodeText(csv)), next }
  }).pipe(Effect.scoped)

/** Server processes of exports, with the event that each waits for. */
const backends = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  return yield* sql<{ readonly pid: number; readonly wait: string | null; readonly state: string }>`
    select pid, wait_event as wait, state from pg_stat_activity
    where datname = current_database() and application_name = 'sluice export'`
})

const backendsBecome = (isSo: (found: Effect.Success<typeof backends>) => boolean) =>
  backends.pipe(Effect.filterOrFail(isSo), Effect.eventually, Effect.timeout("15 seconds"))

const noBackend = backendsBecome((found) => found.length === 0)

/** Waits until the server waits for the reader of an export. */
const stalled = backendsBecome((found) => found.some(({ wait }) => wait === "ClientWrite"))

/** Requests all rejects of a job from the API, without reading the body. */
const download = Effect.fnUntraced(function* (jobId: JobId) {
  const context = yield* Effect.context<Jobs | Exports>()
  const services = Layer.succeedContext(context)
  const origin = yield* serveOnPort(services, { exports: services })
  return yield* Effect.acquireRelease(
    Effect.callback<IncomingMessage, Error>((resume) => {
      get(`${origin}/job_rejects?jobId=${jobId}&format=csv`, (response) =>
        resume(Effect.succeed(response)),
      ).on("error", (error) => resume(Effect.fail(error)))
    }),
    (response) => Effect.sync(() => response.destroy()),
  )
})

/** Reads the body and returns its size, or `null` if it was cut off. */
const sizeOf = (response: IncomingMessage) =>
  Effect.callback<number | null>((resume) => {
    let size = 0
    response.on("data", (chunk: Buffer) => (size += chunk.length))
    response.on("close", () => resume(Effect.succeed(response.complete ? size : null)))
    response.on("error", () => resume(Effect.succeed(null)))
  })

layer(TestBackend.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "exports of rejects from Postgres",
  (it) => {
    it.effect("have a header row, and another CSV parser reads them as they were stored", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const jobId = yield* jobWith(0, 0)
        const raws = [
          'a,"b"\r\nc',
          "a\rb",
          "\ufeffa",
          '"",""',
          "=cmd|' /C calc'!A0",
          "",
          "é🦆\\x00",
          '"',
          "\\.",
        ]
        yield* Effect.forEach(
          raws,
          (raw, n) => sql`
          insert into sluice.reject values
            (${jobId}, ${n + 1}, ${n + 2}, ${n % 2 === 0 ? null : 3}, ${1e12 + n}, 'nul_byte', 'a "NUL"', ${raw}, 8)`,
        )
        const { next, text } = yield* textOf(jobId, everything)
        assert.isNull(next)
        assert.isTrue(text.startsWith(`${rejectColumns.join(",")}\n`))
        assert.deepStrictEqual(
          parse(text, { columns: true }),
          raws.map((raw, n) => ({
            record: String(n + 1),
            line: String(n + 2),
            column: n % 2 === 0 ? "" : "3",
            byteOffset: String(1e12 + n),
            reason: "nul_byte",
            message: 'a "NUL"',
            raw,
            rawBytes: "8",
            fileUrl: "",
          })),
        )
      }),
    )

    it.effect("can be exports of skipped lines", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const jobId = yield* jobWith(1, 1)
        yield* sql`
          insert into sluice.skipped_line
          select ${jobId}::uuid, 'footer', n, 10 * n, 'Total, "' || n || '"', 20 from generate_series(7, 9) n`
        const { csv, next } = yield* Exports.use((exports) =>
          exports.csv("skipped", jobId, { after: 7, limit: 1 }),
        )
        assert.strictEqual(
          yield* Stream.mkString(Stream.decodeText(csv)),
          `${skippedColumns.join(",")}\nfooter,8,80,"Total, ""8""",20,\n`,
        )
        assert.strictEqual(next, 8)
      }),
    )

    it.effect("start after `after`, end at `limit`, and return the next `after` if there are more", () =>
      Effect.gen(function* () {
        const jobId = yield* jobWith(5, 1)
        const records = (selection: CsvSelection) =>
          Effect.map(textOf(jobId, selection), ({ next, text }) => [
            text
              .split("\n")
              .slice(1, -1)
              .map((line) => Number(line.split(",")[0])),
            next,
          ])
        assert.deepStrictEqual(yield* records({ after: 0, limit: 2 }), [[2, 4], 4])
        assert.deepStrictEqual(yield* records({ after: 4, limit: 3 }), [[6, 8, 10], null])
        assert.deepStrictEqual(yield* records({ after: 3, limit: null }), [[4, 6, 8, 10], null])
        assert.deepStrictEqual(yield* records({ after: 10, limit: 2 }), [[], null])
      }),
    )

    it.effect("are sent only as fast as they are read, use constant memory and arrive complete", () =>
      Effect.gen(function* () {
        const jobId = yield* jobWith(120_000, 300)
        const response = yield* download(jobId)
        yield* stalled
        const before = memoryInUse()
        let received = 0
        // Buffers are freed a little after a collection, so single readings are too high.
        let least = Infinity
        response.on("data", (chunk: Buffer) => {
          const isSample = Math.floor(received / 2e6) < Math.floor((received + chunk.length) / 2e6)
          received += chunk.length
          if (isSample && received > 20e6) least = Math.min(least, memoryInUse() - before)
        })
        const size = yield* sizeOf(response)
        assert.isAbove(size ?? 0, 120_000 * 300)
        assert.isBelow(least, 10e6)
        yield* noBackend
      }),
    )

    it.effect("end on the server when the client disconnects", () =>
      Effect.gen(function* () {
        const response = yield* download(yield* jobWith(120_000, 300))
        yield* stalled
        response.destroy()
        yield* noBackend
      }),
    )

    it.effect("that lose the database close the client's connection", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const response = yield* download(yield* jobWith(120_000, 300))
        assert.strictEqual(response.statusCode, 200)
        const [backend] = yield* stalled
        yield* sql`select pg_terminate_backend(${backend?.pid ?? 0})`
        assert.isNull(yield* sizeOf(response))
        yield* noBackend
      }),
    )

    it.effect("wait while four others run, and time out", () =>
      Effect.gen(function* () {
        const exports = yield* Exports
        const outcomes: Array<unknown> = []
        const logger = Logger.map(Logger.formatStructured, ({ annotations, message }) => {
          if (message === "export ended") outcomes.push(annotations["outcome"])
        })
        const jobId = yield* jobWith(1, 1)
        const fifth = Effect.forkChild(Effect.exit(textOf(jobId, everything)), { startImmediately: true })
        const [waited, failed] = yield* Effect.scoped(
          Effect.gen(function* () {
            yield* Effect.all(Array.from({ length: 4 }, () => exports.csv("rejects", jobId, everything)))
            const failing = yield* fifth
            yield* TestClock.adjust("10 seconds")
            return [yield* fifth, yield* Fiber.join(failing)] as const
          }),
        ).pipe(Effect.provide(Logger.layer([logger])))
        assert.match(
          Option.getOrThrow(Exit.findErrorOption(failed)).detail ?? "",
          /^Too many exports are running\./,
        )
        assert.isTrue(Exit.isSuccess(yield* Fiber.join(waited)))
        // Nobody has read the four that ran.
        assert.sameMembers(outcomes, ["failed", ...Array<string>(4).fill("disconnected"), "completed"])
      }).pipe(Effect.provide(TestClock.layer())),
    )

    it.effect("end when their reader takes nothing for two minutes", () =>
      Effect.gen(function* () {
        const exports = yield* Exports
        const { csv } = yield* exports.csv("rejects", yield* jobWith(120_000, 300), everything)
        yield* TestClock.adjust("2 minutes")
        yield* TestClock.withLive(noBackend)
        assert.isTrue(Exit.isFailure(yield* Effect.exit(Stream.runDrain(csv))))
      }).pipe(Effect.provide(TestClock.layer())),
    )
  },
)
