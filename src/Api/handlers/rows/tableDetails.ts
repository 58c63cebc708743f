import * as Effect from "effect/Effect"
import * as Struct from "effect/Struct"
import type { Tables } from "../../../Domain/job/Tables.ts"
import { type Rows, TableNotFound } from "../../../Domain/rows/Rows.ts"
import type { StatisticsKind } from "../../../Domain/rows/TableDetails.ts"
import { askDatabase } from "../askDatabase.ts"
import { findTable } from "./findTable.ts"
import { exportProblems } from "./rowsProblems.ts"
import { pageTimeout } from "./tableRows.ts"

/** A table with its columns and last loads. */
export const tableDetails = (tables: Tables["Service"], rows: Rows["Service"]) =>
  Effect.fn("TablesApi.details")(
    function* (name: string, statistics: StatisticsKind, target: string | undefined) {
      const found = yield* findTable(rows, name, target)
      const history = yield* askDatabase(tables.find([found.schema, found.table, found.target]))
      if (history === null) return yield* new TableNotFound({ name })
      const columns = yield* askDatabase(rows.describe(found, statistics), pageTimeout)
      return { ...history, ...columns }
    },
    Effect.catchTags(
      Struct.pick(exportProblems, [
        "TableNotFound",
        "TableNotReadable",
        "TableAmbiguous",
        "TargetUnknown",
        "QueryTooSlow",
      ]),
    ),
  )
