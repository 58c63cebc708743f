import type { Job } from "../../client/jobs.ts"

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A query for the first rows of the job's table. */
export const selectFrom = ({ schema, table }: Job): string =>
  `select * from ${quoted(schema)}.${quoted(table)} limit 50;`
