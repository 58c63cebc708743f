import type { Statement } from "../postgres/Statement.ts"

/** Names of the columns with these numbers, as JSON in their order. */
const namesOf = (numbers: string): string => `(
  select json_agg(attname order by n)
  from unnest(${numbers}) with ordinality as number(attnum, n) join pg_attribute using (attnum) where attrelid = c.oid
)`

/** Whether ON CONFLICT can use the index for a key. */
const simpleUnique = "indisunique and indisvalid and indimmediate and indpred is null and indexprs is null"

/**
 * Selects one row for a table that exists, with its kind. Types are written as SQL in a session with an empty search path writes
 * them.
 */
export const readTable = (schema: string, table: string): Statement => ({
  text: `
    select relkind as kind, json_build_object(
      'schema', nspname, 'name', relname,
      'columns', (
        select coalesce(json_agg(json_build_object(
          'name', attname, 'type', format_type(atttypid, atttypmod), 'comment', col_description(c.oid, attnum),
          'notNull', attnotnull or (select typnotnull from pg_type where pg_type.oid = atttypid),
          'hasDefault', atthasdef and attgenerated = '' or attidentity <> '',
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
      'hasTriggers', exists (select from pg_trigger where tgrelid = c.oid and not tgisinternal)
    ) as "table"
    from pg_class c join pg_namespace on pg_namespace.oid = relnamespace
    where nspname = $1 and relname = $2 and relkind not in ('i', 'I', 'S', 't', 'c')`,
  parameters: [schema, table],
})
