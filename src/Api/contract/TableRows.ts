import * as Schema from "effect/Schema"
import { HttpApiSchema } from "effect/http-api"
import { TargetName } from "../../Domain/load/columns/target/TargetName.ts"
import { columnTypes } from "../../Domain/load/columns/ColumnType.ts"
import { RowPlace } from "../../Domain/rows/Rows.ts"
import { cursor, listQuery } from "./parameters/cursor.ts"

/** A table in a path. */
export const TableField = {
  name: Schema.String.annotate({
    description:
      "The table's name, or its schema and its name with a dot between them, as GET /tables lists them.",
    examples: ["tripsdata_1589788983"],
  }),
}

/** The parameter that names a database. */
export const target = (description: string) =>
  Schema.optionalKey(TargetName.annotate({ mustBe: "given once, as the name of a database", description }))

export const targetOfTable = target("The database of the table, if several have one of its name.")

export const RowCursor = cursor(Schema.fromJsonString(RowPlace))

const select = Schema.optionalKey(
  Schema.String.annotate({
    mustBe: "given once, as names of columns with commas between them",
    description:
      "The columns to return, with commas between them; all if omitted. A name with other characters than letters, digits, spaces and `_` has double quotes. `fare::numeric` casts a column: " +
      `${columnTypes.join(", ")}.`,
  }),
)

const order = Schema.optionalKey(
  Schema.String.annotate({
    mustBe: "given once, as names of columns with commas between them",
    description:
      "Columns to order by, each with `.asc` or `.desc`, and `.nullsfirst` or `.nullslast`: `order=fare.desc,pickup`. A null counts as the largest value unless given otherwise. Rows that are equal in them are ordered by the table's key, or by their place in the table, which is also the order if omitted.",
  }),
)

/** The parameters of `GET /tables/:name/rows` that are not columns. */
export const RowsParameters = {
  target: targetOfTable,
  select,
  order,
  ...listQuery("rows", RowCursor),
  count: Schema.optionalKey(
    Schema.Literals(["estimated", "exact"]).annotate({
      mustBe: "given once, as estimated or exact",
      description:
        "Return the number of all rows that the filters select in the header X-Total-Count: Postgres's estimate, or counted, which reads all of them. If omitted, nothing is counted.",
    }),
  ),
  format: Schema.optionalKey(
    Schema.Literals(["json", "csv", "ndjson"]).annotate({
      mustBe: "given once, as json, csv or ndjson",
      description: "If omitted, the Accept header decides: text/csv, application/x-ndjson, otherwise JSON.",
    }),
  ),
}

/** All parameters, those that are columns too. */
export const AnyParameters = Schema.Record(
  Schema.String,
  Schema.Union([Schema.String, Schema.Array(Schema.String)]),
)

/** How filters are written, for the OpenAPI document. */
export const filterParameter = {
  name: "filters",
  in: "query",
  required: false,
  style: "form",
  explode: true,
  schema: {
    type: "object",
    additionalProperties: { type: "string" },
    description:
      'Any other parameter is a filter on the column of that name, in PostgREST\'s grammar: `fare=gte.10`, `city=in.(Brno,Graz)`, `tip=not.is.null`, `fare::numeric=lt.5`. Operators: eq, neq, gt, gte, lt, lte, like, ilike (`*` for any text), in, is, isdistinct. `or=(fare.lt.1,and(tip.is.null,city.eq.Brno))` and `and=…` combine them; `not.` before an operator, `and` or `or` negates. A column that has the name of a parameter gets double quotes: `"limit"=eq.5`.',
    examples: [{ city: "eq.Brno" }],
  },
}

/** For the OpenAPI document: a response without a body. */
export const unchangedResponse = {
  "304": { description: "Nothing was loaded into the table since the response with this ETag.", content: {} },
}

const headers = {
  etag: Schema.optionalKey(Schema.String).annotate({
    description: "The version of the table, for If-None-Match. Absent if another program made the table.",
  }),
  link: Schema.optionalKey(Schema.String).annotate({
    description: 'The next page, `<…>; rel="next"`, if there are more rows.',
  }),
  "x-total-count": Schema.optionalKey(Schema.String).annotate({
    description: "The number of all rows that the filters select, if `count` asks for it.",
  }),
}

export const RowsJson = HttpApiSchema.WithHeaders(
  Schema.Array(Schema.Record(Schema.String, Schema.Json)).annotate({
    identifier: "Rows",
    description: "Rows of the table, each as an object with its columns.",
    examples: [[{ dispatching_base_num: "B02512", trips: 1132 }]],
  }),
  headers,
)

export const csvType = "text/csv; charset=utf-8; header=present"
export const ndjsonType = "application/x-ndjson"

export const RowsCsv = Schema.String.pipe(HttpApiSchema.asText({ contentType: csvType }))
export const RowsNdjson = Schema.String.pipe(HttpApiSchema.asText({ contentType: ndjsonType }))

/** The parameters of `GET /tables/:name/export` that are not columns. */
export const ExportParameters = {
  target: targetOfTable,
  select,
  order: Schema.optionalKey(
    Schema.String.annotate({
      mustBe: "given once, as names of columns with commas between them",
      description: "Columns to order by, as for rows. If omitted, rows are in the order of the table.",
    }),
  ),
  format: Schema.optionalKey(
    Schema.Literals(["csv", "ndjson"]).annotate({
      mustBe: "given once, as csv or ndjson",
      description:
        "CSV with a header row, or one JSON object per line. If omitted, the Accept header decides: application/x-ndjson, otherwise CSV.",
    }),
  ),
}

export const ExportFile = HttpApiSchema.WithHeaders(
  HttpApiSchema.StreamUint8Array({ contentType: [csvType, ndjsonType] }),
  {
    "content-disposition": Schema.String,
    "content-encoding": Schema.optionalKey(Schema.String).annotate({
      description: "gzip or zstd, if Accept-Encoding names it.",
    }),
    etag: headers.etag,
  },
)
