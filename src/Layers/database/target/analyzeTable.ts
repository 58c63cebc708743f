/** With fewer rows, no plan depends on statistics, and a small load should not pay for them. */
const minRows = 1000

/** Rows in the sample of ANALYZE for each unit of its target. */
export const sampledRows = 300

/**
 * In units of `sampledRows`. Postgres's default of 100 would take an eighth of the time of a file of 100 MB. Autovacuum
 * analyzes the table soon after the commit with the default, because the load's rows still count as changes.
 */
const usualTarget = 20
/** With more columns, the sample has fewer rows, so that it takes no more time and memory. */
const usualColumns = 100

/** The target of ANALYZE after a load. */
export const analysisTarget = (columns: number): number =>
  Math.max(1, Math.floor(usualTarget * Math.min(1, usualColumns / columns)))

/**
 * Statements that collect the statistics of a filled table, so that the first queries have good plans. The sample of 6,000 rows
 * bounds their time. Empty for a small table.
 */
export const analyzeTable = (table: string, columns: number, rows: number): ReadonlyArray<string> => {
  if (rows < minRows) return []
  return [`set local default_statistics_target = ${analysisTarget(columns)}`, `analyze ${table}`]
}
