import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import { TargetTables } from "../../Domain/load/columns/target/TargetTables.ts"
import { ExistingTable, type RowTexts } from "../../Domain/load/columns/target/ExistingTable.ts"
import { ofAnotherKey } from "../../Domain/load/columns/TableName.ts"
import { loadError } from "../../Domain/load/LoadError.ts"
import { Caller, readsTablesOfOthers, seesAll } from "../../Domain/service/Caller.ts"
import { grants } from "../../Domain/service/Scope.ts"
import { AppConfig } from "../process/AppConfig.ts"
import { messageOf } from "../process/describeFailure.ts"
import { failureCode, isOfTheStatement } from "./postgres/DatabaseFailure.ts"
import { belongsToOthers, isOwn } from "./jobs/LoadedTables.ts"
import { isAllowed } from "./target/allowedSchemas.ts"
import { run } from "./postgres/Statement.ts"
import { readTable } from "./target/readTable.ts"
import { compareRows } from "./target/compareRows.ts"
import { findMisfits } from "./target/findMisfits.ts"
import { findTaken } from "./target/findTaken.ts"

const decode = Schema.decodeUnknownSync(ExistingTable)

/** What no rows can be loaded into, by its kind (`pg_class.relkind`). */
const unsuitable: Readonly<Record<string, string>> = {
  v: "a view",
  m: "a materialized view",
  f: "a foreign table",
  S: "a sequence",
  i: "an index",
  I: "an index",
  c: "a type",
  type: "a type",
}

/**
 * What was there when the load was planned is gone: `undefined_table`, `undefined_column`, `undefined_object`, and `internal_error`,
 * which Postgres raises for a table that is dropped while it reads the catalog.
 */
const gone: ReadonlySet<string | undefined> = new Set(["42P01", "42703", "42704", "XX000"])

const orLoadError = <A, E, R>(effect: Effect.Effect<A, E | SqlError, R>) =>
  Effect.catchIf(effect, isSqlError, (cause) =>
    loadError(
      gone.has(failureCode(cause))
        ? "table_changed"
        : isOfTheStatement(cause)
          ? "target_rejected"
          : "database_unavailable",
      `The database cannot examine the table: ${messageOf(cause)}.`,
      { cause },
    ),
  )

const notAllowed = (schema: string) =>
  loadError(
    "table_unsuitable",
    `Sluice does not load into the schema ${JSON.stringify(schema)}. Ask the operator to add it to TARGET_SCHEMAS.`,
  )

const ofOthers = (table: string) => loadError("table_unsuitable", ofAnotherKey(table))

/** `TargetTables` on Postgres 15 to 18. */
export const layer = Layer.effect(
  TargetTables,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const { targetSchema, targetSchemas } = yield* AppConfig
    /** For a request, only a table that its caller may load into; a worker has no caller, and its job was admitted. */
    const describe = Effect.fn("TargetTables.describe")(function* (
      schema: string = targetSchema,
      table: string,
    ) {
      if (!isAllowed(schema, targetSchema, targetSchemas)) return yield* notAllowed(schema)
      const caller = yield* Effect.serviceOption(Caller)
      if (Option.isSome(caller) && !seesAll(caller.value)) {
        const [known] = yield* run(sql, belongsToOthers(schema, table, caller.value.owner))
        if (known?.["of_others"] === true) return yield* ofOthers(table)
      }
      const [found] = yield* run(sql, readTable(schema, table))
      if (found === undefined) return null
      const kind = unsuitable[String(found["kind"])]
      return kind === undefined
        ? decode(found["table"])
        : yield* loadError(
            "table_unsuitable",
            `Rows cannot be loaded into ${JSON.stringify(table)}, because it is ${kind}. Give the name of a table.`,
          )
    }, orLoadError)
    /** Whether the caller may read the rows of the table, as by `Rows`. */
    const isReadable = Effect.fnUntraced(function* ({ name, schema }: ExistingTable) {
      const caller = Option.getOrNull(yield* Effect.serviceOption(Caller))
      if (caller === null || !grants(caller.scopes, "read")) return false
      if (readsTablesOfOthers(caller)) return true
      const [found] = yield* run(sql, isOwn(schema, name, caller.owner))
      return found?.["is_own"] === true
    })
    /** Compares rows with those of the table, unless its caller could guess their values so. */
    const ifReadable =
      <A, E>(
        compare: (
          sql: SqlClient.SqlClient,
          table: ExistingTable,
          key: ReadonlyArray<string>,
          rows: ReadonlyArray<RowTexts>,
        ) => Effect.Effect<A, E>,
      ) =>
      (table: ExistingTable, key: ReadonlyArray<string>, rows: ReadonlyArray<RowTexts>) =>
        orLoadError(
          Effect.flatMap(isReadable(table), (isSo) =>
            isSo ? compare(sql, table, key, rows) : Effect.succeed(null),
          ),
        )
    return {
      describe,
      findMisfits: (table, rows) => orLoadError(findMisfits(sql, table, rows)),
      findTaken: ifReadable(findTaken),
      compareRows: ifReadable(compareRows),
    }
  }),
)
