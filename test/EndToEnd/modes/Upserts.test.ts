import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as CsvServer from "../../support/CsvServer.ts"
import { TestService } from "../../support/TestService.ts"
import { completed, loadText, noChanges as none, patience, runEach } from "./loadText.ts"

/** A file with the ids from one number to before another. */
const rows = (from: number, to: number, n: number) =>
  `id,n\n${Array.from({ length: to - from }, (_, index) => `${from + index},${n}\n`).join("")}`

layer(TestService.layerWithWorker(), { excludeTestServices: true, timeout: Duration.seconds(120) })(
  "an upsert into a table that exists",
  (it) => {
    it.effect(
      "compares keys by the collation of their index",
      () =>
        Effect.gen(function* () {
          const { sql } = yield* TestService
          yield* runEach(`
            create collation "any case" (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
            create table by_index (name text, n integer);
            create unique index on by_index (name collate "any case");
            create table by_column (name text collate "any case" primary key, n integer);
            create table by_letter (name text collate "any case", n integer);
            create unique index on by_letter (name collate "C");
            grant all on by_index, by_column, by_letter to sluice_tables`)
          for (const tableName of ["by_index", "by_column"]) {
            const options = { tableName, mode: "upsert", key: "name" }
            yield* completed("name,n\na,1\nb,1\n", options)
            const twice = yield* loadText("name,n\nA,2\na,3\n", options)
            assert.strictEqual(twice.error?.code, "duplicate_key", twice.error?.message)
            const last = yield* completed("name,n\nA,2\na,3\nc,3\n", {
              ...options,
              onDuplicateKey: "last",
              deleteMissing: true,
            })
            assert.deepStrictEqual(last.changes, {
              ...none,
              inserted: 1,
              updated: 1,
              deleted: 1,
              duplicates: 1,
            })
            assert.deepStrictEqual(yield* sql`select name, n from ${sql(tableName)} order by n, name`, [
              { name: "a", n: 3 },
              { name: "c", n: 3 },
            ])
          }
          const letters = { tableName: "by_letter", mode: "upsert", key: "name" }
          const two = yield* completed("name,n\nA,2\na,3\n", letters)
          assert.deepStrictEqual(two.changes, { ...none, inserted: 2 })
          const one = yield* completed("name,n\na,4\n", letters)
          assert.deepStrictEqual(one.changes, { ...none, updated: 1 })
        }),
      patience,
    )

    it.effect(
      "fails before the file is read if the table has rules",
      () =>
        Effect.gen(function* () {
          yield* runEach(`
            create table ruled (id integer primary key);
            create rule kept as on delete to ruled do instead nothing;
            grant all on ruled to sluice_tables`)
          const { error } = yield* loadText("id\n4\n", { tableName: "ruled", mode: "upsert", key: "id" })
          assert.strictEqual(error?.code, "table_unsuitable", error?.message)
        }),
      patience,
    )

    it.effect(
      "counts the rows of each upsert alone, also right after others over the same connection",
      () =>
        Effect.gen(function* () {
          const { api, files } = yield* TestService
          yield* runEach(`
            create table repeated (id integer primary key, n integer);
            grant all on repeated to sluice_tables`)
          const texts = [rows(0, 1000, 1), rows(1000, 2000, 1), rows(0, 10, 2), rows(5, 15, 2)]
          const jobs = yield* Effect.forEach(texts, (text, index) =>
            files.serve(`/repeated${index}.csv`, CsvServer.file(text)).pipe(
              Effect.andThen(
                api.create(files.url(`/repeated${index}.csv`), {
                  tableName: "repeated",
                  mode: "upsert",
                  key: "id",
                }),
              ),
            ),
          )
          const ended = yield* Effect.forEach(jobs, (id) => api.reaches(id, "completed", "failed"))
          assert.deepStrictEqual(
            ended.map(({ changes }) => changes),
            [
              { ...none, inserted: 1000 },
              { ...none, inserted: 1000 },
              { ...none, updated: 10 },
              { ...none, updated: 5, unchanged: 5 },
            ],
          )
        }),
      patience,
    )
  },
)
