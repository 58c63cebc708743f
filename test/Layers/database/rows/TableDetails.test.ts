import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { randomUUID } from "node:crypto"
import { JobId } from "../../../../src/Domain/job/Job.ts"
import { Rows } from "../../../../src/Domain/rows/Rows.ts"
import type { StatisticsKind } from "../../../../src/Domain/rows/TableDetails.ts"
import { PageTimeout } from "../../../../src/Layers/database/rows/ReadingPool.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

const id = (n: number) => `00000000-0000-0000-0000-00000000000${n}`

const jobId = JobId.make(randomUUID())

const describe = (table: string, kind: StatisticsKind = "sample") =>
  Rows.use((rows) => rows.describe({ target: "default", schema: "public", table, jobId, isMade: true }, kind))

const create = (statement: string) => PgClient.PgClient.use((sql) => sql.unsafe(statement))

layer(TestBackend.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "the columns of a table",
  (it) => {
    it.effect("have statistics of all rows if the table is small", () =>
      Effect.gen(function* () {
        yield* create(`
          create table public.small as
          select n, n::text || ' ''"' as "te""xt", n > 1 as flag, '{"a":1}'::json as j, array[n] as list, null::date as at,
            ('00000000-0000-0000-0000-00000000000' || n)::uuid as id, n::numeric(5,2) as price
          from generate_series(1, 3) n`)
        yield* create('comment on column public.small."te""xt" is \'Te"xt \'')
        yield* create("create unique index on public.small (price, n)")
        const { columns, key, statistics } = yield* describe("small")
        assert.deepInclude(statistics, { of: "all", rows: 3 })
        assert.isNull(key)
        assert.deepStrictEqual(
          columns.map(({ header, indexed, name, type }) => [name, type, header, indexed]),
          [
            ["n", "integer", null, false],
            ['te"xt', "text", 'Te"xt ', false],
            ["flag", "boolean", null, false],
            ["j", "json", null, false],
            ["list", "integer[]", null, false],
            ["at", "date", null, false],
            ["id", "uuid", null, false],
            ["price", "numeric(5,2)", null, true],
          ],
        )
        assert.deepStrictEqual(
          columns.map(({ statistics: found }) => [
            found?.nulls,
            found?.distinct,
            found?.min,
            found?.max,
            found?.longest,
          ]),
          [
            [0, 3, "1", "3", 1],
            [0, 3, `1 '"`, `3 '"`, 4],
            [0, 2, "false", "true", 5],
            [0, null, null, null, 7],
            [0, null, null, null, 3],
            [3, 0, null, null, null],
            [0, 3, id(1), id(3), 36],
            [0, 3, "1.00", "3.00", 4],
          ],
        )
        assert.isNull((yield* describe("small", "none")).columns[0]!.statistics)
      }),
    )

    it.effect("have their frequent values, and groups of the others, counted if the table is small", () =>
      Effect.gen(function* () {
        yield* create(`
          create table public.counted as
          select n, case when n <= 60 then 'town ' || n % 3 when n < 90 then 'place ' || n end as town, n % 4 = 0 as flag,
            (n % 2)::char(3) as code, '{}'::json as j
          from generate_series(1, 100) n`)
        const { columns } = yield* describe("counted")
        const [n, town, flag, code, j] = columns.map(({ statistics }) => statistics!)
        assert.deepStrictEqual(n?.common, [])
        assert.deepStrictEqual(n?.histogram.slice(0, 3), ["1", "5", "10"])
        assert.lengthOf(n!.histogram, 21)
        assert.deepStrictEqual(
          town?.common,
          ["town 0", "town 1", "town 2"].map((value) => ({ value, rows: 20 })),
        )
        assert.deepStrictEqual([town?.histogram.at(0), town?.histogram.at(-1)], ["place 61", "place 89"])
        assert.deepStrictEqual(flag, {
          nulls: 0,
          distinct: 2,
          min: "false",
          max: "true",
          longest: 5,
          common: [
            { value: "false", rows: 75 },
            { value: "true", rows: 25 },
          ],
          histogram: [],
        })
        assert.deepStrictEqual(
          code?.common.map(({ value }) => value),
          ["0", "1"],
        )
        assert.deepInclude(j, { common: [], histogram: [] })
        // Nothing of it depends on ANALYZE.
        yield* create("analyze public.counted")
        assert.deepStrictEqual((yield* describe("counted")).columns[1]?.statistics, town)
      }),
    )

    it.effect("have statistics of a sample of many rows, and on request of all", () =>
      Effect.gen(function* () {
        yield* create(`
          create table public.many as
          select n, 'town ' || n % 3 as town, case when n % 4 = 0 then n::numeric end as sometimes, '{}'::json as j, n % 2 = 0 as flag
          from generate_series(1, 40000) n`)
        assert.isNull((yield* describe("many")).statistics)
        yield* create("analyze public.many")
        const sampled = yield* describe("many")
        const [n, town, sometimes, j, flag] = sampled.columns.map(({ statistics }) => statistics!)
        assert.strictEqual(sampled.statistics?.of, "sample")
        assert.isNotNull(sampled.statistics?.at)
        assert.isAtLeast(n!.distinct!, 39_000)
        assert.lengthOf(n!.histogram, 21)
        // A number, not a text: 9 is less than 39000.
        assert.isBelow(Number(n!.min), 1000)
        assert.isAbove(Number(n!.max), 39_000)
        assert.deepInclude(town, { nulls: 0, distinct: 3, min: "town 0", max: "town 2", longest: null })
        assert.sameMembers(
          town!.common.map(({ value }) => value),
          ["town 0", "town 1", "town 2"],
        )
        assert.closeTo(sometimes!.nulls, 30_000, 1500)
        assert.deepInclude(j, { min: null, max: null, nulls: 0 })
        assert.deepInclude(flag, { min: "false", max: "true", distinct: 2 })

        const exact = yield* describe("many", "exact")
        assert.deepInclude(exact.statistics, { of: "all", rows: 40_000 })
        assert.deepInclude(exact.columns[2]!.statistics, {
          nulls: 30_000,
          min: "4",
          max: "40000",
          longest: 5,
        })
        const slow = Effect.provideService(PageTimeout, Duration.millis(1))
        for (const task of ["sample", "exact"] as const)
          assert.deepInclude(yield* Effect.flip(slow(describe("many", task))), {
            _tag: "QueryTooSlow",
            task,
          })
      }),
    )

    it.effect("have all values of a type in one notation, and no number of values that was not counted", () =>
      Effect.gen(function* () {
        yield* create(`
          create table public.notations as
          select n % 2 = 0 as flag, ('10.0.0.' || n % 5)::inet as ip, ('k' || n % 3)::char(4) as code,
            to_tsvector('simple', 'word' || n) as words, int4range(n, n + 1) as span, repeat('x', 50) as x
          from generate_series(1, 20000) n`)
        yield* create("analyze public.notations")
        for (const kind of ["sample", "exact"] as const) {
          const { columns } = yield* describe("notations", kind)
          const valuesOf = (name: string) => {
            const found = columns.find((column) => column.name === name)?.statistics
            return [found?.min, found?.max, found?.common.map(({ value }) => value).toSorted()]
          }
          assert.deepStrictEqual(valuesOf("flag"), ["false", "true", ["false", "true"]])
          const addresses = Array.from({ length: 5 }, (_, n) => `10.0.0.${n}`)
          assert.deepStrictEqual(valuesOf("ip"), ["10.0.0.0", "10.0.0.4", addresses])
          assert.deepStrictEqual(valuesOf("code"), ["k0", "k2", ["k0", "k1", "k2"]])
          assert.deepStrictEqual(
            columns.map(({ statistics }) => statistics?.distinct),
            [2, 5, 3, null, null, 1],
          )
        }
      }),
    )

    it.effect("have statistics when there are as many as a table can have, and those of all partitions", () =>
      Effect.gen(function* () {
        const names = Array.from({ length: 1600 }, (_, n) => `c${n}`)
        yield* create(`create table public.wide (${names.map((name) => `${name} text`).join(", ")})`)
        yield* create("insert into public.wide (c0, c1599) values ('a', 'z')")
        assert.strictEqual((yield* describe("wide")).columns[1599]!.statistics?.max, "z")
        // Several processes count such a table.
        const many = Array.from({ length: 420 }, (_, n) => `c${n} text`)
        yield* create(`create table public.crowded (${many.join(", ")}) with (parallel_workers = 2)`)
        yield* create(
          "insert into public.crowded (c0, c419) select 'a', n % 10 from generate_series(1, 15000) n",
        )
        const crowded = (yield* describe("crowded", "exact")).columns
        assert.deepInclude(crowded[419]!.statistics, { nulls: 0, min: "0", max: "9" })
        assert.deepInclude(crowded[418]!.statistics, { nulls: 15_000, max: null })
        yield* create("create table public.parted (n integer) partition by hash (n)")
        yield* create(
          "create table public.part partition of public.parted for values with (modulus 1, remainder 0)",
        )
        yield* create("insert into public.parted select generate_series(1, 20)")
        yield* create("analyze public.parted")
        const { columns, statistics } = yield* describe("parted")
        assert.deepInclude(statistics, { of: "sample", rows: 20 })
        assert.strictEqual(columns[0]!.statistics?.max, "20")
      }),
    )
  },
)
