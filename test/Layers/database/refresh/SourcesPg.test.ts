import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Jobs } from "../../../../src/Domain/job/Jobs.ts"
import { TableName } from "../../../../src/Domain/load/columns/TableName.ts"
import { type SourceCursor, Sources } from "../../../../src/Domain/refresh/Sources.ts"
import type { LoadOptions } from "../../../../src/Domain/load/options/LoadOptions.ts"
import { migrations } from "../../../../src/Layers/database/migrations/MigrationStatements.ts"
import { SourceUrl } from "../../../../src/Domain/source/SourceUrl.ts"
import { claimed, find } from "../../../support/jobFixtures.ts"
import { changeSource, createSource, holding, sourceOf } from "../../../support/sourceFixtures.ts"
import { asSomeCaller } from "../../../support/someCaller.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

const asAlice = holding("alice")
const asBob = holding("bob")
const asAdmin = holding("root", new Set(["admin"] as const))

/** A source on this table. */
const createOn = (name: string, mode: "append" | "replace" | "upsert") =>
  createSource({
    options: {
      mode,
      tableName: TableName.make(name),
      ...(mode === "upsert" ? { key: ["id"] } : {}),
    },
  })

layer(TestBackend.layer({ SOURCES_PER_CALLER: "5" }), {
  excludeTestServices: true,
  timeout: Duration.seconds(60),
})("sources in Postgres", (it) => {
  it.effect("have a first run at once, which is a job with the options of the source", () =>
    asAlice(
      Effect.gen(function* () {
        const options = { types: "infer", mode: "append", tableName: TableName.make("trips") } as const
        const source = yield* createSource({ options })
        assert.deepInclude(source, {
          table: "trips",
          state: "active",
          every: "1h",
          unchangedRuns: 0,
          options: { types: "infer", mode: "append" },
        })
        const [run] = source.runs
        assert.deepInclude(run, { state: "created", unchanged: false })
        const job = yield* find(run!.jobId)
        assert.deepInclude(job, {
          sourceId: source.sourceId,
          table: "trips",
          mode: "append",
          unchanged: false,
        })
        const next = source.nextRunAt!.epochMilliseconds - source.createdAt.epochMilliseconds
        assert.isAtLeast(next, 3_600_000)
        assert.isAtMost(next, 3_600_000 + 30_000)
        yield* (yield* Sources).remove(source.sourceId)
      }),
    ),
  )

  it.effect("exist for their owner and an administrator, and for nobody else", () =>
    Effect.gen(function* () {
      const sources = yield* Sources
      const { sourceId } = yield* asAlice(createSource())
      assert.deepStrictEqual(yield* asBob(sources.find(sourceId)), Option.none())
      const { pause, refresh, remove, resume } = sources
      const changes = [
        Effect.asVoid(remove(sourceId)),
        Effect.asVoid(refresh(sourceId)),
        Effect.asVoid(pause(sourceId)),
        Effect.asVoid(resume(sourceId)),
      ]
      for (const change of changes)
        assert.strictEqual((yield* Effect.flip(asBob(change)))._tag, "SourceNotFound")
      const options = yield* Effect.flip(asBob(changeSource(sourceId, { options: { timeout: 9 } })))
      assert.strictEqual(options._tag, "SourceNotFound")
      assert.deepStrictEqual((yield* asBob(sources.list({ after: null, limit: 10, runs: 0 }))).sources, [])
      assert.strictEqual((yield* asAdmin(sourceOf(sourceId))).state, "active")
      yield* asAdmin(sources.remove(sourceId))
      assert.deepStrictEqual(yield* asAlice(sources.find(sourceId)), Option.none())
    }),
  )

  it.effect("are listed by their tables, page by page, with their latest runs", () =>
    holding("lister")(
      Effect.gen(function* () {
        for (const name of ["b", "c", "a"])
          yield* createSource({ options: { tableName: TableName.make(`listed_${name}`) } })
        const seen: Array<string> = []
        let after: SourceCursor | null = null
        do {
          const page: Effect.Success<ReturnType<Sources["Service"]["list"]>> = yield* (yield* Sources).list({
            after,
            limit: 2,
            runs: 1,
          })
          for (const { runs = [], sourceId } of page.sources) {
            const found = Option.getOrThrow(yield* (yield* Sources).find(sourceId))
            assert.lengthOf(runs, 1)
            assert.deepStrictEqual(runs, found.runs)
          }
          seen.push(page.sources.map(({ table }) => table).join())
          after = page.next
        } while (after !== null)
        assert.deepStrictEqual(seen, ["listed_a,listed_b", "listed_c"])
      }),
    ),
  )

  it.effect("are created once for a key, and are refused for another request with it", () =>
    holding("repeating")(
      Effect.gen(function* () {
        const options = { tableName: TableName.make("once") }
        const create = (every: string) => createSource({ key: "k", options, schedule: { every } })
        const all = yield* Effect.all([create("1h"), create("1h"), create("1h")], { concurrency: 3 })
        assert.strictEqual(new Set(all.map(({ sourceId }) => sourceId)).size, 1)
        assert.strictEqual((yield* Effect.flip(create("2h")))._tag, "IdempotencyKeyReused")
      }),
    ),
  )

  it.effect("are limited for each caller, and have a shortest interval", () =>
    holding("greedy")(
      Effect.gen(function* () {
        const created = yield* Effect.all(
          Array.from({ length: 8 }, () => Effect.result(createSource())),
          { concurrency: 8 },
        )
        assert.strictEqual(created.filter(({ _tag }) => _tag === "Success").length, 5)
        assert.strictEqual((yield* Effect.flip(createSource()))._tag, "LimitReached")
        for (const schedule of [{ every: "59s" }, { every: "0m" }])
          assert.strictEqual((yield* Effect.flip(createSource({ schedule })))._tag, "IntervalTooShort")
        const [source] = created.flatMap((one) => (one._tag === "Success" ? [one.success] : []))
        const refused = yield* Effect.flip(changeSource(source!.sourceId, { schedule: { every: "59s" } }))
        assert.strictEqual(refused._tag, "IntervalTooShort")
      }),
    ),
  )

  it.effect("do not replace each other's rows in one table", () =>
    holding("mixed")(
      Effect.gen(function* () {
        const first = yield* createOn("replaced", "replace")
        for (const mode of ["replace", "append"] as const)
          assert.deepInclude(yield* Effect.flip(createOn("replaced", mode)), {
            _tag: "TableHasSource",
            sourceId: first.sourceId,
          })
        yield* createOn("shared", "append")
        yield* createOn("shared", "upsert")
        assert.strictEqual((yield* Effect.flip(createOn("shared", "replace")))._tag, "TableHasSource")
        yield* (yield* Sources).remove(first.sourceId)
        const appended = yield* createOn("replaced", "append")
        const replace = changeSource(appended.sourceId, { options: { mode: "replace" } })
        assert.deepInclude(yield* replace, { options: { mode: "replace" } })
        const { sources } = yield* (yield* Sources).list({ after: null, limit: 9, runs: 0 })
        const shared = sources.find(({ options, table }) => table === "shared" && options.mode === "append")
        const refused = yield* Effect.flip(changeSource(shared!.sourceId, { options: { mode: "replace" } }))
        assert.strictEqual(refused._tag, "TableHasSource")
      }),
    ),
  )

  it.effect("do not load into a table of another caller, nor into a schema that is not allowed", () =>
    Effect.gen(function* () {
      const options = { tableName: TableName.make("of_alice") }
      yield* asAlice(createSource({ options }))
      assert.strictEqual((yield* Effect.flip(asBob(createSource({ options }))))._tag, "TableOfOthers")
      const refused = yield* Effect.flip(asBob(createSource({ options: { schema: "secret" } })))
      assert.strictEqual(refused._tag, "SchemaNotAllowed")
      assert.deepStrictEqual(
        (yield* asBob((yield* Sources).list({ after: null, limit: 9, runs: 0 }))).sources,
        [],
      )
    }),
  )

  it.effect("of earlier versions do not lose their headers with a new URL", () =>
    asSomeCaller(
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const before = Effect.fnUntraced(function* (fileUrl: string, options: LoadOptions = {}) {
          const { sourceId } = yield* createSource({ fileUrl, options })
          yield* sql`update sluice.source set options = options - 'headers' where id = ${sourceId}`
          return sourceId
        })
        const open = yield* before("http://files.example/a.csv")
        const secret = yield* before("http://files.example/b.csv", { headers: { authorization: "Bearer 1" } })
        yield* Effect.all(migrations(sql)["0031_headers_of_sources"], { discard: true })
        assert.notProperty((yield* sourceOf(open)).options, "headers")
        assert.deepInclude((yield* sourceOf(secret)).options, { headers: {} })
        // Other options can be changed.
        yield* changeSource(secret, { options: { timeout: 9 } })
        const jobs = yield* Jobs
        const [attempt] = yield* jobs.begin([yield* claimed((yield* sourceOf(secret)).runs[0]!.jobId)])
        assert.deepInclude(attempt!.options, { headers: { authorization: "Bearer 1" } })
        for (const sourceId of [open, secret]) yield* (yield* Sources).remove(sourceId)
      }),
    ),
  )

  it.effect("can be changed if their masked URL is longer than a URL that may be given", () =>
    asSomeCaller(
      Effect.gen(function* () {
        const query = Array.from({ length: 1600 }, (_, n) => `${n % 10}=a`).join("&")
        const { fileUrl, sourceId } = yield* createSource({ fileUrl: `http://files.example/a.csv?${query}` })
        assert.isAbove(fileUrl.length, 8192)
        const changed = yield* changeSource(sourceId, { options: { timeout: 9 } })
        assert.deepInclude(changed, { fileUrl })
        assert.deepInclude(changed.options, { timeout: 9 })
        yield* (yield* Sources).remove(sourceId)
      }),
    ),
  )

  it.effect("keep their secrets apart, for the workers that have a run", () =>
    asSomeCaller(
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const fileUrl = SourceUrl.make("http://user:hunter2@files.example/a.csv")
        const source = yield* createSource({
          fileUrl,
          options: { headers: { authorization: "Bearer hunter2" } },
        })
        assert.notInclude(JSON.stringify(source), "hunter2")
        const stored = yield* sql`
          select to_jsonb(source)::text || to_jsonb(job)::text as stored from sluice.source join sluice.job on source_id = source.id where source.id = ${source.sourceId}`
        assert.notInclude(JSON.stringify(stored), "hunter2")
        const jobs = yield* Jobs
        const { jobId } = source.runs[0]!
        const first = yield* claimed(jobId)
        const [attempt] = yield* jobs.begin([first])
        assert.deepInclude(attempt, { fileUrl })
        assert.strictEqual(attempt?.refresh?.sourceId, source.sourceId)
        assert.deepStrictEqual(yield* attempt!.refresh!.known, {
          etag: null,
          lastModified: null,
          location: null,
          contentHash: null,
          rows: null,
        })
        assert.deepStrictEqual(attempt!.options.headers, { authorization: "Bearer hunter2" })
        yield* jobs.release(first)

        // Other secrets, for the run that has begun as well.
        const rotated = SourceUrl.make("http://user:hunter3@files.example/a.csv")
        const changed = yield* changeSource(source.sourceId, {
          fileUrl: rotated,
          options: { headers: { authorization: "Bearer hunter3" } },
        })
        assert.notInclude(JSON.stringify(changed), "hunter")
        const second = yield* claimed(jobId)
        const [again] = yield* jobs.begin([second])
        assert.deepInclude(again, { fileUrl: rotated })
        assert.deepStrictEqual(again!.options.headers, { authorization: "Bearer hunter3" })
        yield* jobs.release(second)
        assert.strictEqual(yield* (yield* Sources).remove(source.sourceId), jobId)
        assert.deepStrictEqual(
          yield* sql`select * from sluice.source_secret where source_id = ${source.sourceId}`,
          [],
        )
        // Without its source, the run has no URL to load from.
        const [orphan] = yield* jobs.begin([yield* claimed(jobId)])
        assert.strictEqual(orphan?.unreadable?.code, "secrets_unreadable")
      }),
    ),
  )
})
