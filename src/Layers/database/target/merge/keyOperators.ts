import * as Effect from "effect/Effect"
import type { Statement } from "../../postgres/Statement.ts"
import type { LoadSession } from "../../session/LoadSession.ts"
import { simpleUnique } from "../readTable.ts"

/** In an operator family of B-trees (Postgres documentation, "B-Tree Strategies"). */
const equality = 3

/** Selects how the unique index on the columns of a key compares them. */
export const selectOperators = (table: string, key: ReadonlyArray<string>): Statement => ({
  text: `
    select attname as name, format('operator(%I.%s)', operators.nspname, oprname) as operator,
      case when collation_oid = attcollation and attcollation in (0, '"default"'::regcollation) then ''
        else format(' collate %I.%I', collations.nspname, collname) end as collate
    from (
      select indrelid, (indkey::smallint[])[0:indnkeyatts - 1] as numbers, (indclass::oid[])[0:indnkeyatts - 1] as classes,
        (indcollation::oid[])[0:indnkeyatts - 1] as collation_oids
      from pg_index
      where indrelid = to_regclass($1) and ${simpleUnique} and indnkeyatts = cardinality($2::text[]) and (
        select bool_and(attname = any ($2::text[])) from pg_attribute
        where attrelid = indrelid and attnum = any ((indkey::smallint[])[0:indnkeyatts - 1])
      )
      order by indisprimary desc, indexrelid limit 1
    ) as found
      cross join unnest(numbers, classes, collation_oids) as part (attnum, class, collation_oid)
      join pg_attribute on attrelid = indrelid and pg_attribute.attnum = part.attnum
      join pg_opclass on pg_opclass.oid = class
      join pg_amop on amopfamily = opcfamily and amoplefttype = opcintype and amoprighttype = opcintype
        and amopstrategy = ${equality}
      join pg_operator on pg_operator.oid = amopopr
      join pg_namespace as operators on operators.oid = oprnamespace
      left join pg_collation on pg_collation.oid = collation_oid
      left join pg_namespace as collations on collations.oid = collnamespace`,
  parameters: [table, key],
})

/** How a unique index compares a column of its key. */
export interface KeyPart {
  readonly operator: string
  /** The clause that gives a value the index's collation; empty if a text of the load has it. */
  readonly collate: string
}

/**
 * Reads how the unique index on the columns of a key compares them, by the columns' names. An operator has to be named with its schema: the
 * one of an extension's type is not in the search path, and another one would be used instead. Empty if the table is gone.
 */
export const keyOperators = (session: LoadSession, table: string, key: ReadonlyArray<string>) =>
  Effect.map(
    session.select(selectOperators(table, key)),
    (rows): ReadonlyMap<string, KeyPart> =>
      new Map(
        rows.map(({ collate, name, operator }) => [
          String(name),
          { operator: String(operator), collate: String(collate) },
        ]),
      ),
  )
