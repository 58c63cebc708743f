import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import * as Schema from "effect/Schema"
import { JobId } from "../job/Job.ts"
import type { TargetUnknown } from "../load/columns/target/Targets.ts"
import type { Caller } from "../service/Caller.ts"
import type { ServiceUnavailable } from "../service/ServiceUnavailable.ts"
import type { RowsIssue, RowsRequest } from "./RowsRequest.ts"
import { StatisticsKind, type TableColumns } from "./TableDetails.ts"

/** A table that the caller may read, as its last load left it. */
export const ReadableTable = Schema.Struct({
  /** The name of its database. */
  target: Schema.String,
  schema: Schema.String,
  table: Schema.String,
  /** The last job that loaded it. */
  jobId: JobId,
  /** Whether a job has made it. Otherwise other programs may write to it too. */
  isMade: Schema.Boolean,
})
export type ReadableTable = typeof ReadableTable.Type

/** A place between two rows of an ordered table. */
export const RowPlace = Schema.Struct({
  /** The columns of the order. */
  order: Schema.String,
  /** The version of the table, and its name; null if a unique key orders its rows, so that the place is one in every version. */
  version: Schema.NullOr(Schema.String),
  /** The values of the row before the place. */
  values: Schema.Array(Schema.NullOr(Schema.String)),
})
export type RowPlace = typeof RowPlace.Type

export type RowFormat = "json" | "csv"

/** How rows are counted: by the planner's statistics, or one by one. */
export type RowCount = "estimated" | "exact"

export interface PageRequest extends RowsRequest {
  readonly format: RowFormat
  readonly after: RowPlace | null
  readonly limit: number
  readonly count: RowCount | null
}

export interface RowsPage {
  /** The names of the columns, in order. */
  readonly columns: ReadonlyArray<string>
  /** Each row as a JSON object, or as a record of CSV, without a line end. */
  readonly rows: ReadonlyArray<string>
  /** The place after the last row, if there are more. */
  readonly next: RowPlace | null
  /** All rows that the filters select, if the request asks for their number. */
  readonly count: number | null
}

/** How the bytes of an export are compressed; null: not at all. */
type ExportCoding = "gzip" | "zstd" | null

export interface ExportRequest extends RowsRequest {
  /** CSV with a header row, or one JSON object per line. */
  readonly format: "csv" | "ndjson"
  readonly coding: ExportCoding
}

/** The caller has no such table. */
export class TableNotFound extends Schema.TaggedError<TableNotFound>()("TableNotFound", {
  name: Schema.String,
}) {}

/** Several databases have a table of the name. */
export class TableAmbiguous extends Schema.TaggedError<TableAmbiguous>()("TableAmbiguous", {
  name: Schema.String,
  targets: Schema.Array(Schema.String),
}) {}

/** The request does not fit the table. */
export class RowsRefused extends Schema.TaggedError<RowsRefused>()("RowsRefused", {
  issues: Schema.Array(Schema.Struct({ field: Schema.NullOr(Schema.String), message: Schema.String })),
}) {
  static readonly of = (...issues: ReadonlyArray<RowsIssue>) => new RowsRefused({ issues })
}

/** A value in the table cannot be cast as the request asks. */
export class CastFailed extends Schema.TaggedError<CastFailed>()("CastFailed", {
  /** Postgres's message, which has the value. */
  message: Schema.String,
}) {}

/** The statement was stopped, because it took too long. */
export class QueryTooSlow extends Schema.TaggedError<QueryTooSlow>()("QueryTooSlow", {
  /** The columns of the request that no index begins with. */
  columns: Schema.Array(Schema.String),
  /** What took too long: rows, their count, or details of the table with these statistics. */
  task: Schema.Literals(["rows", "count", ...StatisticsKind.literals]),
}) {}

/** The table has been loaded again since the page before. */
export class RowsChanged extends Schema.TaggedError<RowsChanged>()("RowsChanged", {}) {}

/** Another program has made the table, and the caller or the service may not read it. */
export class TableNotReadable extends Schema.TaggedError<TableNotReadable>()("TableNotReadable", {
  /** Who may not: the caller, because the table may have rows of others, or the service, without a grant. */
  who: Schema.Literals(["caller", "service"]),
}) {}

export type RowsFailure =
  | TableNotFound
  | RowsRefused
  | CastFailed
  | QueryTooSlow
  | RowsChanged
  | TableNotReadable
  | ServiceUnavailable

/** The rows of loaded tables. */
export class Rows extends Context.Service<
  Rows,
  {
    /**
     * @param name the table's name, or its schema's and its own with a dot between them
     * @param target the name of its database; `undefined`: the only one that has such a table
     */
    readonly find: (
      name: string,
      target?: string,
    ) => Effect.Effect<
      ReadableTable,
      TableNotFound | TableNotReadable | TableAmbiguous | TargetUnknown | ServiceUnavailable,
      Caller
    >
    /** The columns as they are, with their statistics. `exact` ones are those of all rows, which are read for them. */
    readonly describe: (
      table: ReadableTable,
      statistics: StatisticsKind,
    ) => Effect.Effect<TableColumns, TableNotFound | TableNotReadable | QueryTooSlow | ServiceUnavailable>
    /** A page of rows, of one moment. */
    readonly page: (table: ReadableTable, request: PageRequest) => Effect.Effect<RowsPage, RowsFailure>
    /**
     * All rows, of one moment, as a file. A slow reader slows the database down and costs no memory. Holds a database connection until
     * the scope closes; only a few exports run at a time, and the others wait for their turn, a few seconds at most.
     */
    readonly export: (
      table: ReadableTable,
      request: ExportRequest,
    ) => Effect.Effect<
      Stream.Stream<Uint8Array, ServiceUnavailable>,
      Exclude<RowsFailure, RowsChanged>,
      Scope.Scope
    >
  }
>()("sluice/Domain/Rows") {}
