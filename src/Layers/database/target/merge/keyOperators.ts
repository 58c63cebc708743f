import type { Statement } from "../../postgres/Statement.ts"
import { simpleUnique } from "../readTable.ts"

/** In an operator family of B-trees (Postgres documentation, "B-Tree Strategies"). */
const equality = 3

/**
 * Selects the columns of a key with the operators by which its unique index compares them. An operator has to be named with its schema: the one
 * of an extension's type is not in the search path, and another one would be used instead.
 */
export const keyOperators = (table: string, key: ReadonlyArray<string>): Statement => ({
  text: `
    select attname as name, format('operator(%I.%s)', nspname, oprname) as operator
    from (
      select indrelid, (indkey::smallint[])[0:indnkeyatts - 1] as numbers, (indclass::oid[])[0:indnkeyatts - 1] as classes
      from pg_index
      where indrelid = $1::regclass and ${simpleUnique} and indnkeyatts = cardinality($2::text[]) and (
        select bool_and(attname = any ($2::text[])) from pg_attribute
        where attrelid = indrelid and attnum = any ((indkey::smallint[])[0:indnkeyatts - 1])
      )
      order by indisprimary desc, indexrelid limit 1
    ) as found
      cross join unnest(numbers, classes) as part (attnum, class)
      join pg_attribute on attrelid = indrelid and pg_attribute.attnum = part.attnum
      join pg_opclass on pg_opclass.oid = class
      join pg_amop on amopfamily = opcfamily and amoplefttype = opcintype and amoprighttype = opcintype
        and amopstrategy = ${equality}
      join pg_operator on pg_operator.oid = amopopr
      join pg_namespace on pg_namespace.oid = oprnamespace`,
  parameters: [table, key],
})
