import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import * as Struct from "effect/Struct"
import { LoadedTable, PastLoad, type TablePlace, Tables } from "../../Domain/job/Tables.ts"
import { reachableOwner } from "../../Domain/service/Caller.ts"
import { findLoaded, lastLoads, listTables } from "./jobs/LoadedTables.ts"
import { orUnusable } from "./jobs/orUnusable.ts"
import { TargetDatabases } from "./jobs/TargetDatabases.ts"
import { orUnavailable } from "./postgres/Database.ts"
import { run } from "./postgres/Statement.ts"
import { TargetDatabase } from "./postgres/TargetDatabase.ts"

/** Only this service writes these rows, so a row that does not decode is a bug. */
const decode = Schema.decodeUnknownSync(
  Schema.Array(
    Schema.Struct({
      ...Struct.omit(LoadedTable.fields, ["target"]),
      loadedAt: Schema.DateTimeUtcFromDate,
    }),
  ),
)
const decodeLoads = Schema.decodeUnknownSync(
  Schema.Array(Schema.Struct({ ...PastLoad.fields, finishedAt: Schema.DateTimeUtcFromDate })),
)

const placeOf = ({ schema, table, target }: LoadedTable): TablePlace => [schema, table, target]

/** NUL, which no name has, sorts before every other character. */
const orderKey = (table: LoadedTable): Buffer => Buffer.from(placeOf(table).join("\0"))

/** The order of the C collation, as in the databases. */
const byPlace = (one: LoadedTable, other: LoadedTable): number =>
  Buffer.compare(orderKey(one), orderKey(other))

/** `Tables` on Postgres. */
export const layer = Layer.effect(
  Tables,
  Effect.gen(function* () {
    const queue = yield* SqlClient.SqlClient
    const { each, names, promptly, resolve } = yield* TargetDatabases
    const databases = yield* each(Layer.empty)
    const sqlOf = Effect.fnUntraced(function* (target: string) {
      const recorded = yield* resolve(target)
      return { recorded, ...Context.get(yield* databases(recorded), TargetDatabase) }
    })
    return Tables.of({
      list: Effect.fn("Tables.list")(function* ({ after, limit, target }) {
        const owner = yield* reachableOwner
        const listed = target === undefined ? names : [target]
        const listOne = Effect.fnUntraced(function* (name: string) {
          const { sql } = yield* sqlOf(name)
          const rows = yield* run(
            sql,
            listTables(owner, after, { limit, isAfter: name > (after?.[2] ?? "") }),
          ).pipe(orUnusable(name))
          return decode(rows).map((table) => Object.assign({ target: name }, table))
        }, orUnavailable("list tables"))
        const results = yield* Effect.forEach(
          listed,
          (name) =>
            listOne(name).pipe(
              promptly(name),
              Effect.map((tables) => ({ tables, unavailable: [] as ReadonlyArray<string> })),
              Effect.catchTag("ServiceUnavailable", (error) =>
                listed.length === 1
                  ? Effect.fail(error)
                  : Effect.succeed({ tables: [], unavailable: [name] }),
              ),
            ),
          { concurrency: "unbounded" },
        )
        const all = results.flatMap(({ tables }) => tables).toSorted(byPlace)
        const tables = all.slice(0, limit)
        const last = tables.at(-1)
        return {
          tables,
          next: all.length > limit && last !== undefined ? placeOf(last) : null,
          unavailable: results.flatMap(({ unavailable }) => unavailable),
        }
      }),
      find: Effect.fn("Tables.find")(function* ([schema, name, target]) {
        const owner = yield* reachableOwner
        const { recorded, sql } = yield* sqlOf(target)
        const [[table], loads] = yield* Effect.all([
          Effect.map(run(sql, findLoaded(schema, name)), decode).pipe(
            orUnusable(target),
            orUnavailable("find a table"),
            promptly(target),
          ),
          Effect.map(run(queue, lastLoads(owner, recorded, schema, name)), decodeLoads).pipe(
            orUnavailable("find the loads of a table"),
          ),
        ])
        return table === undefined ? null : { target, ...table, loads }
      }),
    })
  }),
)
