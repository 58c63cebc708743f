import * as Arr from "effect/Array"
import * as Schema from "effect/Schema"
import { quoteIdentifier } from "../../../../Domain/load/columns/SqlIdentifier.ts"
import type { Statement } from "../../postgres/Statement.ts"
import { alias } from "../filterSql.ts"
import type { TableShape } from "../TableShape.ts"
import { type DescribedColumn, maxCommon, maxGroups, shown, statisticsOf, textOf } from "./readColumns.ts"

/** A column with its type as SQL casts to it. */
export interface TypedColumn extends DescribedColumn {
  readonly baseType: string
}

const decodeRows = Schema.decodeUnknownSync(
  Schema.Array(Schema.Struct({ name: Schema.String, min: Schema.String, max: Schema.String })),
)

/** The result of `readEnds`, by the names of columns. */
export const decodeEnds = (rows: ReadonlyArray<unknown>) =>
  new Map(decodeRows(rows).map(({ max, min, name }) => [name, { min, max }]))

const firstOf = (type: string, order: "asc" | "desc"): string =>
  shown(textOf(type, `(array_agg(v order by v ${order}))[1]`))

/**
 * Selects the smallest and the largest value of the samples of columns. Postgres's statistics have them as values of any type, so they
 * are cast, all columns of one type together: a part of the statement for each column would take seconds if there are many.
 */
export const readEnds = (
  schema: string,
  table: string,
  { hasParts }: TableShape,
  columns: ReadonlyArray<TypedColumn>,
): Statement => {
  const parameters: Array<unknown> = [schema, table, hasParts]
  const ordered = columns.filter(({ sampled }) => sampled?.isOrdered === true)
  const ends = Object.entries(Arr.groupBy(ordered, ({ baseType }) => baseType)).map(([type, ofType]) => {
    const values = (list: string) => `select unnest(${list}::${type}[]) as v`
    return `
      select attname::text as name, ${firstOf(type, "asc")} as min, ${firstOf(type, "desc")} as max
      from statistics cross join lateral (${values("common_values")} union all ${values("bounds")}) as sampled
      where attname::text = any ($${parameters.push(ofType.map(({ name }) => name))}::text[])
      group by attname`
  })
  return {
    text: `
      with ${statisticsOf("$1::text", "$2::text", "$3::boolean")}
      ${ends.length === 0 ? "select where false" : ends.join(" union all ")}`,
    parameters,
  }
}

const Values = Schema.Struct({
  present: Schema.Finite,
  longest: Schema.NullOr(Schema.Finite),
  min: Schema.NullOr(Schema.String),
  max: Schema.NullOr(Schema.String),
  distinct: Schema.NullOr(Schema.Finite),
  counted: Schema.NullOr(
    Schema.Struct({
      common: Schema.Array(Schema.Struct({ value: Schema.String, rows: Schema.Finite })),
      histogram: Schema.Array(Schema.String),
    }),
  ),
})

/** Types without the functions `min` and `max` that have an order all the same. */
const ends: Readonly<Record<string, (end: "min" | "max", sql: string) => string>> = {
  boolean: (end, sql) => `${end === "min" ? "bool_and" : "bool_or"}(${sql})`,
  uuid: (end, sql) => `${end}(${sql}::text collate "C")`,
}

/** SQL of the frequent values of a column, and of groups of the others, as Postgres's statistics have those of a sample. */
const countValues = (table: string, sql: string, text: string): string => `(
  with counted as (
    select ${sql} as v, count(*) as n from ${table} ${alias} where ${sql} is not null group by 1
  ), common as (
    select v, n from counted where n > 1 order by n desc, v limit ${maxCommon}
  ), others as (
    select counted.v from counted cross join generate_series(1, counted.n) where counted.v not in (select v from common)
  )
  select json_build_object(
    'common', (select coalesce(json_agg(json_build_object('value', ${text}, 'rows', n) order by n desc, v), '[]') from common),
    'histogram', (
      select coalesce(json_agg(${text} order by n), '[]')
      from (select least(${maxGroups}, count(distinct others.v) - 1)::integer as groups from others) as fewer
        cross join lateral (
          select percentile_disc(array(select n::float8 / nullif(groups, 0) from generate_series(0, groups) as n order by n))
            within group (order by others.v) as ends
          from others
        ) as quantiles
        cross join lateral unnest(ends) with ordinality as bound (v, n)
      where groups > 0
    )
  )
)`

/**
 * Selects what the values of all rows are, a column for each as `c0`, `c1`, …
 *
 * @param countsDistinct whether different values are counted, which sorts the values of each column
 * @param countsFrequent whether the frequent ones of them are counted, too
 */
export const readAllValues = (
  table: string,
  columns: ReadonlyArray<TypedColumn>,
  countsDistinct: boolean,
  countsFrequent: boolean,
): Statement => ({
  text: `
    select ${[
      "count(*)::float8 as rows",
      ...columns.map(({ baseType, hasMin, name }, index) => {
        const sql = `${alias}.${quoteIdentifier(name)}`
        const endOf = ends[baseType] ?? (hasMin ? (end, value) => `${end}(${value})` : undefined)
        const end = (which: "min" | "max") =>
          endOf === undefined ? "null" : shown(textOf(baseType, endOf(which, sql)))
        return `json_build_object(
          'present', count(${sql}), 'longest', max(char_length(${textOf(baseType, sql)})), 'min', ${end("min")}, 'max', ${end("max")},
          'distinct', ${countsDistinct && endOf !== undefined ? `count(distinct ${sql})` : "null"},
          'counted', ${countsFrequent && endOf !== undefined ? countValues(table, sql, shown(textOf(baseType, "v"))) : "null"}
        ) as c${index}`
      }),
    ].join(", ")}
    from ${table} ${alias}`,
  parameters: [],
})

const decodeRow = Schema.decodeUnknownSync(Schema.Struct({ rows: Schema.Finite }))
const decodeValues = Schema.decodeUnknownSync(Values)

/** The result of `readAllValues`. */
export const decodeAllValues = (
  [row]: ReadonlyArray<Readonly<Record<string, unknown>>>,
  columns: number,
) => ({
  rows: decodeRow(row).rows,
  columns: Array.from({ length: columns }, (_, index) => decodeValues(row?.[`c${index}`])),
})
