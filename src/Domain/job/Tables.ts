import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { TargetUnknown } from "../load/columns/target/Targets.ts"
import type { Caller } from "../service/Caller.ts"
import type { ServiceUnavailable } from "../service/ServiceUnavailable.ts"
import { LoadMode } from "../load/options/ModeOptions.ts"
import { JobId } from "./Job.ts"
import { time } from "./time.ts"

/** A table that a job has loaded, and that still exists. */
export const LoadedTable = Schema.Struct({
  target: Schema.String.annotate({
    description: "The database of the table: default, or one that the operator has declared.",
  }),
  schema: Schema.String.annotate({ description: "The table's schema." }),
  table: Schema.String.annotate({ description: "The table's name." }),
  jobId: JobId.annotate({ description: "The last job that loaded the table." }),
  fileUrl: Schema.String.annotate({
    description: "The URL of that job, the first of several, with secrets shown as ***.",
  }),
  fileUrls: Schema.Array(Schema.String).annotate({
    description: "The URLs of all its files, in their order.",
  }),
  loadedAt: time("When that job completed."),
  rowsLoaded: Schema.Natural.annotate({ description: "The rows that it loaded." }),
  rowsEstimate: Schema.NullOr(Schema.Natural).annotate({
    description:
      "Postgres's estimate of all rows of the table; null before its first ANALYZE, such as for a table of fewer than 1,000 rows.",
  }),
  bytes: Schema.Natural.annotate({ description: "Size of the table with its indexes." }),
  comment: Schema.NullOr(Schema.String).annotate({ description: "The table's comment." }),
}).annotate({ identifier: "LoadedTable" })
export type LoadedTable = typeof LoadedTable.Type

/** A completed load of a table. */
export const PastLoad = Schema.Struct({
  jobId: JobId.annotate({ description: "The job." }),
  mode: LoadMode.annotate({ description: "What it did with the table: the option `mode`." }),
  fileUrl: Schema.String.annotate({ description: "Its URL, with secrets shown as ***." }),
  finishedAt: time("When it completed."),
  rowsLoaded: Schema.Natural.annotate({ description: "The rows that it loaded." }),
}).annotate({ identifier: "PastLoad" })

/** A loaded table with its last completed loads. */
export const TableHistory = Schema.Struct({
  ...LoadedTable.fields,
  loads: Schema.Array(PastLoad).annotate({
    description:
      "The last completed loads that the caller can see, newest first: at most ten, as long as their records are kept.",
  }),
})
export type TableHistory = typeof TableHistory.Type

/** The place of a table in the list, which is ordered by schema, name and database. */
export type TablePlace = readonly [schema: string, table: string, target: string]

/**
 * The tables that Sluice has made or loaded into. A table belongs to the caller whose job made it.
 *
 * @effect-expect-leaking Caller
 */
export class Tables extends Context.Service<
  Tables,
  {
    /**
     * The caller's tables after a place, at most `limit`; those of all callers with the scope `admin`.
     *
     * @param page.target the name of their database; `undefined`: any
     */
    readonly list: (page: {
      readonly after: TablePlace | null
      readonly limit: number
      readonly target?: string | undefined
    }) => Effect.Effect<
      {
        readonly tables: ReadonlyArray<LoadedTable>
        /** The place of the last one, if there are more. */
        readonly next: TablePlace | null
        /** Databases whose tables are missing here, because they do not respond. */
        readonly unavailable: ReadonlyArray<string>
      },
      TargetUnknown | ServiceUnavailable,
      Caller
    >
    /** A table that the caller may read; null if it was dropped meanwhile. */
    readonly find: (
      place: TablePlace,
    ) => Effect.Effect<TableHistory | null, TargetUnknown | ServiceUnavailable, Caller>
  }
>()("sluice/Domain/Tables") {}
