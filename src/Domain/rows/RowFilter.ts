import type { ColumnType } from "../load/columns/ColumnType.ts"

/** The comparisons of a filter, with their names in PostgREST. */
export const operators = [
  "eq",
  "neq",
  "gt",
  "gte",
  "lt",
  "lte",
  "like",
  "ilike",
  "in",
  "is",
  "isdistinct",
] as const
export type Operator = (typeof operators)[number]

/** A column, read as another type if there is a cast. */
export interface ColumnReference {
  readonly column: string
  readonly cast: ColumnType | null
}

/** One condition on a column. */
export interface Comparison {
  readonly _tag: "Comparison"
  /** The query parameter that it is from. */
  readonly field: string
  readonly reference: ColumnReference
  readonly operator: Operator
  readonly isNegated: boolean
  /** The members of the list for `in`, otherwise one value. */
  readonly values: ReadonlyArray<string>
}

/** Conditions of which all or at least one must hold. */
export interface FilterGroup {
  readonly _tag: "FilterGroup"
  readonly joint: "and" | "or"
  readonly isNegated: boolean
  readonly filters: ReadonlyArray<RowFilter>
}

export type RowFilter = Comparison | FilterGroup

/** The columns that a filter names, once for each comparison. */
export const columnsOf = (filter: RowFilter): ReadonlyArray<string> =>
  filter._tag === "Comparison" ? [filter.reference.column] : filter.filters.flatMap(columnsOf)
