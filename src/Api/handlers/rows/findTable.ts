import * as Effect from "effect/Effect"
import type { Rows } from "../../../Domain/rows/Rows.ts"
import { note } from "../../http/log/RequestLog.ts"
import { askDatabase } from "../askDatabase.ts"

/** Finds a table that the caller may read, and notes it in the log. */
export const findTable = (rows: Rows["Service"], name: string, target: string | undefined) =>
  Effect.tap(askDatabase(rows.find(name, target)), ({ schema, table }) =>
    note({ table: `${schema}.${table}` }),
  )
