import * as Result from "effect/Result"
import { readReference } from "./ColumnReference.ts"
import {
  type ColumnReference,
  type Comparison,
  type FilterGroup,
  type Operator,
  operators,
  type RowFilter,
} from "./RowFilter.ts"
import { makeTextReader, type TextReader } from "./TextReader.ts"

/** Deeper groups would exhaust the stack of the database's parser. */
const maxDepth = 20

const isOperator = (text: string): text is Operator => operators.some((known) => known === text)

/** What `is` compares with. */
export const isValues: Readonly<Record<string, string>> = {
  null: "null",
  not_null: "not null",
  true: "true",
  false: "false",
  unknown: "unknown",
}

const readOperator = (reader: TextReader): Result.Result<Operator, string> =>
  Result.gen(function* () {
    const { text } = yield* reader.token(".(")
    if (!isOperator(text))
      return yield* Result.fail(
        `${JSON.stringify(text)} is no operator: use one of ${operators.join(", ")}, as in eq.5`,
      )
    yield* reader.expect(".")
    return text
  })

const readList = (reader: TextReader): Result.Result<ReadonlyArray<string>, string> =>
  Result.gen(function* () {
    yield* reader.expect("(")
    if (reader.skip(")")) return []
    const values: Array<string> = []
    do values.push((yield* reader.token(",)")).text)
    while (reader.skip(","))
    yield* reader.expect(")")
    return values
  })

/**
 * What follows a column's name: `eq.5`, `not.in.(1,2)`.
 *
 * @param ends characters that end an unquoted value; none: the value is the rest of the text, with its quotes
 */
const readComparison = (
  reader: TextReader,
  field: string,
  reference: ColumnReference,
  ends: string,
): Result.Result<Comparison, string> =>
  Result.gen(function* () {
    const isNegated = reader.skip("not.")
    const operator = yield* readOperator(reader)
    const values =
      operator === "in"
        ? yield* readList(reader)
        : [ends === "" ? reader.takeRest() : (yield* reader.token(ends)).text]
    if (values.some((value) => value.includes("\0")))
      return yield* Result.fail("a value has a NUL, which no text in Postgres has")
    if (operator === "is" && !Object.hasOwn(isValues, values[0]!.toLowerCase()))
      return yield* Result.fail(`is takes ${Object.keys(isValues).join(", ")}`)
    return { _tag: "Comparison", field, reference, operator, isNegated, values }
  })

/** After its opening parenthesis. */
const readGroup = (
  reader: TextReader,
  field: string,
  joint: "and" | "or",
  isNegated: boolean,
  depth: number,
): Result.Result<FilterGroup, string> =>
  Result.gen(function* () {
    if (depth > maxDepth) return yield* Result.fail(`groups may be nested ${maxDepth} deep`)
    const filters: Array<RowFilter> = []
    do filters.push(yield* readMember(reader, field, depth))
    while (reader.skip(","))
    yield* reader.expect(")")
    return { _tag: "FilterGroup", joint, isNegated, filters }
  })

/** The beginnings of a group inside of another one. A column with such a name is quoted. */
const groups = [
  ["and(", "and", false],
  ["or(", "or", false],
  ["not.and(", "and", true],
  ["not.or(", "or", true],
] as const

const readMember = (reader: TextReader, field: string, depth: number): Result.Result<RowFilter, string> =>
  Result.gen(function* () {
    for (const [beginning, joint, isNegated] of groups)
      if (reader.skip(beginning)) return yield* readGroup(reader, field, joint, isNegated, depth + 1)
    const reference = yield* readReference(reader, ".")
    yield* reader.expect(".")
    return yield* readComparison(reader, field, reference, ",)")
  })

/** Reads the whole text. */
export const whole = <A>(
  text: string,
  read: (reader: TextReader) => Result.Result<A, string>,
): Result.Result<A, string> =>
  Result.gen(function* () {
    const reader = makeTextReader(text)
    const found = yield* read(reader)
    yield* reader.end()
    return found
  })

/**
 * A filter from a query parameter, in PostgREST's grammar: `fare=gte.10`, `or=(fare.lt.1,tip.is.null)`.
 *
 * @param name a column, with a cast if there is one, or `and`, `or`, `not.and`, `not.or`
 */
export const parseFilter = (name: string, value: string): Result.Result<RowFilter, string> => {
  const group = groups.find(([beginning]) => beginning === `${name}(`)
  if (group !== undefined) {
    const [, joint, isNegated] = group
    return whole(value, (reader) =>
      Result.flatMap(reader.expect("("), () => readGroup(reader, name, joint, isNegated, 1)),
    )
  }
  return Result.flatMap(
    whole(name, (reader) => readReference(reader, "")),
    (reference) => whole(value, (reader) => readComparison(reader, name, reference, "")),
  )
}
