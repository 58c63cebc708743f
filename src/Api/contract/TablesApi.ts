import * as Schema from "effect/Schema"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { LoadedTable, type TablePlace } from "../../Domain/job/Tables.ts"
import { StatisticsKind, TableDetails } from "../../Domain/rows/TableDetails.ts"
import { cursor, listQuery, nextPlace } from "./parameters/cursor.ts"
import { exampleId } from "./JobResource.ts"
import { Authorization, InvalidInput, RequiredScope } from "./Middleware.ts"
import * as Problem from "./problems/Problems.ts"
import { otherParameters, queryParameters } from "./parameters/queryParameters.ts"
import {
  AnyParameters,
  ExportFile,
  ExportParameters,
  filterParameter,
  RowsCsv,
  RowsJson,
  RowsNdjson,
  RowsParameters,
  TableField,
  target,
  targetOfTable,
  unchangedResponse,
} from "./TableRows.ts"

const Place: Schema.Codec<TablePlace, string> = Schema.fromJsonString(
  Schema.Tuple([Schema.String, Schema.String, Schema.String]),
)

const Cursor = cursor(Place)

const exampleTable = {
  target: "default",
  schema: "public",
  table: "tripsdata_1589788983",
  jobId: exampleId,
  fileUrl: "http://localhost:8000/tripsdata.csv",
  fileUrls: ["http://localhost:8000/tripsdata.csv"],
  loadedAt: "2020-05-18T08:03:03.701Z",
  rowsLoaded: 9,
  rowsEstimate: null,
  bytes: 16384,
  comment: "9 rows from http://localhost:8000/tripsdata.csv, loaded by Sluice",
}

/** A page of the list of tables. */
export const TablesPage = Schema.Struct({
  tables: Schema.Array(LoadedTable),
  next: nextPlace(Cursor),
  unavailable: Schema.Array(Schema.String).annotate({
    description: "Databases whose tables are missing here, because they do not respond.",
  }),
}).pipe(
  Schema.annotateEncoded({
    identifier: "TablesPage",
    description: "Tables in the order of their schemas, names and databases.",
    examples: [
      {
        tables: [exampleTable],
        next: null,
        unavailable: [],
      },
    ],
  }),
)

const TablesQuery = {
  ...listQuery("tables", Cursor),
  target: target("The database of the tables; all if omitted."),
}

const list = HttpApiEndpoint.get("list", "/tables", {
  query: TablesQuery,
  success: TablesPage,
  error: Problem.withRetryAfter(Problem.ServiceUnavailable),
})
  .annotate(RequiredScope, "read")
  .annotateMerge(
    OpenApi.annotations({
      identifier: "listTables",
      summary: "List the loaded tables",
      description:
        "The tables that the caller's jobs have made or loaded into, as far as they exist, a page at a time. A key with the scope admin sees those of all keys.",
      transform: (operation) => ({ ...operation, parameters: queryParameters(TablesQuery) }),
    }),
  )

/** A table in a response. */
export const TableResource = TableDetails.pipe(
  Schema.annotateEncoded({
    identifier: "TableDetails",
    description: "A loaded table, with its columns and its last loads.",
    examples: [
      {
        ...exampleTable,
        loads: [
          {
            jobId: exampleId,
            mode: "create",
            fileUrl: exampleTable.fileUrl,
            finishedAt: exampleTable.loadedAt,
            rowsLoaded: 9,
          },
        ],
        columns: [
          {
            name: "trips",
            type: "bigint",
            header: null,
            nullable: true,
            indexed: false,
            statistics: {
              nulls: 0,
              distinct: 9,
              min: "28",
              max: "1132",
              longest: 4,
              common: [],
              histogram: [],
            },
          },
        ],
        key: null,
        statistics: { of: "all", rows: 9, at: "2020-05-18T09:12:40.113Z" },
      },
    ],
  }),
)

const DetailsQuery = {
  statistics: Schema.optionalKey(
    StatisticsKind.annotate({
      mustBe: "given once, as sample, exact or none",
      description:
        "What to say of the columns' values: `sample`, the default, is what Postgres knows of a sample of the rows, which costs nothing; a table of at most 1 MiB is read. `exact` reads all rows, within ten seconds. `none` leaves them out.",
    }),
  ),
  target: targetOfTable,
}

const details = HttpApiEndpoint.get("details", "/tables/:name", {
  params: TableField,
  query: DetailsQuery,
  success: TableResource,
  error: [
    Problem.TableNotReadable,
    Problem.TableNotFound,
    Problem.QueryTooSlow,
    Problem.withRetryAfter(Problem.ServiceUnavailable),
  ],
})
  .annotate(RequiredScope, "read")
  .annotateMerge(
    OpenApi.annotations({
      identifier: "tableDetails",
      summary: "Get a table",
      description:
        "Its columns with types, original headers and statistics, its rows as estimated, its size and its last loads.",
      transform: (operation) => ({
        ...operation,
        parameters: [...otherParameters(operation), ...queryParameters(DetailsQuery)],
      }),
    }),
  )

const rows = HttpApiEndpoint.get("rows", "/tables/:name/rows", {
  params: TableField,
  query: AnyParameters,
  success: [RowsJson, RowsCsv, RowsNdjson],
  error: [
    Problem.TableNotReadable,
    Problem.TableNotFound,
    Problem.TableChanged,
    Problem.QueryTooSlow,
    Problem.CastFailed,
    Problem.withRetryAfter(Problem.ServiceUnavailable),
  ],
})
  .annotate(RequiredScope, "read")
  .annotateMerge(
    OpenApi.annotations({
      identifier: "tableRows",
      summary: "Get rows of a table",
      description:
        "Filtered, ordered, a page at a time. `Link` has the next page, which is found as fast as the first one. Nothing is counted unless `count` asks for it. `If-None-Match` with the `ETag` of an earlier response returns 304 as long as nothing was loaded into the table.",
      transform: (operation) => ({
        ...operation,
        parameters: [...otherParameters(operation), ...queryParameters(RowsParameters), filterParameter],
        responses: { ...operation["responses"], ...unchangedResponse },
      }),
    }),
  )

const exportFile = HttpApiEndpoint.get("export", "/tables/:name/export", {
  params: TableField,
  query: AnyParameters,
  success: ExportFile,
  error: [
    Problem.TableNotReadable,
    Problem.TableNotFound,
    Problem.QueryTooSlow,
    Problem.CastFailed,
    Problem.withRetryAfter(Problem.ServiceUnavailable),
  ],
})
  .annotate(RequiredScope, "read")
  .annotateMerge(
    OpenApi.annotations({
      identifier: "exportTable",
      summary: "Export a table",
      description:
        "All rows that the filters select as one file, of one version of the table, sent as fast as it is read. Takes the filters of rows. A file that breaks off is incomplete: the connection is closed before its end.",
      transform: (operation) => ({
        ...operation,
        parameters: [...otherParameters(operation), ...queryParameters(ExportParameters), filterParameter],
        responses: { ...operation["responses"], ...unchangedResponse },
      }),
    }),
  )

/** The tables in the database. */
export class TablesApi extends HttpApiGroup.make("tables")
  .add(list, details, rows, exportFile)
  .middleware(InvalidInput)
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Tables", description: "What has been loaded." })) {}
