import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import type { JobFilter } from "../../../src/Domain/job/list/JobFilter.ts"
import { JobList, type JobPage, type JobPlace } from "../../../src/Domain/job/list/JobList.ts"
import { Jobs } from "../../../src/Domain/job/Jobs.ts"
import { SourceId } from "../../../src/Domain/job/SourceId.ts"
import { TableName } from "../../../src/Domain/load/columns/TableName.ts"
import { Caller, Owner, withKey } from "../../../src/Domain/service/Caller.ts"
import { ordinaryScopes, type Scope } from "../../../src/Domain/service/Scope.ts"
import { SourceUrl } from "../../../src/Domain/source/SourceUrl.ts"
import { noCounters } from "../../../src/Domain/job/Progress.ts"
import { claimed, trouble } from "../../support/jobFixtures.ts"
import * as TestBackend from "../../support/TestBackend.ts"

const as = (name: string, scopes: ReadonlySet<Scope> = ordinaryScopes) =>
  Effect.provideService(Caller, withKey({ name, scopes }, "127.0.0.1"))
const asAdmin = as("root", new Set(["admin"]))

const create = (fileUrl: string, table: string, ...otherUrls: ReadonlyArray<string>) =>
  Effect.flatMap(Jobs, (jobs) =>
    jobs.create({
      fileUrl: SourceUrl.make(fileUrl),
      ...(otherUrls.length === 0 ? {} : { otherUrls: otherUrls.map((url) => SourceUrl.make(url)) }),
      options: { mode: "append", tableName: TableName.make(table) },
    }),
  )

const first = (filter: JobFilter = {}, limit = 100, after: JobPlace | null = null) =>
  Effect.flatMap(JobList, (list) => list.page(filter, { after, limit }))

/** The tables of the jobs that match. */
const tables = (filter: JobFilter = {}) =>
  Effect.map(first(filter), ({ jobs }) => jobs.map(({ table }) => table))

/** The tables on each page. */
const pages = Effect.fnUntraced(function* (limit: number, filter: JobFilter = {}) {
  const found: Array<ReadonlyArray<string>> = []
  let after: JobPlace | null = null
  do {
    const page: JobPage = yield* first(filter, limit, after)
    found.push(page.jobs.map(({ table }) => table))
    after = page.next
  } while (after !== null)
  return found
})

layer(TestBackend.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "the list of jobs",
  (it) => {
    it.effect("has the caller's jobs, newest first, page by page, and for an administrator all", () =>
      Effect.gen(function* () {
        for (const table of ["a", "b", "c", "d"])
          yield* as("alice")(create("http://files.example/a.csv", table))
        yield* as("bob")(create("http://files.example/b.csv", "bs"))
        yield* as("alice")(create("http://files.example/a.csv", "e"))
        assert.deepStrictEqual(yield* as("alice")(pages(2)), [["e", "d"], ["c", "b"], ["a"]])
        assert.deepStrictEqual(yield* as("bob")(pages(2)), [["bs"]])
        assert.deepStrictEqual(yield* as("carol")(pages(2)), [[]])
        assert.deepStrictEqual(yield* asAdmin(pages(2)), [
          ["e", "bs"],
          ["d", "c"],
          ["b", "a"],
        ])
      }),
    )

    it.effect("does not move when jobs are created between two pages, and separates jobs of one moment", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const asDave = as("dave")
        for (const table of ["p1", "p2", "p3", "p4"])
          yield* asDave(create("http://files.example/p.csv", table))
        yield* sql`update sluice.job set created_at = '2020-05-18T08:00:00.123457Z' where owner = 'dave'`
        const all = (yield* asDave(pages(1))).flat()
        assert.deepStrictEqual(all.toSorted(), ["p1", "p2", "p3", "p4"])
        const { jobs, next } = yield* asDave(first({}, 2))
        yield* asDave(create("http://files.example/p.csv", "p5"))
        const rest = yield* asDave(first({}, 100, next))
        assert.deepStrictEqual(
          [...jobs, ...rest.jobs].map(({ table }) => table),
          all,
        )
      }),
    )

    it.effect("finds jobs by table, host, words, and times of creation", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const asErin = as("erin")
        yield* asErin(create("HTTPS://user:pw@Data.Example.ORG:8443/nyc-taxi/Trips_2024.csv?part=1", "taxi"))
        yield* asErin(create("http://[2001:db8::1]/Größen.csv", "sizes"))
        yield* asErin(create("http://data.example.org.evil.example/2024/x.csv", "other"))
        yield* sql`update sluice.job set created_at = '2024-02-03T04:05:06Z' where table_name = 'sizes'`
        const found = (filter: JobFilter) => asErin(tables(filter))
        assert.deepStrictEqual(yield* found({ table: "taxi" }), ["taxi"])
        assert.deepStrictEqual(yield* found({ table: "tax" }), [])
        assert.deepStrictEqual(yield* found({ host: "data.EXAMPLE.org" }), ["taxi"])
        assert.deepStrictEqual(yield* found({ host: "[2001:db8::1]" }), ["sizes"])
        assert.deepStrictEqual(yield* found({ host: "example.org" }), [])
        assert.deepStrictEqual(yield* found({ text: "trip 2024" }), ["taxi"])
        assert.deepStrictEqual(yield* found({ text: "TAXI" }), ["taxi"])
        assert.deepStrictEqual(yield* found({ text: "2024" }), ["other", "taxi"])
        assert.deepStrictEqual(yield* found({ text: "2024 sizes" }), [])
        assert.deepStrictEqual(yield* found({ text: "pw" }), [])
        // The beginning of a word has at least three characters.
        assert.deepStrictEqual(yield* found({ text: "ta" }), [])
        assert.deepStrictEqual(yield* found({ text: "2024 x" }), ["other"])
        for (const text of ["a' & !b:*", "<->", "| a", "x\\"]) yield* found({ text })
        const time = DateTime.makeUnsafe("2024-02-03T04:05:06Z")
        assert.deepStrictEqual(yield* found({ createdBefore: time }), [])
        assert.deepStrictEqual(yield* found({ createdBefore: DateTime.add(time, { seconds: 1 }) }), ["sizes"])
        assert.deepStrictEqual(yield* found({ createdAfter: time }), ["other", "taxi", "sizes"])
        assert.deepStrictEqual(yield* found({ createdAfter: time, host: "data.example.org", text: "csv" }), [
          "taxi",
        ])
      }),
    )

    it.effect(
      "a read of changed jobs has every job that was announced, and says that others are left out",
      () =>
        Effect.gen(function* () {
          const sql = yield* PgClient.PgClient
          const list = yield* JobList
          const { jobId } = yield* as("ivan")(create("http://files.example/old.csv", "old"))
          yield* sql`
          with newer as (
            insert into sluice.job (id, owner, caller, file_url, shown_url, target_schema, table_name, created_at, holds_name)
            select gen_random_uuid(), 'judy', 'key:judy', 'http://a.example', 'http://a.example', 'public', 'newer' || n,
              now() + interval '1 s', false
            from generate_series(1, 1100) as n returning id
          ) insert into sluice.claim (job_id, retry_count) select id, 0 from newer`
          const since = (Date.now() - 60_000) * 1000
          const read = yield* list.recent({ owner: null, jobIds: [jobId, jobId], isStarted: true, since })
          assert.strictEqual(read.jobs[0]?.job.jobId, jobId)
          assert.deepStrictEqual([read.jobs.length, read.isCut], [1001, true])
          const ofIvan = yield* list.recent({ owner: Owner.make("ivan"), jobIds: [], isStarted: true, since })
          assert.deepStrictEqual(
            ofIvan.jobs.map(({ job }) => job.table),
            ["old"],
          )
          assert.isFalse(ofIvan.isCut)
          yield* sql`delete from sluice.claim using sluice.job where id = job_id and owner = 'judy'`
          yield* sql`delete from sluice.job where owner = 'judy'`
        }),
    )

    it.effect("finds jobs by the hosts and words of all their files, each once", () =>
      Effect.gen(function* () {
        const asGina = as("gina")
        yield* asGina(
          create(
            "http://one.example/jan.csv",
            "months",
            "http://one.example/feb.csv",
            "http://Two.example:81/mar.csv?key=hidden",
          ),
        )
        yield* asGina(create("http://two.example/days.csv", "days"))
        const found = (filter: JobFilter) => asGina(tables(filter))
        assert.deepStrictEqual(yield* found({ host: "one.example" }), ["months"])
        assert.deepStrictEqual(yield* found({ host: "TWO.example" }), ["days", "months"])
        assert.deepStrictEqual(yield* asGina(pages(1, { host: "two.example" })), [["days"], ["months"]])
        assert.deepStrictEqual(yield* found({ text: "months mar" }), ["months"])
        assert.deepStrictEqual(yield* found({ text: "feb days" }), [])
        assert.deepStrictEqual(yield* found({ text: "hidden" }), [])
        // More text than an index holds.
        const long = Array.from({ length: 60 }, (_, n) => `http://f.example/${n}/${"ab/".repeat(2600)}.csv`)
        yield* asGina(create("http://f.example/first.csv", "long", ...long))
        assert.deepStrictEqual(yield* found({ host: "f.example", text: "first" }), ["long"])
      }),
    )

    it.effect("gives advice when finding the jobs takes too long", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const isLocked = yield* Deferred.make<void>()
        const mayEnd = yield* Deferred.make<void>()
        const holder = yield* sql`lock table sluice.job in access exclusive mode`.pipe(
          Effect.andThen(Deferred.succeed(isLocked, undefined)),
          Effect.andThen(Deferred.await(mayEnd)),
          sql.withTransaction,
          Effect.forkChild,
        )
        yield* Deferred.await(isLocked)
        const listing = yield* Effect.forkChild(Effect.flip(as("alice")(first())))
        // As the timeout ends it.
        yield* sql`
          select pg_cancel_backend(pid) from pg_stat_activity
          where wait_event_type = 'Lock' and application_name = 'sluice lists' and datname = current_database()`.pipe(
          Effect.filterOrFail(({ length }) => length === 1),
          Effect.retry(Schedule.spaced("20 millis")),
        )
        const error = yield* Fiber.join(listing)
        yield* Deferred.succeed(mayEnd, undefined)
        yield* Fiber.join(holder)
        assert.deepInclude(
          { tag: error._tag, operation: error.operation },
          { tag: "ServiceUnavailable", operation: "list jobs" },
        )
        assert.include(error.detail, "Use fewer or longer words")
      }),
    )

    it.effect("finds the runs of a source, only for its owner", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const sourceId = SourceId.make("0198f2a1-0b7e-4c35-8d4e-9d0e6f2a7c11")
        const { jobId } = yield* as("frank")(create("http://files.example/run.csv", "runs"))
        yield* as("frank")(create("http://files.example/run.csv", "no_run"))
        yield* sql`update sluice.job set source_id = ${sourceId} where id = ${jobId}`
        assert.deepStrictEqual(yield* as("frank")(tables({ sourceId })), ["runs"])
        assert.deepStrictEqual(yield* asAdmin(tables({ sourceId })), ["runs"])
        assert.deepStrictEqual(yield* as("bob")(tables({ sourceId })), [])
        const { requireKnown } = yield* JobList
        yield* as("frank")(requireKnown({ sourceId }))
        yield* asAdmin(requireKnown({ sourceId }))
        assert.strictEqual((yield* Effect.flip(as("bob")(requireKnown({ sourceId }))))._tag, "SourceUnknown")
      }),
    )

    it.effect("knows a database for tables that was given up, and no other", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const { requireKnown } = yield* JobList
        yield* sql`update sluice.installation set targets = '{lake}', past_targets = '{sea,lake}'`
        for (const target of ["lake", "sea"]) yield* as("bob")(requireKnown({ target }))
        const unknown = yield* Effect.flip(as("bob")(requireKnown({ target: "warehouse" })))
        assert.deepStrictEqual(unknown._tag === "TargetUnknown" && unknown.known, ["lake"])
      }),
    )

    it.effect("finds jobs by their state, also one that only the queue knows", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const asGrace = as("grace")
        const made = (table: string) => asGrace(create("http://files.example/s.csv", table))
        const start = Effect.fnUntraced(function* (table: string) {
          const claim = yield* claimed((yield* made(table)).jobId)
          yield* jobs.begin([claim])
          return claim
        })
        yield* start("active")
        const failed = yield* start("failed")
        yield* jobs.fail(failed, trouble, noCounters)
        const retry = yield* start("retry")
        yield* jobs.retry(retry, trouble, Duration.hours(1))
        yield* asGrace(jobs.cancel((yield* made("cancelled")).jobId))
        yield* made("created")
        for (const state of ["active", "failed", "retry", "cancelled", "created"] as const) {
          assert.deepStrictEqual(yield* asGrace(tables({ state })), [state])
          assert.include(yield* asAdmin(tables({ state })), state)
          assert.deepStrictEqual(yield* as("heidi")(tables({ state })), [])
        }
        assert.deepStrictEqual(yield* asGrace(tables({ state: "completed" })), [])
        const [waiting] = (yield* asGrace(first({ state: "retry" }))).jobs
        const [finished] = (yield* asGrace(first({ state: "failed" }))).jobs
        assert.deepStrictEqual([waiting?.attempt, waiting?.maxAttempts], [1, 5])
        const delay = DateTime.toEpochMillis(waiting!.nextAttemptAt!) - Date.now()
        assert.isTrue(Math.abs(delay - Duration.toMillis(Duration.hours(1))) < 60_000)
        assert.deepStrictEqual([finished?.nextAttemptAt, finished?.error?.code], [null, "source_timeout"])
      }),
    )
  },
)
