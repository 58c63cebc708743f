import type { Owner } from "../../../Domain/service/Caller.ts"
import type { Statement } from "../postgres/Statement.ts"

/** The tables that a name can mean, best first: with a schema before a dot, and in the schemas of loads. */
const meanings = (name: string, schemas: ReadonlyArray<string>): ReadonlyArray<readonly [string, string]> => [
  ...schemas.map((schema) => [schema, name] as const),
  ...[...name.matchAll(/\./g)].map(({ index }) => [name.slice(0, index), name.slice(index + 1)] as const),
]

/** Selects a loaded table of the owner, or of all owners, by its name. */
export const findTable = (name: string, schemas: ReadonlyArray<string>, owner: Owner | null): Statement => {
  const found = meanings(name, schemas)
  return {
    text: `
      select schema_name as schema, table_name as table, job_id as "jobId", is_made as "isMade"
      from unnest($1::text[], $2::text[]) with ordinality as meant (schema, name, n)
        join sluice.loaded_table on schema_name = meant.schema and table_name = meant.name
      where owner = coalesce($3::text, owner) order by n limit 1`,
    parameters: [found.map(([schema]) => schema), found.map(([, table]) => table), owner],
  }
}
