/** SQL of the columns that say which table a row of `sluice.job` is about. Its target is null in the queue's database. */
export const placeOf = (row: string): string =>
  `${row}.target_schema, ${row}.table_name, coalesce(${row}.target, '')`

/** SQL condition: whether two rows are about the same table. */
export const isSamePlace = (one: string, other: string): string => `(${placeOf(one)}) = (${placeOf(other)})`
