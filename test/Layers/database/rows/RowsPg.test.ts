import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { randomUUID } from "node:crypto"
import { JobId } from "../../../../src/Domain/job/Job.ts"
import { type PageRequest, Rows } from "../../../../src/Domain/rows/Rows.ts"
import { parseRowsRequest } from "../../../../src/Domain/rows/RowsRequest.ts"
import { Caller, withKey, withoutKey } from "../../../../src/Domain/service/Caller.ts"
import { ordinaryScopes } from "../../../../src/Domain/service/Scope.ts"
import { planRows } from "../../../../src/Layers/database/rows/planRows.ts"
import { PageTimeout } from "../../../../src/Layers/database/rows/ReadingPool.ts"
import { makeParameters } from "../../../../src/Layers/database/rows/StatementValues.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

const jobId = JobId.make(randomUUID())

const page = (
  table: string,
  query: ReadonlyArray<readonly [string, string]>,
  options: Partial<PageRequest> = {},
) =>
  Rows.use((rows) =>
    rows.page(
      { target: "default", schema: "public", table, jobId, isMade: true },
      {
        ...Result.getOrThrow(parseRowsRequest(query)),
        after: null,
        limit: 100,
        count: null,
        format: "json",
        ...options,
      },
    ),
  )

const starsLike = (pattern: string) =>
  page("stars", [
    ["s", `like.${pattern}`],
    ["order", "s"],
  ])

const readForeignRows = (limit: number, table = "foreign_rows") =>
  Rows.use((rows) =>
    rows.page(
      { target: "default", schema: "public", table, jobId, isMade: false },
      { select: [], filters: [], order: [], after: null, limit, count: null, format: "json" },
    ),
  )

const create = (statement: string) => PgClient.PgClient.use((sql) => sql.unsafe(statement))

const findAs = (caller: Caller["Service"], name: string) =>
  Rows.use((rows) => rows.find(name)).pipe(
    Effect.provideService(Caller, caller),
    Effect.map(({ table }) => table),
    Effect.catchTag("TableNotFound", () => Effect.succeed(null)),
  )

const find = (owner: string, name: string, scopes = ordinaryScopes) =>
  findAs(withKey({ name: owner, scopes }, "127.0.0.1"), name)

layer(TestBackend.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "the rows of a table",
  (it) => {
    it.effect("that take too long are given up, with the columns that have no index", () =>
      Effect.gen(function* () {
        yield* create(
          "create table public.slow as select n, n % 7 as m, n as indexed from generate_series(1, 300000) n",
        )
        yield* create("create index on public.slow (indexed)")
        const slow = Effect.provideService(PageTimeout, Duration.millis(1))
        const query = [
          ["m", "eq.8"],
          ["indexed", "gt.0"],
          ["order", "n"],
        ] as const
        const failure = yield* Effect.flip(slow(page("slow", query)))
        assert.strictEqual(failure._tag, "QueryTooSlow")
        assert.deepInclude(failure, { columns: ["m", "n"], task: "rows" })
      }),
    )

    it.effect("of partitions, and of more columns than a function has arguments, are all there once", () =>
      Effect.gen(function* () {
        yield* create("create table public.parted (n integer) partition by hash (n)")
        for (const n of [0, 1, 2])
          yield* create(
            `create table public.parted_${n} partition of public.parted for values with (modulus 3, remainder ${n})`,
          )
        yield* create("insert into public.parted select generate_series(1, 20)")
        const found: Array<string> = []
        let after: PageRequest["after"] = null
        do {
          const next: Effect.Success<ReturnType<typeof page>> = yield* page("parted", [], { limit: 3, after })
          found.push(...next.rows)
          after = next.next
        } while (after !== null)
        assert.sameMembers(
          found,
          Array.from({ length: 20 }, (_, n) => `{"n":${n + 1}}`),
        )
        const names = Array.from({ length: 1600 }, (_, n) => `c${n}`)
        yield* create(`create table public.wide (${names.map((name) => `${name} text`).join(", ")})`)
        yield* create("insert into public.wide (c0, c1599) values ('a', 'z')")
        const wide = yield* page("wide", [["c1599", "eq.z"]], { format: "csv" })
        assert.deepStrictEqual(wide.rows, [`a${",".repeat(1599)}z`])
        assert.include((yield* page("wide", [])).rows[0]!, '"c1599":"z"')
      }),
    )

    it.effect("end a page early when it is large", () =>
      Effect.gen(function* () {
        yield* create(
          "create table public.large as select n, repeat('x', 2000000) as x from generate_series(1, 5) n",
        )
        const first = yield* page("large", [["select", "n,x"]])
        assert.lengthOf(first.rows, 3)
        const second = yield* page("large", [["select", "n,x"]], { after: first.next })
        assert.lengthOf(second.rows, 2)
        assert.isNull(second.next)
      }),
    )

    it.effect("can be read by their owner only", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        yield* create('create table public."hers. too" as select 1 as n')
        yield* sql`
          insert into sluice.loaded_table (schema_name, table_name, owner, is_made, job_id, file_url, rows_loaded, loaded_at)
          values ('public', 'hers. too', 'alice', true, ${jobId}, 'http://files.example/a.csv', 1, now())`
        assert.strictEqual(yield* find("alice", "hers. too"), "hers. too")
        assert.strictEqual(yield* find("alice", "public.hers. too"), "hers. too")
        assert.strictEqual(yield* find("root", "hers. too", new Set(["admin"] as const)), "hers. too")
        assert.isNull(yield* find("bob", "hers. too"))
        assert.isNull(yield* find("alice", " too"))
      }),
    )

    it.effect("of a table that another program made can be read without keys, or with the scope admin", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const admin = new Set(["admin"] as const)
        yield* create("create table public.events as select 1 as n")
        for (const owner of ["bob", ""]) {
          yield* sql`
            insert into sluice.loaded_table (schema_name, table_name, owner, is_made, job_id, file_url, rows_loaded, loaded_at)
            values ('public', 'events', ${owner}, false, ${jobId}, 'http://files.example/a.csv', 1, now())
            on conflict (schema_name, table_name) do update set owner = excluded.owner`
          assert.strictEqual(yield* find("root", "events", admin), "events")
          assert.isNull(yield* find("alice", "events"))
          if (owner === "bob")
            assert.strictEqual((yield* Effect.flip(find("bob", "events")))._tag, "TableNotReadable")
          else assert.strictEqual(yield* findAs(withoutKey("127.0.0.1"), "events"), "events")
        }
      }),
    )

    it.effect("are not read after a place with a null where the order has none", () =>
      Effect.gen(function* () {
        yield* create("create table public.keyed (id integer primary key)")
        yield* create("insert into public.keyed values (1), (2)")
        const { next } = yield* page("keyed", [], { limit: 1 })
        const forged = { ...next!, values: [null] }
        assert.deepInclude(yield* Effect.flip(page("keyed", [], { after: forged })), {
          _tag: "RowsRefused",
          issues: [{ field: "after", message: "it has a null for a column that is never null" }],
        })
      }),
    )

    it.effect("are on one line each, also with a column of type json", () =>
      Effect.gen(function* () {
        yield* create(`create table public.documents as select e'{"a":\r\n "x\\\\ny"}'::json as j`)
        const { rows } = yield* page("documents", [])
        assert.notMatch(rows[0]!, /[\r\n]/)
        assert.deepStrictEqual(JSON.parse(rows[0]!), { j: { a: "x\ny" } })
      }),
    )

    it.effect("match a star that has a backslash before it", () =>
      Effect.gen(function* () {
        yield* create("create table public.stars as select unnest(array['a*b', 'axb', 'a%b']) as s")
        assert.deepStrictEqual((yield* starsLike("a\\*b")).rows, ['{"s":"a*b"}'])
        assert.deepStrictEqual((yield* starsLike("a\\%b")).rows, ['{"s":"a%b"}'])
        assert.lengthOf((yield* starsLike("a*b")).rows, 3)
      }),
    )

    it.effect("of a table that another program made have pages only by a key", () =>
      Effect.gen(function* () {
        yield* create("create table public.foreign_rows as select generate_series(1, 3) as n")
        assert.lengthOf((yield* readForeignRows(3)).rows, 3)
        assert.strictEqual((yield* Effect.flip(readForeignRows(2)))._tag, "RowsRefused")
        yield* create("alter table public.foreign_rows add primary key (n)")
        assert.lengthOf((yield* readForeignRows(2)).rows, 2)
        yield* create("create table public.foreign_parts (n integer) partition by list (n)")
        yield* create("create table public.foreign_part partition of public.foreign_parts default")
        yield* create("insert into public.foreign_parts select generate_series(1, 3)")
        assert.lengthOf((yield* readForeignRows(3, "foreign_parts")).rows, 3)
        assert.strictEqual((yield* Effect.flip(readForeignRows(2, "foreign_parts")))._tag, "RowsRefused")
      }),
    )

    it.effect("report only the first column that the table does not have", () =>
      Effect.sync(() => {
        let compared = 0
        const shape = {
          // Read for each name that is looked up in vain.
          get columns() {
            compared++
            return [{ name: "n", type: "integer", isText: false, notNull: false }]
          },
          key: null,
          indexed: [],
          hasParts: false,
          pages: 0,
          file: "1",
        }
        const unknown = Array.from({ length: 50 }, (_, n) => `q${n}`)
        for (const query of [
          [["order", unknown.join(",")]],
          [["select", unknown.join(",")]],
          [["or", `(${unknown.map((name) => `${name}.eq.1`).join(",")})`]],
          unknown.map((name) => [name, "eq.1"]),
        ] as ReadonlyArray<ReadonlyArray<readonly [string, string]>>) {
          compared = 0
          const request = Result.getOrThrow(parseRowsRequest(query))
          assert.isTrue(Result.isFailure(planRows(shape, request, makeParameters())))
          assert.isAtMost(compared, 3)
        }
      }),
    )

    it.effect("cannot be reached by names and values that are SQL", () =>
      Effect.gen(function* () {
        yield* create('create table public.safe as select \'a\'::text as "a""b", 1 as n')
        const hostile = [
          `'; drop table public.safe; --`,
          '"; drop table public.safe; --',
          "\\'; --",
          "$1",
          "pg_sleep(9)",
        ]
        for (const text of hostile) {
          assert.deepStrictEqual((yield* page("safe", [['"a\\"b"', `eq.${text}`]])).rows, [])
          assert.strictEqual((yield* Effect.flip(page("safe", [["n", `eq.${text}`]])))._tag, "RowsRefused")
          const name = `"${text.replaceAll(/["\\]/g, "\\$&")}"`
          for (const parameter of [
            [name, "eq.1"],
            ["select", name],
            ["order", name],
          ] as const)
            assert.strictEqual((yield* Effect.flip(page("safe", [parameter])))._tag, "RowsRefused", text)
        }
        assert.lengthOf((yield* page("safe", [['"a\\"b"', "eq.a"]])).rows, 1)
      }),
    )
  },
)
