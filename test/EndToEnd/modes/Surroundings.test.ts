import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as CsvServer from "../../support/CsvServer.ts"
import { TestService } from "../../support/TestService.ts"
import { completed, loadText, noChanges as none, patience, runEach } from "./loadText.ts"

const codesOf = (job: { readonly warnings: ReadonlyArray<{ readonly code: string }> | null }) =>
  (job.warnings ?? []).map(({ code }) => code)

layer(TestService.layerWithWorker(), { excludeTestServices: true, timeout: Duration.seconds(120) })(
  "a table that exists, and what is around it",
  (it) => {
    it.effect(
      "has its name reserved by the jobs that will make it",
      () =>
        Effect.gen(function* () {
          const { api, files } = yield* TestService
          yield* files.serve("/future.csv", CsvServer.byHand)
          const options = { tableName: "future" }
          const jobs = yield* Effect.forEach(["append", "replace"], (mode) =>
            api.create(files.url("/future.csv"), { ...options, mode }),
          )
          const { status } = yield* api.post(`${files.url("/future.csv")}`, {}, options)
          assert.strictEqual(status, 409)
          yield* Effect.forEach(jobs, (id) => api.cancel(id))
        }),
      patience,
    )

    it.effect(
      "gets JSON as it is written, and refuses other texts",
      () =>
        Effect.gen(function* () {
          const { sql } = yield* TestService
          yield* runEach(`
            create domain settings as jsonb check (jsonb_typeof(value) = 'object');
            create table doc (
              id integer, plain json, fast jsonb check (jsonb_typeof(fast) <> 'string'), own settings,
              code varchar(3)
            );
            grant all on doc to sluice_tables`)
          const job = yield* completed(
            'id|plain|fast|own|code\n1|{"b": 1,  "a": 2}|[1]|{}|x\n2|{|[]|{}|x\n3|[]|"text"|{}|x\n4|[]|[]|[]|x\n5|[]|[]|{|x\n6|[]|{|{}|x\n7|||| \n8|null|1|{"k":"v"}|abcd\n',
            { tableName: "doc", mode: "append", quote: "none", maxBadRows: 6 },
          )
          assert.deepStrictEqual(job.rejects, { type_mismatch: 5, check_violated: 1 })
          assert.deepStrictEqual(
            yield* sql`select id, plain::text, fast::text, own::text from doc order by id`,
            [
              { id: 1, plain: '{"b": 1,  "a": 2}', fast: "[1]", own: "{}" },
              { id: 7, plain: null, fast: null, own: null },
            ],
          )
        }),
      patience,
    )

    it.effect(
      "is a table, and nothing else that has its name",
      () =>
        Effect.gen(function* () {
          yield* runEach(`
            create sequence numbers;
            create table indexed (id integer primary key);
            create type pair as (a integer, b integer);
            create type colour as enum ('red')`)
          for (const tableName of ["numbers", "indexed_pkey", "pair", "colour"]) {
            const { error } = yield* loadText("a\n1\n", { tableName, mode: "append" })
            assert.strictEqual(error?.code, "table_unsuitable", error?.message)
          }
        }),
      patience,
    )

    it.effect(
      "counts rows that a trigger or a rule does not let in",
      () =>
        Effect.gen(function* () {
          const { sql } = yield* TestService
          yield* sql.unsafe(`
            create function no_negative() returns trigger language plpgsql
            as 'begin if new.n < 0 then return null; end if; return new; end'`)
          yield* runEach(`
            create table counted (id integer primary key, n integer);
            create trigger no_negative before insert on counted for each row execute function no_negative();
            create table parted (id integer primary key, n integer) partition by range (id);
            create table parted_all partition of parted for values from (0) to (100);
            create trigger no_negative before insert on parted for each row execute function no_negative();
            create table nested (id integer primary key, n integer) partition by range (id);
            create table nested_all partition of nested for values from (0) to (100) partition by range (id);
            create table nested_low partition of nested_all for values from (0) to (50);
            create trigger no_negative before insert on nested_low for each row execute function no_negative();
            insert into nested values (1, 1), (2, 2);
            create table ruled (id integer);
            create rule odd as on insert to ruled where new.id % 2 = 1 do instead nothing;
            insert into counted values (1, 1), (2, 2);
            insert into parted values (1, 1), (2, 2);
            grant all on counted, parted, parted_all, nested, nested_all, nested_low, ruled to sluice_tables`)
          for (const tableName of ["counted", "parted", "nested"]) {
            const upsert = { tableName, mode: "upsert", key: "id" }
            const upserted = yield* completed("id,n\n1,1\n2,3\n3,3\n4,-1\n", upsert)
            assert.deepStrictEqual(upserted.changes, {
              ...none,
              inserted: 1,
              updated: 1,
              unchanged: 1,
              suppressed: 1,
            })
            const appended = yield* completed("id,n\n5,5\n6,-1\n", { tableName, mode: "append" })
            assert.deepStrictEqual(appended.changes, { ...none, inserted: 1, suppressed: 1 })
          }
          const ruled = yield* completed("id\n1\n2\n", { tableName: "ruled", mode: "append" })
          assert.deepStrictEqual(ruled.changes, { ...none, inserted: 1, suppressed: 1 })
        }),
      patience,
    )

    it.effect(
      "leaves the rows of tables that inherit from it, and reports those of tables that refer to it",
      () =>
        Effect.gen(function* () {
          const { sql } = yield* TestService
          yield* runEach(`
            create table base (id integer);
            create table derived (more text) inherits (base);
            insert into base values (1);
            insert into derived values (2, 'x');
            create table parent (id integer primary key);
            create table child (id integer primary key, parent integer references parent on delete cascade);
            create table grandchild (child integer references child on delete set null);
            insert into parent values (1), (2), (3);
            insert into child values (1, 1), (2, 2), (3, 2);
            insert into grandchild values (2), (3), (1);
            grant all on base, derived, parent, child, grandchild to sluice_tables`)
          const replaced = yield* completed("id\n5\n", { tableName: "base", mode: "replace" })
          assert.deepStrictEqual(replaced.changes, { ...none, inserted: 1, deleted: 1 })
          assert.deepStrictEqual(yield* sql`select id from base order by id`, [{ id: 2 }, { id: 5 }])
          const job = yield* completed("id\n1\n4\n", { tableName: "parent", mode: "replace" })
          assert.deepStrictEqual(job.changes, { ...none, inserted: 1, unchanged: 1, deleted: 2 })
          const messages = job.warnings
            ?.filter(({ code }) => code === "other_tables")
            .map(({ message }) => message)
          assert.strictEqual(messages?.length, 2)
          assert.include(messages?.[0], "deleted 2 rows of the table public.child,")
          assert.include(messages?.[1], "updated 2 rows of the table public.grandchild,")
        }),
      patience,
    )

    it.effect(
      "is not emptied by a file without rows, unless the options allow it",
      () =>
        Effect.gen(function* () {
          const { api, files, sql } = yield* TestService
          yield* runEach(`
            create table kept (id integer primary key);
            insert into kept values (1);
            grant all on kept to sluice_tables`)
          const upsert = { mode: "upsert", key: "id", deleteMissing: true }
          for (const options of [{ mode: "replace" }, upsert]) {
            const none = yield* loadText("id\n", { tableName: "kept", ...options })
            assert.strictEqual(none.error?.code, "no_rows")
            const rejected = yield* loadText("id\nx\n", { tableName: "kept", ...options, maxBadRows: 1 })
            assert.strictEqual(rejected.error?.code, "no_rows")
            const { body } = yield* api.preview(files.url("/modes.csv"), { tableName: "kept", ...options })
            assert.include(JSON.stringify(body), "no_rows")
          }
          const allowed = yield* completed("id\n", { tableName: "kept", ...upsert, allowEmpty: true })
          assert.deepStrictEqual(allowed.changes, { ...none, deleted: 1 })
          assert.include(codesOf(allowed), "no_records")
          yield* completed("id\n", { tableName: "kept", mode: "replace" })
          assert.deepStrictEqual(yield* sql`select id from kept`, [])
        }),
      patience,
    )

    it.effect(
      "is made again if it is dropped while the file is loaded",
      () =>
        Effect.gen(function* () {
          const { sql } = yield* TestService
          for (const [mode, type] of [
            ["append", "smallint"],
            ["upsert", "integer"],
          ] as const) {
            yield* sql.unsafe(`create table passing (id ${type} primary key)`)
            yield* sql`grant all on passing to sluice_tables`
            const loading = yield* sql.withTransaction(
              Effect.gen(function* () {
                const [table] = yield* sql<{ oid: number }>`select 'passing'::regclass::oid as oid`
                yield* sql`drop table passing`
                const fiber = yield* Effect.forkDetach(
                  completed("id\n1\n", {
                    tableName: "passing",
                    mode,
                    ...(mode === "upsert" ? { key: "id" } : {}),
                  }),
                )
                yield* sql`select from pg_locks where not granted and relation = ${table?.oid ?? 0}`.pipe(
                  Effect.repeat({ until: (rows) => rows.length > 0, schedule: Schedule.spaced("20 millis") }),
                )
                return fiber
              }),
            )
            const job = yield* Fiber.join(loading)
            assert.isAbove(job.attempt ?? 0, 1)
            assert.deepStrictEqual(yield* sql`select id from passing`, [{ id: "1" }])
            yield* sql`drop table passing`
          }
        }),
      patience,
    )

    it.effect(
      "has a comment about its last load, unless it has another one",
      () =>
        Effect.gen(function* () {
          const { sql } = yield* TestService
          const comment = Effect.map(
            sql<{ text: string }>`select obj_description('told'::regclass) as text`,
            ([row]) => row?.text ?? "",
          )
          const options = { tableName: "told", mode: "append" }
          yield* completed("id\n1\n2\n", options)
          assert.match(yield* comment, /^2 rows from .*, loaded by Sluice at /)
          const second = yield* completed("id\n3\n", options)
          assert.match(yield* comment, /^Last load: 1 row from .*, loaded by Sluice at /)
          assert.include(yield* comment, second.jobId)
          yield* sql`comment on table told is 'mine'`
          yield* completed("id\n4\n", options)
          assert.strictEqual(yield* comment, "mine")
        }),
      patience,
    )

    it.effect(
      "is compared with the file by a preview",
      () =>
        Effect.gen(function* () {
          const { api, files, sql } = yield* TestService
          yield* runEach(`
            create table seen (id integer primary key, code varchar(3) unique, n integer);
            insert into seen values (1, 'x', 1);
            grant select on seen to sluice_api, sluice_readers`)
          const warned = Effect.fnUntraced(function* (
            text: string,
            options: Readonly<Record<string, unknown>>,
          ) {
            yield* files.serve("/seen.csv", CsvServer.file(text))
            const { body } = yield* api.preview(files.url("/seen.csv"), { tableName: "seen", ...options })
            return JSON.stringify(body)
          })
          const append = { mode: "append" }
          const upsert = { mode: "upsert", key: "id" }
          assert.include(yield* warned("id,code,n\n2,a,1\n2,b,1\n", append), "(constraint_violated)")
          assert.include(yield* warned("id,code,n\n2,a,1\n3,a,1\n", append), "(constraint_violated)")
          assert.include(yield* warned("id,code,n\n2,x,1\n", append), 'has a row with code = \\"x\\" already')
          assert.include(yield* warned("id,code,n\n2,a,1\n2,b,1\n", upsert), "(duplicate_key)")
          for (const [text, options] of [
            ["id,code,n\n2,a,1\n3,b,1\n4,,1\n5,,1\n", append],
            ["id,code,n\n1,a,1\n3,b,1\n", upsert],
            ["id,code,n\n2,a,1\n2,b,1\n", { ...upsert, onDuplicateKey: "last" }],
          ] as const)
            assert.notInclude(yield* warned(text, options), "would_fail")
          const changes = '"rowChanges":["updated","inserted","unchanged"]'
          assert.include(
            yield* warned("id,code,n\n1,a,1\n3,b,1\n1,x,1\n", { ...upsert, onDuplicateKey: "last" }),
            changes,
          )
          assert.include(yield* warned("id,code,n\n2,a,1\n", append), '"rowChanges":null')
          yield* sql`revoke select on seen from sluice_api, sluice_readers`
          assert.notInclude(yield* warned("id,code,n\n2,x,1\n", append), "would_fail")
          assert.include(yield* warned("id,code,n\n2,x,1\n", upsert), '"rowChanges":null')
        }),
      patience,
    )

    it.effect(
      "gets a hint if the key is misspelt or repeated",
      () =>
        Effect.gen(function* () {
          const { api, files } = yield* TestService
          yield* runEach(`
            create table spelt (id integer primary key, name text, age integer);
            grant all on spelt to sluice_tables`)
          const options = { tableName: "spelt", mode: "upsert" }
          const misspelt = yield* loadText("id,name,age\n1,a,2\n", { ...options, key: "ID" })
          assert.strictEqual(
            misspelt.error?.message,
            'The option key names "ID", which the file does not have: did you mean "id"?',
          )
          const { body, status } = yield* api.post(
            `${files.url("/modes.csv")}`,
            {},
            { ...options, key: "id,id" },
          )
          assert.strictEqual(status, 400)
          assert.include(JSON.stringify(body), "twice")
          const different = yield* loadText("id,nam,Name\n1,a,b\n", { ...options, key: "id" })
          assert.include(different.error?.message, 'such as columns={"nam":"name"}')
          const mistyped = yield* completed("id,name,age\n1,a,x\n", { ...options, key: "id", maxBadRows: 1 })
          const advice = mistyped.warnings?.find(({ code }) => code === "rejected_records")?.message
          assert.include(advice, "Check the values.")
        }),
      patience,
    )
  },
)
