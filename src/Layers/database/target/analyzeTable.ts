/** With fewer rows, no plan depends on statistics, and a small load should not pay for them. */
const minRows = 1000

/** Postgres's default. The sample has 300 rows for each unit. */
const usualTarget = 100
/** With more columns, the sample has fewer rows, so that it takes no more time and memory. */
const usualColumns = 100

/**
 * Statements that collect the statistics of a filled table, so that the first queries have good plans. The sample of 30,000
 * rows bounds their time. Empty for a small table.
 */
export const analyzeTable = (table: string, columns: number, rows: number): ReadonlyArray<string> => {
  if (rows < minRows) return []
  const target = Math.max(1, Math.floor((usualTarget * usualColumns) / columns))
  return [
    ...(target < usualTarget ? [`set local default_statistics_target = ${target}`] : []),
    `analyze ${table}`,
  ]
}
