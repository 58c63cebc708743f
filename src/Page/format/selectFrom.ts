const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A query for the first rows of a table. */
export const selectFrom = ({ schema, table }: { readonly schema: string; readonly table: string }): string =>
  `select * from ${quoted(schema)}.${quoted(table)} limit 50;`
