import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { randomUUID } from "node:crypto"
import { type TablePlace, Tables } from "../../../src/Domain/job/Tables.ts"
import { Jobs } from "../../../src/Domain/job/Jobs.ts"
import { TableName } from "../../../src/Domain/load/columns/TableName.ts"
import { Targets } from "../../../src/Domain/load/columns/target/Targets.ts"
import { SourceUrl } from "../../../src/Domain/source/SourceUrl.ts"
import { quoteIdentifier } from "../../../src/Domain/load/columns/SqlIdentifier.ts"
import { Caller, withKey, withoutKey } from "../../../src/Domain/service/Caller.ts"
import { ordinaryScopes, type Scope } from "../../../src/Domain/service/Scope.ts"
import { cleanUp } from "../../../src/Layers/database/jobs/JobRetention.ts"
import * as TestBackend from "../../support/TestBackend.ts"

/** The tables of the queue's database. */
const targetTables = Effect.flatMap(Targets, ({ tablesOf }) => tablesOf(null))

const fileUrl = SourceUrl.make("http://files.example/a.csv")

const note = Effect.fnUntraced(function* (owner: string, table: string, isMade = true) {
  const sql = yield* PgClient.PgClient
  yield* sql`
    insert into sluice.loaded_table (schema_name, table_name, owner, is_made, job_id, file_url, rows_loaded, loaded_at)
    values ('public', ${table}, ${owner}, ${isMade}, ${randomUUID()}, 'http://files.example/a.csv', 1, now())`
})

const create = Effect.fnUntraced(function* (owner: string, table: string) {
  const sql = yield* PgClient.PgClient
  yield* sql`create table public.${sql.literal(quoteIdentifier(table))} as select 1 as n`
  yield* note(owner, table)
})

/** Whether the caller can create a job that appends to the table, and look at the table. */
const tried = (name: string, table: string, scopes: ReadonlySet<Scope> = ordinaryScopes) =>
  Effect.gen(function* () {
    const options = { mode: "append", tableName: TableName.make(table) } as const
    const created = yield* Effect.exit((yield* Jobs).create({ fileUrl, options }))
    const seen = yield* Effect.exit((yield* targetTables).describe(undefined, table))
    return [Exit.isSuccess(created), Exit.isSuccess(seen)]
  }).pipe(Effect.provideService(Caller, withKey({ name, scopes }, "127.0.0.1")))

/** The names on the pages that a caller sees, with pages of two. */
const pagesOf = Effect.fnUntraced(function* (name: string, scopes: ReadonlySet<Scope> = ordinaryScopes) {
  const tables = yield* Tables
  const pages: Array<ReadonlyArray<string>> = []
  let after: TablePlace | null = null
  do {
    const page: Effect.Success<ReturnType<Tables["Service"]["list"]>> = yield* tables
      .list({ after, limit: 2 })
      .pipe(Effect.provideService(Caller, withKey({ name, scopes }, "127.0.0.1")))
    pages.push(page.tables.map(({ table }) => table))
    after = page.next
  } while (after !== null)
  return pages
})

const gina = (...scopes: ReadonlyArray<Scope>) =>
  withKey({ name: "gina", scopes: new Set(scopes) }, "127.0.0.1")

layer(TestBackend.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "the list of tables",
  (it) => {
    it.effect(
      "has the existing tables of the caller's jobs, page by page, and for an administrator all",
      () =>
        Effect.gen(function* () {
          for (const table of ["a", "b", "c", 'd "e".f']) yield* create("alice", table)
          yield* create("bob", "bs")
          yield* note("alice", "dropped")
          assert.deepStrictEqual(yield* pagesOf("alice"), [
            ["a", "b"],
            ["c", 'd "e".f'],
          ])
          assert.deepStrictEqual(yield* pagesOf("bob"), [["bs"]])
          assert.deepStrictEqual(yield* pagesOf("carol"), [[]])
          assert.deepStrictEqual(yield* pagesOf("root", new Set(["admin"] as const)), [
            ["a", "b"],
            ["bs", "c"],
            ['d "e".f'],
          ])
        }),
    )

    it.effect("keeps other callers from loading into a table, and from looking at it", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        yield* create("erin", "hers")
        yield* sql`create table public.everyones as select 1 as n`
        yield* note("erin", "everyones", false)
        yield* note("erin", "no_longer")
        assert.deepStrictEqual(yield* tried("frank", "hers"), [false, false])
        assert.deepStrictEqual(yield* tried("frank", "everyones"), [true, true])
        assert.deepStrictEqual(yield* tried("frank", "no_longer"), [true, true])
        assert.deepStrictEqual(yield* tried("root", "hers", new Set(["admin"] as const)), [true, true])
        yield* sql`delete from sluice.job`
        assert.deepStrictEqual(yield* tried("erin", "hers"), [true, true])
        // While her job waits, the table that it may make is hers too.
        assert.deepStrictEqual(yield* tried("erin", "planned"), [true, true])
        assert.deepStrictEqual(yield* tried("frank", "planned"), [false, true])
      }),
    )

    it.effect("keeps callers who may not read a table from comparing rows with it", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        for (const [table, isMade] of [
          ["made", true],
          ["theirs", false],
          ["unknown", null],
        ] as const) {
          yield* sql`create table public.${sql.literal(table)} (id integer primary key, secret text)`
          yield* sql`insert into public.${sql.literal(table)} values (1, 'a')`
          yield* sql`grant select on public.${sql.literal(table)} to sluice_api, sluice_readers`
          if (isMade !== null) yield* note("gina", table, isMade)
        }
        const compared = Effect.fnUntraced(function* (table: string, caller: Caller["Service"]) {
          const tables = yield* targetTables
          return yield* Effect.gen(function* () {
            const found = yield* Effect.orDie(tables.describe(undefined, table))
            const rows = [{ id: "1", secret: "a" }]
            return [
              yield* tables.findTaken(found!, ["id"], rows),
              yield* tables.compareRows(found!, ["id"], rows),
            ]
          }).pipe(Effect.provideService(Caller, caller))
        })
        const hidden = [null, null]
        const shown = [["1"], ["unchanged"]]
        assert.deepStrictEqual(yield* compared("made", gina("submit", "read")), shown)
        assert.deepStrictEqual(yield* compared("made", gina("submit")), hidden)
        for (const table of ["theirs", "unknown"]) {
          assert.deepStrictEqual(yield* compared(table, gina("submit", "read")), hidden)
          assert.deepStrictEqual(yield* compared(table, gina("admin")), shown)
          assert.deepStrictEqual(yield* compared(table, withoutKey("127.0.0.1")), shown)
        }
      }),
    )

    it.effect("forgets dropped tables", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        yield* create("dave", "kept")
        yield* note("dave", "gone")
        yield* cleanUp(Duration.infinity)
        const left = yield* sql`select table_name from sluice.loaded_table where owner = 'dave'`
        assert.deepStrictEqual(left, [{ table_name: "kept" }])
      }),
    )
  },
)
