import * as Effect from "effect/Effect"
import { quoteIdentifier } from "../../../Domain/load/columns/SqlIdentifier.ts"
import { attemptTable, createTextTable, qualified } from "./AttemptTable.ts"
import { retypeColumns } from "./retypeColumns.ts"
import type { TargetTable } from "./TargetTable.ts"

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
    return Effect.as(session.run(createTextTable(copyInto, columns)), {
      convert: (types) => retypeColumns(session, copyInto, columns, types),
      publish: [...move, rename].join("; "),
    })
  },
}
