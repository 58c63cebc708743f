import { assert, layer } from "@effect/vitest"
import { randomUUID } from "node:crypto"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { startWorker } from "../../support/ServiceProcess.ts"
import { TestService } from "../../support/TestService.ts"
import { completed, loadText, noChanges as none, patience, runEach } from "./loadText.ts"

// Roles are of the whole server, which may be used for several runs at once.
const reader = `reader_${randomUUID().replaceAll("-", "")}`

/** A table with everything that a user's table may have. */
const trips = `
  create type mood as enum ('good', 'bad');
  create domain plate as text check (value ~ '^[A-Z]+$');
  create table city (id integer primary key, name text);
  insert into city values (1, 'A'), (2, 'B');
  create table trip (
    number bigint generated always as identity,
    id integer primary key,
    city integer references city,
    code varchar(3) not null,
    small smallint,
    mood mood,
    plate plate,
    tags text[],
    fare numeric(6,2) check (fare >= 0),
    doubled integer generated always as (id * 2) stored,
    made timestamptz default now()
  );
  comment on table trip is 'kept';
  comment on column trip.code is 'kept too';
  create index trip_city on trip (city);
  create view cheap as select id, fare from trip where fare < 10;
  create view cheapest as select min(fare) as fare from cheap;
  create materialized view totals as select count(*) as n, sum(fare) as fare from trip;
  create materialized view grand as select n * 2 as n from totals;
  create unique index on totals (n);
  create table stop (trip integer references trip on delete cascade, n integer);
  create table log (id integer);
  create function note() returns trigger language plpgsql as 'begin insert into log values (new.id); return new; end';
  create trigger note after insert on trip for each row execute function note();
  alter table trip enable row level security;
  create policy everything on trip using (true) with check (true);
  create publication changes for table trip;
  create role ${reader};
  grant select on trip, cheap to ${reader};
  insert into trip (id, city, code, fare) values (1, 1, 'old', 1), (2, 1, 'old', 2);
  insert into stop values (1, 1), (2, 1);
  refresh materialized view totals;
  refresh materialized view grand;
  grant all on trip, city, log to sluice_tables;
  alter materialized view totals owner to sluice_tables;
  alter materialized view grand owner to sluice_tables;
  alter table trip owner to sluice_tables`

const header = "id,city,code,small,mood,plate,tags,fare,made\n"

layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(120) })(
  "a table that exists",
  (it) => {
    it.effect(
      "keeps everything that depends on it, and refuses values that do not fit",
      () =>
        Effect.gen(function* () {
          const { environment, sql } = yield* TestService
          yield* startWorker(environment)
          yield* Effect.addFinalizer(() =>
            Effect.orDie(runEach(`drop owned by ${reader};\ndrop role ${reader}`)),
          )
          yield* runEach(trips)
          const objects = sql<{ found: string }>`
          select string_agg(what, '; ' order by what) as found from (
            select pg_get_indexdef(indexrelid) as what from pg_index where indrelid = 'trip'::regclass
            union all select pg_get_constraintdef(oid) from pg_constraint where 'trip'::regclass in (conrelid, confrelid)
            union all select 'policy ' || polname from pg_policy where polrelid = 'trip'::regclass
            union all select pg_get_triggerdef(oid) from pg_trigger where tgrelid = 'trip'::regclass and not tgisinternal
            union all select concat(relacl, relrowsecurity, obj_description(oid)) from pg_class where oid = 'trip'::regclass
            union all select concat('published ', prrelid::regclass) from pg_publication_rel
            union all select concat(attname, attidentity, attgenerated, col_description(attrelid, attnum))
              from pg_attribute where attrelid = 'trip'::regclass and attnum > 0
          ) as objects`
          const before = yield* objects
          const job = yield* completed(
            header +
              "1,1,abc,7,good,AB,{x},1.50,2024-01-01 00:00:00+00\n" +
              "3,2,x,,,,,5,2024-01-01 00:00:00+00\n" +
              "4,1,toolong,,,,,5,\n" +
              "5,1,a,70000,,,,5,\n" +
              "6,1,a,,sad,,,5,\n" +
              "7,1,a,,,ab,,5,\n" +
              "8,1,a,,,,x,5,\n" +
              "9,1,a,,,,,-1,\n" +
              "x,1,a,,,,,1,\n" +
              "11,1,,,,,,1,\n",
            { tableName: "trip", mode: "replace", maxBadRows: 8 },
          )
          assert.deepStrictEqual(job.rejects, { type_mismatch: 6, check_violated: 1, null_value: 1 })
          assert.deepStrictEqual(job.lines, { total: 11, header: 1, rows: 2, rejects: 8 })
          const rejects = yield* sql<{ record: number; column: number; message: string }>`
          select record::integer, "column"::integer, message from sluice.reject where job_id = ${job.jobId} order by record`
          assert.deepStrictEqual(
            rejects.map(({ column, record }) => [record, column]),
            [
              [3, 3],
              [4, 4],
              [5, 5],
              [6, 6],
              [7, 7],
              [8, 8],
              [9, 1],
              [10, 3],
            ],
          )
          assert.include(rejects[0]?.message, 'Column "code" cannot be character varying(3)')
          assert.include(rejects[5]?.message, "trip_fare_check CHECK (fare >= (0)::numeric)")
          // Rows of other tables refer to the table, so rows whose key is in the file stay.
          assert.deepStrictEqual(job.changes, { ...none, inserted: 1, updated: 1, deleted: 1 })
          assert.deepStrictEqual(yield* sql`select trip from stop`, [{ trip: 1 }])
          assert.deepStrictEqual(yield* objects, before)
          assert.deepStrictEqual(yield* sql`select fare::text from cheapest`, [{ fare: "1.50" }])
          assert.deepStrictEqual(yield* sql`select n::integer, fare::text from totals`, [
            { n: 2, fare: "6.50" },
          ])
          assert.deepStrictEqual(yield* sql`select n::integer from grand`, [{ n: 4 }])
          assert.deepStrictEqual(yield* sql`select id from log order by id`, [
            { id: 1 },
            { id: 2 },
            { id: 3 },
          ])
          assert.deepStrictEqual(yield* sql`select id, doubled, mood, tags from trip order by id`, [
            { id: 1, doubled: 2, mood: "good", tags: ["x"] },
            { id: 3, doubled: 6, mood: null, tags: null },
          ])
          const missing = yield* loadText(`${header}10,9,a,,,,,1,\n`, { tableName: "trip", mode: "append" })
          assert.deepInclude(missing.error, { code: "constraint_violated" })
          assert.include(missing.error?.message, "Key (city)=(9) is not present")
        }),
      patience,
    )

    it.effect(
      "differs from the file only as onSchemaChange allows",
      () =>
        Effect.gen(function* () {
          const { environment, sql } = yield* TestService
          yield* startWorker(environment)
          yield* runEach(
            "create table person (id serial, name text not null, age integer);\nalter table person owner to sluice_tables",
          )
          const options = { tableName: "person", mode: "append" }
          const refused = yield* loadText("nam,size\na,1\n", options)
          assert.strictEqual(refused.error?.code, "schema_mismatch")
          assert.strictEqual(
            refused.error?.message,
            'The columns of the file and of the table "person" differ: the file has "nam", "size", which the table has not; the table has "name", "age", which the file has not. Rename columns of the file, such as columns={"nam":"name"}, or give onSchemaChange=add or ignore.',
          )
          const ignored = yield* completed("name,size\na,1\n", { ...options, onSchemaChange: "ignore" })
          assert.deepStrictEqual(ignored.schemaChanges, {
            created: false,
            added: [],
            missing: ["age"],
            ignored: ["size"],
          })
          const added = yield* completed("Size,name\n7,b\n", {
            ...options,
            columns: { Size: { name: "size", type: "integer" } },
            onSchemaChange: "add",
          })
          assert.deepStrictEqual(added.schemaChanges?.added, ["size"])
          assert.deepStrictEqual(yield* sql`select id, name, age, size from person order by id`, [
            { id: 1, name: "a", age: null, size: null },
            { id: 2, name: "b", age: null, size: 7 },
          ])
          const needed = yield* loadText("age\n1\n", { ...options, onSchemaChange: "ignore" })
          assert.include(needed.error?.message, 'needs values in "name"')
          yield* sql.unsafe("create view people as select * from person")
          const view = yield* loadText("name\na\n", { ...options, tableName: "people" })
          assert.deepInclude(view.error, { code: "table_unsuitable" })
        }),
      patience,
    )

    it.effect(
      "evaluates a CHECK about columns that the file does not have as INSERT does",
      () =>
        Effect.gen(function* () {
          const { environment } = yield* TestService
          yield* startWorker(environment)
          yield* runEach(`
            create domain shade as text default 'red';
            create table judged (
              id integer check (id <> 7), kind text default 'a', hue shade, twice integer generated always as (id * 2) stored,
              number integer generated by default as identity, label text, note text,
              check (id > 0 and kind is not null), check (id > 0 and hue is not null), check (id > 0 and twice is not null),
              check (id > 0 and number is not null), check (id > 0 and tableoid is not null),
              check (id > 0 and judged is distinct from null), check (id < 100 or note is not null),
              check (label <> 'no' and id is not null)
            );
            grant all on judged to sluice_tables`)
          const options = { tableName: "judged", mode: "append", onSchemaChange: "ignore" }
          const strict = yield* completed("id,label\n1,x\n7,x\n2,no\n100,x\n3,\n", {
            ...options,
            maxBadRows: 3,
          })
          assert.deepStrictEqual(strict.rejects, { check_violated: 3 })
          assert.deepStrictEqual(strict.changes, { ...none, inserted: 2 })
          const lenient = yield* completed("id,label\n 1 ,x\n2,y\n", { ...options, types: "lenient" })
          assert.deepStrictEqual(lenient.changes, { ...none, inserted: 2 })
        }),
      patience,
    )

    it.effect(
      "can be dropped and made again between loads, also with types that only Postgres can check",
      () =>
        Effect.gen(function* () {
          const { environment, sql } = yield* TestService
          yield* startWorker(environment)
          const options = { tableName: "again", mode: "append" }
          for (let round = 0; round < 4; round++) {
            yield* sql`drop table if exists again`
            yield* sql`create table again (x varchar(2), k integer)`
            yield* sql`grant all on again to sluice_tables`
            yield* completed("x,k\na,1\n", options)
            const job = yield* completed("x,k\nb,2\nabc,3\n", { ...options, maxBadRows: "50%" })
            assert.deepStrictEqual(job.rejects, { type_mismatch: 1 })
            assert.deepStrictEqual(yield* sql`select x, k from again order by k`, [
              { x: "a", k: 1 },
              { x: "b", k: 2 },
            ])
          }
        }),
      patience,
    )

    it.effect(
      "gets no row if a key occurs twice in the file, unless the options say which record counts",
      () =>
        Effect.gen(function* () {
          const { environment, sql } = yield* TestService
          yield* startWorker(environment)
          yield* sql`create table part (a text, b varchar(5), n integer, unique (a, b))`
          yield* sql`grant all on part to sluice_tables`
          yield* sql`insert into part values ('x', 'y', 0)`
          const file = "n,b,a\n1,y,x\n2,z,x\n3,y,x\n"
          const options = { tableName: "part", mode: "upsert", key: ["a", "b"] }
          const refused = yield* loadText(file, options)
          assert.deepInclude(refused.error, { code: "duplicate_key", record: 3 })
          assert.include(refused.error?.message, 'The key (a, b) is "x","y" in the records 1 and 3.')
          const rows = sql`select a, b, n from part order by b`
          for (const [onDuplicateKey, n] of [
            ["first", 1],
            ["last", 3],
          ] as const) {
            const job = yield* completed(file, { ...options, onDuplicateKey })
            assert.strictEqual(job.changes?.duplicates, 1)
            assert.deepStrictEqual(yield* rows, [
              { a: "x", b: "y", n },
              { a: "x", b: "z", n: 2 },
            ])
          }
          const noIndex = yield* loadText("n,b,a\n1,y,x\n", { ...options, key: "a" })
          assert.include(noIndex.error?.message, 'has no unique index on exactly "a"')
        }),
      patience,
    )

    it.effect(
      "finds the rows of a key as its index does, also with an operator of an extension",
      () =>
        Effect.gen(function* () {
          const { environment, sql } = yield* TestService
          yield* startWorker(environment)
          yield* runEach(`
            create schema extensions;
            create extension citext schema extensions;
            create type size as enum ('s', 'm');
            create collation same_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
            create table article (
              n integer, code extensions.citext, size size, label varchar(5), word text collate same_case, note text,
              unique (code, size, label, word) include (n)
            );
            insert into article values (1, 'a', 's', 'x', 'e', 'old'), (2, 'b', 'm', 'y', 'f', 'kept'), (3, 'c', 's', 'z', 'g', 'old');
            grant usage on schema extensions to sluice_tables;
            grant all on article to sluice_tables`)
          const job = yield* completed(
            "code,size,label,word,note,n\nA,s,x,E,new,1\nB,m,y,F,kept,2\nB,s,y,F,new,4\n",
            {
              tableName: "article",
              mode: "upsert",
              key: ["word", "label", "code", "size"],
              deleteMissing: true,
            },
          )
          assert.deepStrictEqual(job.changes, { ...none, inserted: 1, updated: 1, unchanged: 1, deleted: 1 })
          assert.deepStrictEqual(yield* sql`select n, code::text, note from article order by n`, [
            { n: 1, code: "a", note: "new" },
            { n: 2, code: "b", note: "kept" },
            { n: 4, code: "B", note: "new" },
          ])
        }),
      patience,
    )
  },
)
