import * as Iterable from "effect/Iterable"
import * as Result from "effect/Result"
import type { RowsRequest } from "../../../Domain/rows/RowsRequest.ts"
import { columnSql, filterSql } from "./filterSql.ts"
import { rowOrder } from "./rowOrder.ts"
import type { StatementValues } from "./StatementValues.ts"
import type { TableShape } from "./TableShape.ts"

/**
 * What all statements of a request have in common. Fails with the issue of the first name that the table does not have, and looks up no
 * other: finding a similar name takes long.
 *
 * @param hasPages whether rows of a table without a key are ordered by their places, so that a page can continue
 */
export const planRows = (shape: TableShape, request: RowsRequest, values: StatementValues, hasPages = true) =>
  Result.gen(function* () {
    const select =
      request.select.length > 0
        ? request.select
        : shape.columns.map(({ name }) => ({ column: name, cast: null }))
    return {
      selected: yield* Result.all(
        Iterable.map(select, (reference) =>
          Result.map(columnSql(shape, reference, "select"), ({ sql, type }) => ({
            name: reference.column,
            sql,
            type,
          })),
        ),
      ),
      conditions: yield* Result.all(
        Iterable.map(request.filters, (filter) => filterSql(shape, values, filter)),
      ),
      order: yield* rowOrder(shape, request.order, hasPages),
    }
  })
