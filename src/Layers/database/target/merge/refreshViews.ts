import * as Effect from "effect/Effect"
import { quoteLiteral } from "../../../../Domain/load/columns/SqlIdentifier.ts"
import { type LoadWarning, loadWarning } from "../../../../Domain/load/LoadWarning.ts"
import type { LoadSession } from "../../session/LoadSession.ts"

/**
 * The materialized views that read a table, also through other views, in the order in which they have to be refreshed. Those that
 * have never been filled are left out.
 */
const dependentViews = (table: string): string => `
  with recursive dependent (oid, depth) as (
    select ${quoteLiteral(table)}::regclass::oid, 0
    union
    select ev_class, depth + 1
    from dependent join pg_depend on refclassid = 'pg_class'::regclass and refobjid = dependent.oid
      join pg_rewrite on classid = 'pg_rewrite'::regclass and objid = pg_rewrite.oid and ev_class <> dependent.oid
    where depth < 100
  )
  select c.oid::regclass::text as name,
    pg_has_role(relowner, 'usage')
      or case when current_setting('server_version_num')::integer >= 170000
        then has_table_privilege(c.oid, 'maintain') else false end as may,
    exists (
      select from pg_index where indrelid = c.oid and indisunique and indisvalid and indpred is null and indexprs is null
    ) as concurrently
  from (select oid, max(depth) as depth from dependent group by oid) as found join pg_class c using (oid)
  where relkind = 'm' and relispopulated
  order by depth, c.oid`

/**
 * Refreshes the materialized views on a table. One with a unique index stays readable meanwhile. Returns warnings about those
 * that the role may not refresh.
 */
export const refreshViews = Effect.fn("CopySink.views")(function* (session: LoadSession, table: string) {
  const warnings: Array<LoadWarning> = []
  for (const { concurrently, may, name } of yield* session.select({
    text: dependentViews(table),
    parameters: [],
  })) {
    const refresh = `refresh materialized view ${concurrently === true ? "concurrently " : ""}${String(name)}`
    if (may === true) yield* session.run(refresh)
    else
      warnings.push(
        loadWarning(
          "stale_view",
          `The materialized view ${String(name)} still shows the rows from before, because Sluice's role may not refresh it. Run as its owner: ${refresh}.`,
        ),
      )
  }
  return warnings
})
