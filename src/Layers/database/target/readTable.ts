import { quoteLiteral } from "../../../Domain/load/columns/SqlIdentifier.ts"
import { loadRoleSql } from "../postgres/DatabaseRole.ts"
import type { Statement } from "../postgres/Statement.ts"
import { descriptionPattern } from "./describeTable.ts"

/** Names of the columns with these numbers, as JSON in their order. */
const namesOf = (numbers: string): string => `(
  select json_agg(attname order by n)
  from unnest(${numbers}) with ordinality as number(attnum, n) join pg_attribute using (attnum) where attrelid = c.oid
)`

/** A SELECT over the type of a column and, if it is a domain, the types that it is over. */
const overTypes = (expression: string): string => `(
  with recursive over (oid) as (
    select atttypid union select typbasetype from over join pg_type using (oid) where typtype = 'd'
  )
  select ${expression} from over join pg_type using (oid)
)`

/**
 * The table and, if it is partitioned, its partitions, which have their own triggers for rows. Unlike `pg_partition_tree`, this waits for no
 * locks.
 */
const withPartitions = `(
  with recursive tree (oid) as (
    select c.oid union select inhrelid from tree join pg_inherits on inhparent = tree.oid and c.relkind = 'p'
  )
  select oid from tree
)`

/** Whether rows can be merged by the columns of the index. */
export const simpleUnique =
  "indisunique and indisvalid and indimmediate and indpred is null and indexprs is null"

/**
 * Selects one row for a table, or what else has its name, with its kind. Types are written as SQL in a session with an empty search path writes
 * them.
 */
export const readTable = (schema: string, table: string): Statement => ({
  text: `
    select relkind::text as kind, json_build_object(
      'schema', nspname, 'name', relname,
      'columns', (
        select coalesce(json_agg(json_build_object(
          'name', attname, 'type', format_type(atttypid, atttypmod), 'comment', col_description(c.oid, attnum),
          'isJson', ${overTypes("bool_or(oid in ('json'::regtype, 'jsonb'::regtype))")},
          'notNull', attnotnull or ${overTypes("bool_or(typnotnull)")},
          'hasDefault', atthasdef and attgenerated = '' or attidentity <> ''
            or (select typdefault is not null from pg_type where oid = atttypid),
          'isNumbered', attidentity <> '' or coalesce(pg_get_expr(adbin, adrelid) like 'nextval(%', false),
          'isIdentity', attidentity = 'a', 'isGenerated', attgenerated <> ''
        ) order by attnum), '[]')
        from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
        where attrelid = c.oid and attnum > 0 and not attisdropped
      ),
      'checks', (
        select coalesce(json_agg(json_build_object(
          'name', conname, 'expression', pg_get_expr(conbin, conrelid), 'columns', coalesce(${namesOf("conkey")}, '[]')
        ) order by conname), '[]')
        from pg_constraint where conrelid = c.oid and contype = 'c' and convalidated
          -- only stored rows have system columns and are rows of the table
          and coalesce(0 < all (conkey), true)
      ),
      'keys', (
        select coalesce(json_agg(${namesOf("(indkey::smallint[])[0:indnkeyatts - 1]")}), '[]')
        from pg_index where indrelid = c.oid and ${simpleUnique}
      ),
      'referencedKey', (
        select ${namesOf("confkey")} from pg_constraint
          left join pg_index on indexrelid = conindid
        where confrelid = c.oid and contype = 'f' and conrelid <> confrelid and conparentid = 0
        order by coalesce(indisprimary, false) desc, conname limit 1
      ),
      'isPartitioned', relkind = 'p',
      'isDescribed', pg_has_role(${loadRoleSql}, relowner, 'usage')
        and coalesce(obj_description(c.oid, 'pg_class') ~ ${quoteLiteral(descriptionPattern)}, false),
      'hasRules', relhasrules,
      'hasTriggers', relhasrules or exists (
        select from pg_trigger where tgrelid in ${withPartitions} and not tgisinternal
      )
    ) as "table"
    from pg_class c join pg_namespace on pg_namespace.oid = relnamespace
    where nspname = $1 and relname = $2
    union all
    -- a type that is not that of a table takes the name as well
    select 'type', null
    from pg_type join pg_namespace on pg_namespace.oid = typnamespace
    where nspname = $1 and typname = $2 and typrelid = 0 and not exists (select from pg_type as element where element.typarray = pg_type.oid)
    limit 1`,
  parameters: [schema, table],
})
