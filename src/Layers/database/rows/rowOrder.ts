import * as Iterable from "effect/Iterable"
import * as Result from "effect/Result"
import type { OrderColumn, RowsIssue } from "../../../Domain/rows/RowsRequest.ts"
import { alias, columnSql } from "./filterSql.ts"
import type { TableShape } from "./TableShape.ts"

/** One expression by which rows are ordered. */
export interface OrderKey {
  readonly sql: string
  readonly type: string
  readonly isDescending: boolean
  readonly nullsFirst: boolean
  readonly isNullable: boolean
}

/** A total order of a table's rows: the last keys differ for any two rows. */
export interface RowOrder {
  readonly keys: ReadonlyArray<OrderKey>
  /** The keys as a text, to recognize a place in another order. */
  readonly name: string
  /** Whether the order ends with the physical place of rows, which other versions of the table have not. */
  readonly endsWithPlace: boolean
  /** Whether it is the physical place alone, in a table without parts. */
  readonly isPlaceOnly: boolean
}

const directionOf = ({ isDescending, nullsFirst }: OrderKey): string =>
  `${isDescending ? "desc" : "asc"} nulls ${nullsFirst ? "first" : "last"}`

/**
 * ORDER BY for these keys.
 *
 * @param sqlOf another expression for a key
 */
export const orderBy = (
  keys: ReadonlyArray<OrderKey>,
  sqlOf: (key: OrderKey, index: number) => string = ({ sql }) => sql,
): string => keys.map((key, index) => `${sqlOf(key, index)} ${directionOf(key)}`).join(", ")

const systemKey = (sql: string, type: string, isDescending: boolean): OrderKey => ({
  sql,
  type,
  isDescending,
  nullsFirst: isDescending,
  isNullable: false,
})

/** The place of a row. Across parts no index has this order, so a page of it reads and sorts all rows. */
const placeOf = (hasParts: boolean, hasPages: boolean, isDescending: boolean): ReadonlyArray<OrderKey> => {
  const place = systemKey(`${alias}.ctid`, "tid", isDescending)
  if (!hasParts) return [place]
  // A constant, by which nothing is sorted.
  return hasPages
    ? [systemKey(`${alias}.tableoid`, "oid", isDescending), place]
    : [systemKey("'0'::oid", "oid", isDescending)]
}

/**
 * The order that a request asks for. Rows that it does not distinguish are ordered by the table's key, or without one by their
 * physical place, in the same direction: then an index on the first column gives this order too.
 *
 * @param hasPages whether a page may continue after a row by its place
 */
export const rowOrder = (
  shape: TableShape,
  requested: ReadonlyArray<OrderColumn>,
  hasPages: boolean,
): Result.Result<RowOrder, RowsIssue> => {
  const isDescending = requested.at(-1)?.isDescending ?? false
  const keyColumns = (shape.key ?? [])
    .filter((column) => !requested.some((other) => other.column === column && other.cast === null))
    .map((column) => ({ column, cast: null, isDescending, nullsFirst: isDescending }))
  return Result.map(
    Result.all(
      Iterable.map([...requested, ...keyColumns], (ordered) =>
        Result.map(columnSql(shape, ordered, "order"), ({ notNull, sql, type }): OrderKey => ({
          ...ordered,
          sql,
          type,
          isNullable: !notNull,
        })),
      ),
    ),
    (columns) => {
      const endsWithPlace = shape.key === null
      const keys = endsWithPlace ? [...columns, ...placeOf(shape.hasParts, hasPages, isDescending)] : columns
      return {
        keys,
        name: orderBy(keys),
        endsWithPlace,
        isPlaceOnly: endsWithPlace && columns.length === 0 && !shape.hasParts,
      }
    },
  )
}

/** Whether rows after a place can be found by comparing all keys at once, which an index can do. */
const isUniform = (keys: ReadonlyArray<OrderKey>): boolean =>
  keys.every(({ isDescending, isNullable }) => !isNullable && isDescending === keys[0]?.isDescending)

const sign = ({ isDescending }: OrderKey): string => (isDescending ? "<" : ">")

/** The condition for a key's values after this one, or null if there are none. */
const afterValue = (key: OrderKey, value: string | null): string | null => {
  if (value === null) return key.nullsFirst ? `${key.sql} is not null` : null
  const beyond = `${key.sql} ${sign(key)} ${value}`
  return key.isNullable && !key.nullsFirst ? `(${beyond} or ${key.sql} is null)` : beyond
}

/**
 * The condition for the rows after a place.
 *
 * @param values SQL of the values of the keys there; null for a null
 */
export const afterPlace = (keys: ReadonlyArray<OrderKey>, values: ReadonlyArray<string | null>): string => {
  const [first, ...others] = keys
  const [value = null, ...otherValues] = values
  if (first === undefined) return "false"
  if (isUniform(keys))
    return `(${keys.map(({ sql }) => sql).join(", ")}) ${sign(first)} (${values.join(", ")})`
  const beyond = afterValue(first, value)
  if (others.length === 0) return beyond ?? "false"
  const equal = value === null ? `${first.sql} is null` : `${first.sql} = ${value}`
  const either = `(${beyond === null ? "" : `${beyond} or `}(${equal} and ${afterPlace(others, otherValues)}))`
  // An index on the first key finds the beginning.
  return value === null || first.isNullable ? either : `(${first.sql} ${sign(first)}= ${value} and ${either})`
}

/** A part of the rows, which precedes the next part in the order. */
export interface OrderPart {
  readonly condition: string | null
  /** Its own order: a key that is null for all of its rows is left out. */
  readonly keys: ReadonlyArray<OrderKey>
  /** The values of these keys at the place after which to begin; null: at its beginning. */
  readonly after: PlaceValues | null
}

type PlaceValues = ReadonlyArray<string | null>

/** Pages of the first range of `placeParts`; each other range has twice as many as the one before. */
const firstPages = 64
/** Postgres's highest page number. */
const maxPage = 2 ** 32 - 2

/**
 * Ranges of the table's pages. The first page of a large table reads only the first range, and a range is sorted for as many rows as a
 * page has.
 */
function* placeParts(
  keys: ReadonlyArray<OrderKey>,
  pages: number,
  place: PlaceValues | null,
): Iterable<OrderPart> {
  let after = place
  let start = Number(/^\((\d+),\d+\)$/.exec(place?.[0] ?? "")?.[1] ?? 0)
  for (let size = firstPages; start < pages; size *= 2) {
    const end = Math.min(start + size, maxPage)
    yield {
      condition: `${alias}.ctid >= '(${start},0)'::tid and ${alias}.ctid < '(${end},0)'::tid`,
      keys,
      after,
    }
    start = end
    after = null
  }
}

/**
 * The parts of the rows in their order, so that an index on the first key can be used though it may be null.
 *
 * @param place the values of the keys at the place after which to begin
 */
export function* orderParts(
  { isPlaceOnly, keys }: RowOrder,
  pages: number,
  place: PlaceValues | null,
): Iterable<OrderPart> {
  const [first, ...others] = keys
  if (isPlaceOnly) return yield* placeParts(keys, pages, place)
  if (first?.isNullable !== true) return yield { condition: null, keys, after: place }
  const isInNulls = place !== null && place[0] === null
  const nulls: OrderPart = {
    condition: `${first.sql} is null`,
    keys: others,
    after: isInNulls ? place.slice(1) : null,
  }
  const values: OrderPart = {
    condition: `${first.sql} is not null`,
    keys: [{ ...first, isNullable: false }, ...others],
    after: isInNulls ? null : place,
  }
  const parts = first.nullsFirst ? [nulls, values] : [values, nulls]
  yield* place !== null && isInNulls !== first.nullsFirst ? parts.slice(1) : parts
}
