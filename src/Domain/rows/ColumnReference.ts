import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { ColumnType, columnTypes } from "../load/columns/ColumnType.ts"
import type { ColumnReference } from "./RowFilter.ts"
import type { TextReader } from "./TextReader.ts"

const isColumnType = Schema.is(ColumnType)

const castOf = (type: string): Result.Result<ColumnType, string> =>
  isColumnType(type)
    ? Result.succeed(type)
    : Result.fail(`${JSON.stringify(type)} is no type to cast to: use one of ${columnTypes.join(", ")}`)

/** `fare::numeric` without quotes: the last `::` begins the cast. */
const unquoted = (text: string): Result.Result<ColumnReference, string> => {
  const at = text.lastIndexOf("::")
  if (at < 0) return Result.succeed({ column: text, cast: null })
  return Result.map(castOf(text.slice(at + 2)), (cast) => ({ column: text.slice(0, at), cast }))
}

/**
 * A column with its cast, such as `fare`, `fare::numeric` or `"a.b"::date`. Double quotes keep all characters of a name.
 *
 * @param ends characters that end an unquoted name
 */
export const readReference = (reader: TextReader, ends: string): Result.Result<ColumnReference, string> =>
  Result.gen(function* () {
    const { isQuoted, text } = yield* reader.token(ends)
    const reference = isQuoted
      ? { column: text, cast: reader.skip("::") ? yield* castOf((yield* reader.token(ends)).text) : null }
      : yield* unquoted(text)
    return reference.column === ""
      ? yield* Result.fail(`a column's name is missing before ${reader.shownRest()}`)
      : reference
  })
