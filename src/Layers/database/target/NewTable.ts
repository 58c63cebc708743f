import * as Effect from "effect/Effect"
import { quoteIdentifier } from "../../../Domain/load/columns/SqlIdentifier.ts"
import { attemptTable, createTable, qualified } from "./AttemptTable.ts"
import { retypeColumns } from "./retypeColumns.ts"
import type { PreparedTable, TargetTable } from "./TargetTable.ts"

/** Loads into a table that does not exist yet: it is created under the attempt's name and renamed in the end. */
export const newTable: TargetTable = {
  reservation: {
    isAvailable: "to_regclass(quote_ident(target_schema) || '.' || quote_ident(table_name)) is null",
    holdsName: true,
  },
  prepare: (session, { claim, columns, schema, table }, copyInto) => {
    const moved = qualified(schema, attemptTable(claim))
    const move = copyInto === moved ? [] : [`alter table ${copyInto} set schema ${quoteIdentifier(schema)}`]
    const rename = `alter table ${moved} rename to ${quoteIdentifier(table)}`
    let current = columns
    const retype: PreparedTable["retype"] = (changes) =>
      Effect.map(retypeColumns(session, copyInto, current, changes), (retyped) => {
        current = retyped
      })
    return {
      create: createTable(copyInto, columns),
      retype,
      convert: (changes) => Effect.map(retype(changes), () => current),
      publish: [...move, rename].join("; "),
    }
  },
}
