import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { quoteIdentifier, quoteLiteral } from "../../../../src/Domain/load/columns/SqlIdentifier.ts"

const oneOf = <A extends string>(values: ReadonlyArray<A>) => Arbitrary.schema(Schema.Literals(values))
const flag = Arbitrary.schema(Schema.Boolean)
/** A place in a list. Unlike the usual random numbers, these are seldom equal. */
const place = Arbitrary.schema(Schema.Literals(Array.from({ length: 24 }, (_, n) => n)))
const sometimes = Arbitrary.schema(Schema.Literals([true, false, false, false]))

/** Values of each type of column, in each of which filters find some. */
const pools = {
  text: [
    "a",
    "B",
    "",
    "9",
    "10",
    "a,b",
    "(x)",
    "it's",
    'say "hi"',
    "50%",
    "_",
    "a\\b",
    "é🦆",
    "null",
    "a.b",
    "eq.1",
    "\n",
    "$1",
    "'; drop table x; --",
  ],
  integer: ["-1", "0", "9", "10", "2147483647"],
  numeric: ["1.50", "1.5", "-0.1", "NaN", "10", "123456789012345678901234567890"],
  "double precision": ["0.1", "-Infinity", "1e300", "10"],
  boolean: ["true", "false"],
  date: ["2020-01-01", "1999-12-31", "0044-03-15 BC"],
  timestamptz: ["2020-01-01 00:00:00+00", "2020-01-01 02:00:00.000001+02"],
  jsonb: ['{"a": 1}', "[]", '"x"'],
} as const
type Type = keyof typeof pools
const types = Object.keys(pools) as ReadonlyArray<Type>

/** Names that the grammar, SQL or the API give a meaning to. */
const names = [
  "a",
  "Fare",
  "a b",
  'a"b',
  "a.b",
  "a,b",
  "or",
  "not.and",
  "select",
  "limit",
  "x::integer",
  "it's",
  '"; drop table x; --',
  "é",
  "(x)",
  "ctid ",
  "t",
  "k0",
  "c0",
  "back\\slash",
  "*",
]

interface ColumnOfTable {
  readonly name: string
  readonly type: Type
}

/** A condition, as a query parameter writes it and as SQL. */
interface Condition {
  readonly parameter: readonly [name: string, value: string]
  readonly member: string
  readonly sql: string
}

interface Choices {
  readonly column: number
  readonly operator: string
  readonly value: number
  readonly others: ReadonlyArray<number>
  readonly isNegated: boolean
  readonly cast: string
}

const signs: Readonly<Record<string, string>> = {
  eq: "=",
  neq: "<>",
  gt: ">",
  gte: ">=",
  lt: "<",
  lte: "<=",
  isdistinct: "is distinct from",
}

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, "\\$&")}"`

const pick = <A>(values: ReadonlyArray<A>, n: number): A => values[n % values.length]!

/** Casts that no value of the type makes fail. */
const castsOf: Readonly<Record<Type, ReadonlyArray<string>>> = {
  text: ["text"],
  integer: ["text", "numeric", "bigint", "double precision"],
  numeric: ["text", "double precision"],
  "double precision": ["text"],
  boolean: ["text", "integer"],
  date: ["text", "timestamp"],
  timestamptz: ["text"],
  jsonb: ["text"],
}
const poolOf = (type: string): ReadonlyArray<string> =>
  type === "bigint"
    ? pools.integer
    : type === "timestamp"
      ? ["2020-01-01 00:00:00", "1999-12-31 12:00:00"]
      : (pools as Readonly<Record<string, ReadonlyArray<string>>>)[type]!

const conditionOf = (columns: ReadonlyArray<ColumnOfTable>, choices: Choices): Condition => {
  const { name, type } = pick(columns, choices.column)
  const casts = castsOf[type]
  // A text is ordered only if the request says so.
  const isOrder = /^[gl]te?$/.test(choices.operator)
  const cast =
    choices.cast === "" && !(type === "text" && isOrder)
      ? ""
      : pick(casts, choices.cast.length + choices.value)
  const reference = `${quoted(name)}${cast === "" ? "" : `::${cast}`}`
  const expression = `(${quoteIdentifier(name)}${cast === "" ? "" : `::${cast}`})`
  const effective = cast === "" ? type : cast
  const pool = poolOf(effective)
  const value = pick(pool, choices.value)
  const literal = (text: string) => `cast(${quoteLiteral(text)} as ${effective})`
  const made = (): readonly [top: string, member: string, sql: string] => {
    switch (choices.operator) {
      case "is": {
        const word =
          effective === "boolean"
            ? pick(["null", "not_null", "true", "false", "unknown"], choices.value)
            : "null"
        return [word, word, `${expression} is ${word.replace("_", " ")}`]
      }
      case "in": {
        const list = choices.others.map((n) => pick(pool, n))
        const text = `(${list.map(quoted).join(",")})`
        return [
          text,
          text,
          list.length === 0 ? "false" : `${expression} in (${list.map(literal).join(", ")})`,
        ]
      }
      case "like":
      case "ilike": {
        const pattern = `*${value.slice(0, 2).replaceAll("\\", "\\\\")}*`
        const sql = `${expression}::text ${choices.operator} ${quoteLiteral(pattern.replaceAll("*", "%"))}`
        return [pattern, quoted(pattern), sql]
      }
      default:
        return [value, quoted(value), `${expression} ${signs[choices.operator]} ${literal(value)}`]
    }
  }
  const [top, member, sql] = made()
  const operator = `${choices.isNegated ? "not." : ""}${choices.operator}`
  return {
    parameter: [reference, `${operator}.${top}`],
    member: `${reference}.${operator}.${member}`,
    sql: choices.isNegated ? `not (${sql})` : `(${sql})`,
  }
}

const groupOf = (joint: "and" | "or", isNegated: boolean, members: ReadonlyArray<Condition>): Condition => {
  const list = `(${members.map(({ member }) => member).join(",")})`
  const name = `${isNegated ? "not." : ""}${joint}`
  const sql = `(${members.map((each) => each.sql).join(` ${joint} `)})`
  return { parameter: [name, list], member: `${name}${list}`, sql: isNegated ? `not ${sql}` : sql }
}

const choices = Arbitrary.all({
  column: place,
  operator: oneOf([...Object.keys(signs), "is", "in", "like", "ilike"]),
  value: place,
  others: Arbitrary.array(place, { maxLength: 3 }),
  isNegated: sometimes,
  cast: oneOf(["", "", "x", "xx", "xxx"]),
})

/** A table, a request for its rows, and the SQL that should give the same. */
export interface RowsQuery {
  readonly columns: ReadonlyArray<ColumnOfTable>
  readonly rows: ReadonlyArray<ReadonlyArray<string | null>>
  readonly hasKey: boolean
  readonly parameters: ReadonlyArray<readonly [string, string]>
  readonly limit: number
  readonly where: string
  readonly orderBy: string
  readonly selected: ReadonlyArray<string>
}

export const anyRowsQuery: Arbitrary.Arbitrary<RowsQuery> = Arbitrary.map(
  Arbitrary.all({
    types: Arbitrary.array(oneOf(types), { minLength: 1, maxLength: 4 }),
    firstName: place,
    values: Arbitrary.array(
      Arbitrary.array(Arbitrary.all({ n: place, isNull: sometimes }), { minLength: 4, maxLength: 4 }),
      { minLength: 12, maxLength: 30 },
    ),
    hasKey: flag,
    single: Arbitrary.array(choices, { maxLength: 2 }),
    groups: Arbitrary.array(
      Arbitrary.all({
        joint: oneOf(["and", "or"]),
        isNegated: sometimes,
        members: Arbitrary.array(choices, { minLength: 1, maxLength: 3 }),
        inner: Arbitrary.array(choices, { maxLength: 2 }),
      }),
      { maxLength: 1 },
    ),
    order: Arbitrary.array(
      Arbitrary.all({ column: place, isDescending: flag, nulls: oneOf(["", "first", "last"]) }),
      { maxLength: 2 },
    ),
    limit: Arbitrary.schema(Schema.Literals([1, 2, 3, 7, 100])),
    selects: Arbitrary.array(flag, { minLength: 4, maxLength: 4 }),
  }),
  ({ firstName, groups, hasKey, limit, order, selects, single, types: typesOf, values }) => {
    const columns = typesOf.map((type, index) => ({ name: pick(names, firstName + index), type }))
    const conditions = [
      ...single.map((each) => conditionOf(columns, each)),
      ...groups.map(({ inner, isNegated, joint, members }) =>
        groupOf(joint, isNegated, [
          ...members.map((each) => conditionOf(columns, each)),
          ...(inner.length === 0
            ? []
            : [
                groupOf(
                  joint === "and" ? "or" : "and",
                  !isNegated,
                  inner.map((each) => conditionOf(columns, each)),
                ),
              ]),
        ]),
      ),
    ]
    const ordered = order.map((each) => ({ ...each, name: pick(columns, each.column).name }))
    const isDescending = ordered.at(-1)?.isDescending ?? false
    const selected = columns.filter((_, index) => selects[index]).map(({ name }) => name)
    return {
      columns,
      rows: values.map((row) =>
        columns.map(({ type }, index) => {
          const { isNull, n } = row[index]!
          return isNull ? null : pick(pools[type], n)
        }),
      ),
      hasKey,
      limit,
      parameters: [
        ...conditions.map(({ parameter }) => parameter),
        ...(ordered.length === 0
          ? []
          : [
              [
                "order",
                ordered
                  .map(
                    ({ isDescending: desc, name, nulls }) =>
                      `${quoted(name)}${desc ? ".desc" : ""}${nulls === "" ? "" : `.nulls${nulls}`}`,
                  )
                  .join(","),
              ] as const,
            ]),
        ...(selected.length === 0 ? [] : [["select", selected.map(quoted).join(",")] as const]),
      ],
      where: conditions.length === 0 ? "true" : conditions.map(({ sql }) => sql).join(" and "),
      orderBy: [
        ...ordered.map(
          ({ isDescending: desc, name, nulls }) =>
            `${quoteIdentifier(name)}${desc ? " desc" : ""}${nulls === "" ? "" : ` nulls ${nulls}`}`,
        ),
        `${hasKey ? '"the key"' : "ctid"}${isDescending ? " desc" : ""}`,
      ].join(", "),
      selected:
        selected.length > 0 ? selected : [...(hasKey ? ["the key"] : []), ...columns.map(({ name }) => name)],
    }
  },
)
