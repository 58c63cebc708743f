import type { LoadMode } from "../../../Domain/load/options/ModeOptions.ts"
import { isSamePlace } from "../postgres/tablePlace.ts"

/** Which table a new job can have. Checked and written in the transaction that creates the job. */
export interface Reservation {
  /** SQL condition over the columns of `place`, as in `placeOf`: whether a new job can have this table. */
  readonly isAvailable: string
  /**
   * Whether the job holds the table's name (`holds_name`): no other job can hold it until this one fails or is cancelled, or
   * until its table is dropped.
   */
  readonly holdsName: boolean
}

/** SQL of what has this name: a table, or anything else that has its place; null if nothing has. */
export const named = (schema: string, table: string): string =>
  `to_regclass(quote_ident(${schema}) || '.' || quote_ident(${table}))`

/** SQL condition: whether a table, or anything else that has its place, has this name. */
export const exists = (schema: string, table: string): string => `${named(schema, table)} is not null`

/** SQL condition over the columns `target_schema` and `table_name`: no table has this name. */
export const isFree = `(not ${exists("target_schema", "table_name")})`

/** A name that no table has, and none will have: an unfinished job of another mode makes its table if it does not exist. */
const newName = (hasNoTable: string): Reservation => ({
  isAvailable: `(${hasNoTable} and not exists (
    select from sluice.job as earlier
    where ${isSamePlace("earlier", "place")} and earlier.final_state is null
  ))`,
  holdsName: true,
})

/** Any name. Jobs on one table wait for each other. */
const anyName: Reservation = { isAvailable: "true", holdsName: false }

/** @param isHere whether the tables are in this database, where a name can be looked up */
export const reservationOf = (mode: LoadMode, isHere: boolean): Reservation =>
  mode === "create" ? newName(isHere ? isFree : "true") : anyName
