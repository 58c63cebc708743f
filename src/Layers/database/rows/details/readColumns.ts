import * as Schema from "effect/Schema"
import { maxShownValue } from "../../../../Domain/rows/TableDetails.ts"
import type { Statement } from "../../postgres/Statement.ts"
import { baseOf } from "../TableShape.ts"

/** Most frequent values, and groups of the histogram, that are shown. */
export const maxCommon = 10
export const maxGroups = 20

/** What Postgres's statistics have of a column: of the sample of the last ANALYZE. */
const SampledColumn = Schema.Struct({
  nullFraction: Schema.Finite,
  /** Different values; the negative of their part of all rows if their number grows with them; 0 if Postgres does not know. */
  distinct: Schema.Finite,
  common: Schema.Array(Schema.Struct({ value: Schema.String, fraction: Schema.Finite })),
  histogram: Schema.Array(Schema.String),
  /** Whether its values have an order that Postgres has used. */
  isOrdered: Schema.Boolean,
})

const DescribedColumn = Schema.Struct({
  name: Schema.String,
  type: Schema.String,
  header: Schema.NullOr(Schema.String),
  /** Whether the function `min` takes its values. */
  hasMin: Schema.Boolean,
  sampled: Schema.NullOr(SampledColumn),
})
export type DescribedColumn = typeof DescribedColumn.Type

const DescribedTable = Schema.Struct({
  columns: Schema.Array(DescribedColumn),
  /** Postgres's estimate; -1 if there is none. */
  rows: Schema.Finite,
  /** Size with its texts that are stored apart, without indexes. */
  bytes: Schema.Finite,
  analyzedAt: Schema.NullOr(Schema.DateTimeUtcFromString),
  /** Whether autovacuum has analyzed it last. */
  isAutomatic: Schema.Boolean,
  defaultTarget: Schema.Finite,
})

export const decodeColumns = Schema.decodeUnknownSync(
  Schema.Tuple([Schema.Struct({ described: DescribedTable })]),
)

/** SQL of a text as it is shown. */
export const shown = (text: string): string => `left(${text}, ${maxShownValue})`

/** SQL of the text of a value, as a cast writes it, but without the length of a whole address. */
export const textOf = (baseType: string, value: string): string =>
  baseType === "inet" ? `abbrev(${value})` : `${value}::text`

/** The same, from the text that Postgres writes in a list of values of the type `base.oid`. */
const fromList = (text: string): string =>
  shown(`case base.oid
    when 'boolean'::regtype then ${text}::boolean::text when 'bpchar'::regtype then rtrim(${text}, ' ') else ${text}
  end`)

/**
 * SQL of Postgres's statistics of one table, as far as the session's role may see them: those of columns that it may read. Read once for
 * all columns, because each look into the view costs milliseconds.
 *
 * @param schema SQL of its schema, `table` that of its name
 * @param hasParts SQL of whether the statistics are those of the table with its parts
 */
export const statisticsOf = (schema: string, table: string, hasParts: string): string => `
  statistics as materialized (
    select attname, null_frac, n_distinct, correlation, most_common_freqs,
      most_common_vals::text as common_values, histogram_bounds::text as bounds
    from pg_stats where schemaname = ${schema} and tablename = ${table} and inherited = ${hasParts}
  )`

/**
 * Selects what the catalog knows of the columns.
 *
 * @param hasParts whether rows are in other tables too
 */
export const readColumns = (schema: string, table: string, hasParts: boolean): Statement => ({
  text: `
    with ${statisticsOf("$1::text", "$2::text", "$3::boolean")}
    select json_build_object(
      'rows', c.reltuples, 'bytes', pg_table_size(c.oid), 'defaultTarget', current_setting('default_statistics_target')::integer,
      'analyzedAt', to_char(greatest(last_analyze, last_autoanalyze) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'isAutomatic', coalesce(last_autoanalyze > last_analyze, last_autoanalyze is not null),
      'columns', (
        select coalesce(json_agg(json_build_object(
          'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'header', col_description(c.oid, a.attnum),
          'hasMin', exists (
            select from pg_proc
            where proname = 'min' and prokind = 'a' and pronamespace = 'pg_catalog'::regnamespace
              and proargtypes[0] in (base.oid, case when typcategory = 'S' then 'text'::regtype end, case when typtype = 'e' then 'anyenum'::regtype end)
          ),
          'sampled', case when known.attname is not null then json_build_object(
            'nullFraction', null_frac, 'isOrdered', correlation is not null and typcategory <> 'A',
            -- Postgres writes -1 also for values that it does not compare.
            'distinct', case when correlation is null and n_distinct < 0 then 0 else n_distinct end,
            'common', (
              select coalesce(json_agg(json_build_object('value', ${fromList("value")}, 'fraction', fraction) order by n), '[]')
              from unnest((common_values::text[])[1:${maxCommon}], most_common_freqs[1:${maxCommon}])
                with ordinality as common (value, fraction, n)
            ),
            'histogram', (
              select coalesce(json_agg(${fromList("ends[1 + round(n * (cardinality(ends) - 1)::numeric / groups)]")} order by n), '[]')
              from (select bounds::text[] as ends where bounds is not null) as histogram
                cross join lateral (select least(${maxGroups}, cardinality(ends) - 1) as groups) as fewer
                cross join lateral generate_series(0, groups) as n
            )
          ) end
        ) order by a.attnum), '[]')
        from pg_attribute a cross join lateral ${baseOf("a.atttypid")} as base join pg_type on pg_type.oid = base.oid
          left join statistics as known on known.attname = a.attname
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      )
    ) as described
    from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_stat_all_tables on relid = c.oid
    where nspname = $1::text and c.relname = $2::text`,
  parameters: [schema, table, hasParts],
})
