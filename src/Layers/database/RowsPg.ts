import * as Arr from "effect/Array"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import * as SqlClient from "effect/sql/SqlClient"
import { shownTarget } from "../../Domain/load/columns/target/RecordedTarget.ts"
import { isStorable } from "../../Domain/load/options/isStorable.ts"
import {
  ReadableTable,
  Rows,
  TableAmbiguous,
  TableNotFound,
  TableNotReadable,
} from "../../Domain/rows/Rows.ts"
import { Caller, readsTablesOfOthers, reachableOwner } from "../../Domain/service/Caller.ts"
import * as Metrics from "../../Domain/telemetry/Metrics.ts"
import { AppConfig } from "../process/AppConfig.ts"
import { CopyOut } from "./export/CopyOut.ts"
import { orUnavailable } from "./postgres/Database.ts"
import { DatabaseServer } from "./postgres/DatabaseServer.ts"
import { orUnusable } from "./jobs/orUnusable.ts"
import { TargetDatabases } from "./jobs/TargetDatabases.ts"
import { NamedTarget, TargetDatabase } from "./postgres/TargetDatabase.ts"
import { run } from "./postgres/Statement.ts"
import { describeTable } from "./rows/details/describeTable.ts"
import { exportRows } from "./rows/exportRows.ts"
import { findTable } from "./rows/findTable.ts"
import { ReadingPool } from "./rows/ReadingPool.ts"
import { readPage } from "./rows/readPage.ts"

const decode = Schema.decodeUnknownSync(Schema.Struct(Struct.omit(ReadableTable.fields, ["target"])))

type FindFailure = Effect.Error<ReturnType<Rows["Service"]["find"]>>

/** `Rows` of one database. */
const ofDatabase = Layer.effect(
  Rows,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* Metrics.startAtZero("sluice.rows.read", [{ by: "page" }, { by: "export" }])
    const reading = yield* ReadingPool
    const copyOut = yield* CopyOut
    const { user } = yield* DatabaseServer
    const target = shownTarget(yield* NamedTarget)
    const { targetSchema, targetSchemas } = yield* AppConfig
    const schemas = [...new Set([targetSchema, ...targetSchemas])]
    return Rows.of({
      find: Effect.fn("Rows.find")(function* (name) {
        if (!isStorable(name)) return yield* new TableNotFound({ name })
        const [found] = yield* run(sql, findTable(name, schemas, yield* reachableOwner)).pipe(
          orUnusable(target),
          orUnavailable("find a table"),
        )
        if (found === undefined) return yield* new TableNotFound({ name })
        const table = { target, ...decode(found) }
        // The owner of such a table is only its last loader.
        if (!table.isMade && !readsTablesOfOthers(yield* Caller))
          return yield* new TableNotReadable({ who: "caller" })
        return table
      }),
      describe: Effect.fn("Rows.describe")((table, statistics) => describeTable(reading, table, statistics)),
      page: Effect.fn("Rows.page")((table, request) => readPage(reading, table, request)),
      export: Effect.fn("Rows.export")((table, request) =>
        exportRows(copyOut, reading, user, table, request),
      ),
    })
  }),
)

/** Tables that several databases have under one name, or why there is none. */
const onlyOne = (name: string, found: ReadonlyArray<ReadableTable>, failures: ReadonlyArray<FindFailure>) => {
  const [table, ...others] = found
  if (others.length > 0)
    return Effect.fail(new TableAmbiguous({ name, targets: found.map(({ target }) => target) }))
  if (table !== undefined) return Effect.succeed(table)
  // What says more than that one database does not have it.
  return Effect.fail(failures.find(({ _tag }) => _tag !== "TableNotFound") ?? new TableNotFound({ name }))
}

/** `Rows` on Postgres. */
export const layer = Layer.effect(
  Rows,
  Effect.gen(function* () {
    const { each, names, naming, promptly, resolve } = yield* TargetDatabases
    const databases = yield* each(
      // With its own `CopyOut`, which connects to the database of the tables.
      ofDatabase.pipe(
        Layer.provide([ReadingPool.layer, Layer.fresh(CopyOut.layer)]),
        Layer.provide(TargetDatabase.asOnlyDatabase),
      ),
    )
    const rowsOf = (target: string) =>
      Effect.map(Effect.flatMap(Effect.orDie(resolve(target)), databases), Context.get(Rows))
    return Rows.of({
      find: Effect.fnUntraced(function* (name, requested) {
        if (requested !== undefined) yield* resolve(requested)
        const results = yield* Effect.forEach(
          requested === undefined ? names : [requested],
          (target) =>
            rowsOf(target).pipe(
              Effect.flatMap(({ find }) => find(name)),
              promptly(target),
              Effect.result,
            ),
          { concurrency: "unbounded" },
        )
        return yield* onlyOne(name, Arr.getSuccesses(results), Arr.getFailures(results))
      }),
      describe: (table, statistics) =>
        Effect.flatMap(rowsOf(table.target), ({ describe }) => describe(table, statistics)).pipe(
          naming(table.target),
        ),
      page: (table, request) =>
        Effect.flatMap(rowsOf(table.target), ({ page }) => page(table, request)).pipe(naming(table.target)),
      export: (table, request) =>
        Effect.flatMap(rowsOf(table.target), ({ export: exportAll }) => exportAll(table, request)).pipe(
          naming(table.target),
        ),
    })
  }),
)
