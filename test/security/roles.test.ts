import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Client } from "pg"
import { createRoles, grantRights, tableRights } from "../../src/Layers/database/migrations/databaseRoles.ts"
import { databaseRoles, tablesRole } from "../../src/Layers/database/postgres/DatabaseRole.ts"
import { DatabaseServer } from "../../src/Layers/database/postgres/DatabaseServer.ts"
import { PgBossClient } from "../../src/Layers/database/queue/PgBossClient.ts"
import { asRole } from "../support/migratedTemplate.ts"
import { TestDatabase } from "../support/TestDatabase.ts"

const connect = (url: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const client = new Client({ connectionString: url })
      await client.connect()
      return client
    }),
    (client) => Effect.promise(() => client.end()),
  )

/** The SQLSTATE with which the server refuses a statement; `null` if it does not. Changes nothing. */
const refusal = (client: Client, statement: string) =>
  Effect.promise(async () => {
    await client.query("begin")
    try {
      await client.query(statement)
      return null
    } catch (error) {
      return error instanceof Error && "code" in error ? error.code : String(error)
    } finally {
      await client.query("rollback")
    }
  })

const insufficientPrivilege = "42501"
const divisionByZero = "22012"

/** `uploads` is the API's role on the connections of uploads. */
const forbidden: Readonly<Record<"api" | "worker" | "uploads", ReadonlyArray<string>>> = {
  api: [
    "select content from sluice.job_secret",
    "select * from sluice.job_secret",
    "copy sluice.job_secret to stdout",
    "update sluice.job_secret set content = ''",
    "select content from sluice.source_secret",
    "update sluice.source_secret set content = ''",
    "select content from sluice.source_callback",
    "update sluice.source_callback set content = ''",
    "delete from sluice.source_callback",
    "select content from sluice.webhook",
    "update sluice.webhook set content = ''",
    "delete from sluice.webhook",
    "delete from sluice.job",
    "insert into sluice.reject (job_id) values (gen_random_uuid())",
    "insert into sluice.migration values (99, now(), 'x')",
    `set role ${databaseRoles.worker}`,
    "create table public.mine (a text)",
    "create table sluice.mine (a text)",
    "create table boss.mine (a text)",
    "create function sluice.mine() returns text language sql as $$select ''$$",
  ],
  worker: [
    "insert into sluice.job (id) values (gen_random_uuid())",
    "insert into sluice.job_secret values (gen_random_uuid(), null, '')",
    "update sluice.job_secret set content = ''",
    "insert into sluice.source (id) values (gen_random_uuid())",
    "delete from sluice.source",
    "update sluice.source set file_url = ''",
    "update sluice.source set owner = ''",
    "update sluice.source_secret set content = ''",
    "update sluice.source_callback set content = ''",
    "update sluice.reject set raw = ''",
    "delete from sluice.migration",
    "create table boss.mine (a text)",
    "create function boss.mine() returns text language sql as $$select ''$$",
  ],
  uploads: [
    "select content from sluice.job_secret",
    "select * from sluice.job_secret",
    "copy sluice.job_secret to stdout",
    "update sluice.job_secret set content = ''",
    "insert into sluice.job_secret values (gen_random_uuid(), null, '')",
    "insert into sluice.job (id) values (gen_random_uuid())",
    "delete from sluice.job",
    "update sluice.claim set replica = 1",
    "select from sluice.reject",
    "update sluice.reject set raw = ''",
    "delete from sluice.reject",
    "delete from sluice.loaded_table",
    "insert into sluice.migration values (99, now(), 'x')",
    "create table boss.mine (a text)",
    `set role ${databaseRoles.worker}`,
    `grant ${databaseRoles.worker} to ${databaseRoles.api}`,
  ],
}
const forbiddenToAll = [
  // What pg-boss executes with the rights of the process that reads it.
  "insert into boss.bam (name, version, table_name, command) values ('mine', 1, 'job', 'select 1')",
  "update boss.bam set command = 'select 1'",
  "update boss.queue set table_name = 'job_common where false; select 1; --'",
  "update boss.queue set policy = 'mine'",
  "insert into boss.queue (name, policy, retry_limit, retry_delay, retry_backoff, expire_seconds, retention_seconds, deletion_seconds, partition, table_name) values ('mine', 'standard', 0, 0, false, 1, 1, 1, false, 'job_common')",
  "delete from boss.queue",
  "update boss.version set version = 1",
  "insert into boss.schedule (name, cron) values ('load', '* * * * *')",
  "insert into boss.subscription (event, name) values ('mine', 'load')",
  "drop table sluice.job",
  "truncate sluice.job",
  "alter table sluice.job add column mine text",
  "alter table boss.job add column mine text",
  "create index on sluice.job (id)",
  "create trigger mine before insert on sluice.job for each row execute function boss.job_now()",
  "create schema mine",
  "create extension pg_trgm",
  "create role mine",
  `alter role ${databaseRoles.owner} password 'mine'`,
  `grant ${databaseRoles.owner} to ${databaseRoles.api}`,
  `set role ${databaseRoles.owner}`,
  "select pg_read_file('/etc/passwd')",
  "copy sluice.job (id) to program 'cat'",
  "drop schema sluice cascade",
]

layer(TestDatabase.layerMigrated)("the database's roles", (it) => {
  it.effect("have a line for every table of the schema sluice", () =>
    Effect.gen(function* () {
      const { url } = yield* TestDatabase
      const client = yield* connect(Redacted.value(url))
      const { rows } = yield* Effect.promise(() =>
        client.query<{ name: string }>(
          "select tablename as name from pg_catalog.pg_tables where schemaname = 'sluice'",
        ),
      )
      assert.sameMembers(
        rows.map(({ name }) => name),
        Object.keys(tableRights),
      )
    }),
  )

  for (const role of ["api", "worker", "uploads"] as const)
    it.effect(`do not let the ${role} do more than it must`, () =>
      Effect.gen(function* () {
        const { url } = yield* TestDatabase
        const client = yield* connect(asRole(Redacted.value(url), role === "uploads" ? "api" : role))
        if (role === "uploads") yield* Effect.promise(() => client.query(`set role ${tablesRole}`))
        const refused = [...forbidden[role], ...forbiddenToAll]
        for (const statement of refused) {
          const code = yield* refusal(client, statement)
          assert.include([insufficientPrivilege, "0LP01"], code, `${role}: ${statement}`)
        }
      }),
    )

  for (const role of ["api", "worker"] as const)
    it.effect(`let the ${role} supervise the queue`, () =>
      Effect.gen(function* () {
        const { url } = yield* TestDatabase
        const failures: Array<unknown> = []
        yield* PgBossClient.use((boss) => {
          boss.on("error", (error) => failures.push(error))
          return Effect.promise(() => boss.supervise())
        }).pipe(
          Effect.provide(
            Layer.fresh(PgBossClient.layer).pipe(
              Layer.provide(DatabaseServer.layerUrl(Redacted.make(asRole(Redacted.value(url), role)))),
            ),
          ),
        )
        assert.isEmpty(failures)
      }),
    )

  it.effect("are neither superusers, nor may they create databases or roles or circumvent policies", () =>
    Effect.gen(function* () {
      const { url } = yield* TestDatabase
      const client = yield* connect(Redacted.value(url))
      const { rows } = yield* Effect.promise(() =>
        client.query(
          `select rolname from pg_catalog.pg_roles where rolname like 'sluice\\_%'
           and (rolsuper or rolcreatedb or rolcreaterole or rolbypassrls or rolreplication)`,
        ),
      )
      assert.isEmpty(rows)
    }),
  )

  it.effect("can be made and granted again", () =>
    Effect.gen(function* () {
      const { url } = yield* TestDatabase
      const admin = yield* connect(Redacted.value(url))
      const owner = yield* connect(asRole(Redacted.value(url), "owner"))
      const database = new URL(Redacted.value(url)).pathname.slice(1)
      for (let n = 0; n < 2; n++) {
        const made = createRoles({ database, schemas: ["public"], passwords: {}, uploads: n > 0 })
        assert.isNull(yield* refusal(admin, made.join("; ")))
        assert.isNull(yield* refusal(owner, grantRights(["public"]).join("; ")))
      }
    }),
  )

  it.effect("take over what an administrator has migrated by himself", () =>
    Effect.gen(function* () {
      const { url } = yield* TestDatabase
      const admin = yield* connect(Redacted.value(url))
      const database = new URL(Redacted.value(url)).pathname.slice(1)
      const made = createRoles({ database, schemas: ["public"], passwords: {}, uploads: true })
      const others = `
        select relname from pg_class join pg_namespace n on n.oid = relnamespace
        where nspname in ('sluice', 'boss') and relkind in ('r', 'p', 'S', 'v') and relowner <> '${databaseRoles.owner}'::regrole`
      const migrated = `
        reassign owned by ${databaseRoles.owner} to current_user;
        create table boss.later (id bigint generated always as identity, n serial);
        create table public.made (a text);
        create table public.found (a text);
        insert into sluice.loaded_table (schema_name, table_name, owner, is_made, job_id, file_url, rows_loaded, loaded_at)
        select 'public', name, '', name = 'made', gen_random_uuid(), '', 0, now() from unnest(array['made', 'found']) as name`
      const isTaken = `
        select 1 / (case when exists (${others}) then 0 else 1 end);
        select 1 / (select case when array_agg(tablename::text) = '{made}' then 1 else 0 end from pg_tables where tableowner = '${tablesRole}')`
      assert.strictEqual(yield* refusal(admin, `${migrated}; ${isTaken}`), divisionByZero)
      assert.isNull(yield* refusal(admin, [migrated, ...made, isTaken].join("; ")))
    }),
  )
})
