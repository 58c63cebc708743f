import * as Effect from "effect/Effect"
import { quoteIdentifier } from "../../../../Domain/load/columns/SqlIdentifier.ts"
import type { Merge } from "../../../../Domain/load/columns/target/TargetPlan.ts"
import { type LoadError, loadError } from "../../../../Domain/load/LoadError.ts"
import type { LoadSession } from "../../session/LoadSession.ts"

/** Keys are sorted and compared with as much memory as the server gives to the build of an index. */
const useIndexMemory = `select set_config('work_mem', greatest(
  pg_size_bytes(current_setting('work_mem')), pg_size_bytes(current_setting('maintenance_work_mem'))
) / 1024 || 'kB', true)`

/** Whether a key occurs twice. Most files have no duplicates, and this costs half as much as a search that describes them. */
const hasDuplicates = (table: string, key: string): string => `
  select exists (
    select from (select row_number() over (partition by ${key}) as n from ${table}) as numbered where n > 1
  ) as found`

const maxShown = 60

/**
 * Leaves one row for each key in the table of a load, or fails with `duplicate_key` if a key occurs twice. Returns the number of
 * rows that it has deleted.
 *
 * @param keys the expressions of the key's columns, by the columns' names
 * @param record the column with the number of each row's record
 */
export const dropDuplicates = Effect.fn("CopySink.duplicates")(function* (
  session: LoadSession,
  table: string,
  keys: ReadonlyMap<string, string>,
  record: string,
  onDuplicateKey: Merge["onDuplicateKey"],
): Effect.fn.Return<number, LoadError> {
  const key = [...keys.values()].join(", ")
  const number = quoteIdentifier(record)
  yield* session.run(useIndexMemory)
  const [has] = yield* session.select({ text: hasDuplicates(table, key), parameters: [] })
  if (has?.["found"] !== true) return 0
  if (onDuplicateKey === "fail") {
    const shown = [...keys.values()]
      .map((expression) => `left((${expression})::text, ${maxShown})`)
      .join(", ")
    const [found] = yield* session.select({
      text: `
      select json_build_array(${shown}) as values, count(*)::float8 as rows, min(${number})::float8 as first,
        (array_agg(${number} order by ${number}))[2]::float8 as second
      from ${table} group by ${key} having count(*) > 1 order by 3 limit 1`,
      parameters: [],
    })
    return yield* loadError(
      "duplicate_key",
      `The key (${[...keys.keys()].join(", ")}) is ${JSON.stringify(found!["values"]).slice(1, -1)} in the records ${found!["first"]} and ${found!["second"]}${Number(found!["rows"]) > 2 ? ` and ${Number(found!["rows"]) - 2} more` : ""}. Correct the file, or give onDuplicateKey=last or first.`,
      { place: { record: Number(found!["second"]) } },
    )
  }
  const order = onDuplicateKey === "last" ? "desc" : "asc"
  const [deleted] = yield* session.run(`
    delete from ${table} where ctid = any (array(
      select ctid from (
        select ctid, row_number() over (partition by ${key} order by ${number} ${order}) as n from ${table}
      ) as numbered where n > 1
    ))`)
  return deleted ?? 0
})
