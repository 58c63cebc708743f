import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type ReadableTable, RowsRefused } from "../../../Domain/rows/Rows.ts"
import { isFilter, parseRowsRequest } from "../../../Domain/rows/RowsRequest.ts"
import { refuse } from "../../http/input/RequestIssues.ts"

/** The parameters of a request, each once or several times. */
export type RowsQuery = Readonly<Record<string, string | ReadonlyArray<string>>>

/**
 * The parameters of a request that are not columns, and the rows that all of them ask for.
 *
 * @param known the parameters that are not columns
 */
export const readQuery = Effect.fnUntraced(function* <Fields extends Schema.Struct.Fields>(
  known: Fields,
  query: RowsQuery,
) {
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value) => [name, value] as const),
  )
  const decode = Schema.decodeUnknownEffect(
    Schema.toCodecArrayFromSingle(Schema.toCodecStringTree(Schema.Struct(known))),
    { errors: "all", onExcessProperty: "error" },
  )
  const parameters = yield* decode(
    Object.fromEntries(Object.entries(query).filter(([name]) => !isFilter(name))),
  ).pipe(Effect.catch(refuse("query")))
  const rows = yield* Effect.mapError(Effect.fromResult(parseRowsRequest(pairs)), (issues) =>
    RowsRefused.of(...issues),
  )
  return { parameters, rows }
})

/** The tag of a table in a format; null if other programs may write to the table. */
export const tagOf = ({ isMade, jobId }: ReadableTable, format: string): string | null =>
  isMade ? `W/"${jobId}-${format}"` : null
