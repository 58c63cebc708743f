import type { ListedTable } from "../../client/tables.ts"
import { count } from "../../format/numbers.ts"

/** The rows of a table, as far as they are known: Postgres's estimate, or the rows of its last load. */
export const rowsOf = ({ rowsEstimate, rowsLoaded }: ListedTable): string =>
  rowsEstimate === null ? `${count(rowsLoaded)} in the last load` : `about ${count(rowsEstimate)}`
