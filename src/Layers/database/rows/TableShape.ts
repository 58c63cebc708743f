import * as Schema from "effect/Schema"
import type { Statement } from "../postgres/Statement.ts"

const ColumnShape = Schema.Struct({
  name: Schema.String,
  /** As SQL writes it, without a length or precision; of a domain, the type that it is over. */
  type: Schema.String,
  /** Whether values are texts, which are ordered letter by letter. */
  isText: Schema.Boolean,
  notNull: Schema.Boolean,
})

/** What a statement on a table must know of it. */
export const TableShape = Schema.Struct({
  columns: Schema.Array(ColumnShape),
  /** Columns of the best key that orders all rows; null if there is none. */
  key: Schema.NullOr(Schema.Array(Schema.String)),
  /** The first columns of its indexes. */
  indexed: Schema.Array(Schema.String),
  /** Whether rows are in other tables too: partitions, or tables that inherit from it. */
  hasParts: Schema.Boolean,
  /** Size in pages of the server. */
  pages: Schema.Finite,
  /** Changes when the server moves the rows to another file. */
  file: Schema.String,
})
export type TableShape = typeof TableShape.Type

const names = (numbers: string): string => `(
  select json_agg(attname order by n)
  from unnest(${numbers}) with ordinality as number(attnum, n) join pg_attribute using (attnum) where attrelid = c.oid
)`

/** SQL of a query for the type that a domain is over, at last; of another type, for itself. */
export const baseOf = (type: string): string => `(
  with recursive over (oid, depth) as (
    select ${type}, 0 union all select typbasetype, depth + 1 from over join pg_type using (oid) where typtype = 'd'
  )
  select oid from over order by depth desc limit 1
)`

/** Selects the shape of a table as `shape`. Types are written as SQL in a session with an empty search path writes them. */
export const readShape = (qualified: string): Statement => ({
  text: `
    select json_build_object(
      'columns', (
        select coalesce(json_agg(json_build_object(
          'name', attname, 'type', format_type(base, -1), 'isText', typcategory = 'S', 'notNull', attnotnull
        ) order by attnum), '[]')
        from pg_attribute cross join lateral ${baseOf("atttypid")} as found (base) join pg_type on pg_type.oid = base
        where attrelid = c.oid and attnum > 0 and not attisdropped
      ),
      'key', (
        select ${names("(indkey::smallint[])[0:indnkeyatts - 1]")} from pg_index
        where indrelid = c.oid and indisunique and indisvalid and indimmediate and indpred is null and indexprs is null
          and not exists (
            select from pg_attribute
            where attrelid = c.oid and attnum = any ((indkey::smallint[])[0:indnkeyatts - 1]) and not attnotnull
          )
        order by indisprimary desc, indnkeyatts, indexrelid limit 1
      ),
      'indexed', (
        select coalesce(json_agg(distinct attname), '[]')
        from pg_index join pg_attribute on attrelid = c.oid and attnum = indkey[0]
        where indrelid = c.oid and indisvalid and indpred is null
      ),
      'hasParts', relkind = 'p' or exists (select from pg_inherits where inhparent = c.oid),
      'pages', pg_relation_size(c.oid) / current_setting('block_size')::integer,
      'file', coalesce(pg_relation_filenode(c.oid), 0)::text
    ) as shape
    from pg_class c where c.oid = $1::text::regclass and relkind in ('r', 'p')`,
  parameters: [qualified],
})
