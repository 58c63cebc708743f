import * as PgClient from "@effect/sql-pg/PgClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as CsvServer from "./CsvServer.ts"
import * as ServiceClient from "./ServiceClient.ts"
import { environment, startApi, startWorker, withRoles } from "./ServiceProcess.ts"
import { TestDatabase } from "./TestDatabase.ts"

/** An API process on a database of its own, a server for its files, and a look at what it did. */
export class TestService extends Context.Service<
  TestService,
  {
    readonly api: ReturnType<typeof ServiceClient.make>
    /** Origin of the API. */
    readonly origin: string
    readonly files: CsvServer.CsvServer
    /** What a worker process of this service needs to know. */
    readonly environment: Readonly<Record<string, string>>
    readonly sql: PgClient.PgClient
    /** The database's, for connections of its administrator. */
    readonly url: string
    /** Names of the tables that can be seen in the target schema. */
    readonly tables: Effect.Effect<ReadonlyArray<string>>
    /** Sessions in the middle of a load. */
    readonly loadingBackends: Effect.Effect<number>
  }
>()("sluice/test/support/TestService") {
  static readonly layer = (settings: Readonly<Record<string, string>> = {}) =>
    Layer.effect(
      TestService,
      Effect.gen(function* () {
        const { url } = yield* TestDatabase
        const variables = environment(url, { [withRoles]: "true", ...settings })
        const sql = yield* PgClient.PgClient
        const process = yield* startApi(variables)
        return TestService.of({
          api: ServiceClient.make(process.origin),
          origin: process.origin,
          files: yield* CsvServer.make(),
          environment: variables,
          sql,
          url: Redacted.value(url),
          tables: sql<{ name: string }>`
            select relname as name from pg_class c join pg_namespace n on n.oid = relnamespace
            where relkind = 'r' and nspname = 'public'`.pipe(
            Effect.map((rows) => rows.map(({ name }) => name)),
            Effect.orDie,
          ),
          loadingBackends: sql<{ n: number }>`
            select count(*)::int as n from pg_stat_activity
            where datname = current_database() and application_name = 'sluice load' and state <> 'idle'`.pipe(
            Effect.map((rows) => rows[0]?.n ?? 0),
            Effect.orDie,
          ),
        })
      }),
    ).pipe(
      Layer.provide(Layer.unwrap(TestDatabase.use(({ url }) => Effect.succeed(PgClient.layer({ url }))))),
      Layer.provide(TestDatabase.layerMigrated),
    )

  /** The same, with a worker process. */
  static readonly layerWithWorker = (settings: Readonly<Record<string, string>> = {}) =>
    Layer.effectDiscard(TestService.use(({ environment }) => startWorker(environment))).pipe(
      Layer.provideMerge(TestService.layer(settings)),
    )
}
