import { quoteIdentifier } from "../../../Domain/load/columns/SqlIdentifier.ts"
import type { RowFormat } from "../../../Domain/rows/Rows.ts"
import type { Statement } from "../postgres/Statement.ts"
import { alias } from "./filterSql.ts"
import { jsonLine } from "./jsonLine.ts"
import { afterPlace, orderBy, type OrderPart, type RowOrder } from "./rowOrder.ts"
import type { StatementValues } from "./StatementValues.ts"

/** Size of a page. It has at least one row, and may exceed this size by one row. */
const maxPageBytes = 4 * 1024 * 1024

/** A column of the result. */
interface SelectedSql {
  readonly name: string
  readonly sql: string
}

/** What the statements of a page have in common. */
export interface PageQuery {
  /** The table's name in SQL. */
  readonly table: string
  readonly selected: ReadonlyArray<SelectedSql>
  /** Conditions that hold for all rows. */
  readonly conditions: ReadonlyArray<string>
  readonly order: RowOrder
  readonly format: RowFormat
}

/** An array constructor, because a function has at most 100 arguments. */
const texts = (expressions: ReadonlyArray<string>): string =>
  `to_json(array[${expressions.map((sql) => `${sql}::text`).join(", ")}]::text[])::text`

export const where = (conditions: ReadonlyArray<string | null>): string => {
  const present = conditions.filter((condition) => condition !== null)
  return present.length === 0 ? "" : `where ${present.join(" and ")}`
}

/**
 * Selects the first `limit` rows of a part, with the values of all keys of the order as `place` and the row as `line`, which is null
 * for rows that are too much for a page. The columns of a row that is not on the page are never written as text.
 *
 * @param bytes how much the page has already
 */
export const pageStatement = (
  { conditions, format, order, selected, table }: PageQuery,
  part: OrderPart,
  values: StatementValues,
  limit: number,
  bytes: number,
): Statement => {
  const after =
    part.after === null
      ? null
      : afterPlace(
          part.keys,
          part.after.map((value, index) =>
            value === null
              ? null
              : values.add({ field: "after", value, type: part.keys[index]?.type ?? "text" }),
          ),
        )
  const line =
    format === "csv"
      ? texts(selected.map((_, index) => `c${index}`))
      : `(select ${jsonLine("s")} from (select ${selected.map(({ name }, index) => `c${index} as ${quoteIdentifier(name)}`).join(", ")}) s)`
  const ordered = orderBy(order.keys, (_, index) => `k${index}`)
  return {
    text: `
      select ${texts(order.keys.map((_, index) => `k${index}`))} as place,
        case when ${bytes} + coalesce(sum(octet_length(line)) over (
          order by ${ordered} rows between unbounded preceding and 1 preceding
        ), 0) < ${maxPageBytes} then line end as line
      from (
        select ${order.keys.map((_, index) => `k${index}`).join(", ")}, ${line} as line
        from (
          select ${[
            ...order.keys.map(({ sql }, index) => `${sql} as k${index}`),
            ...selected.map(({ sql }, index) => `${sql} as c${index}`),
          ].join(", ")}
          from ${table} ${alias}
          ${where([...conditions, part.condition, after])}
          order by ${orderBy(part.keys)} limit ${limit}
        ) as page
        -- so that a line is written once
        offset 0
      ) as page
      order by ${ordered}`,
    parameters: values.all.map(({ value }) => value),
  }
}
