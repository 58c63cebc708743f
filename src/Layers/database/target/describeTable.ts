import { quoteLiteral } from "../../../Domain/load/columns/SqlIdentifier.ts"

interface LoadedRows {
  readonly jobId: string
  readonly rows: number
  readonly source?: string | undefined
}

/** The end of a comment of Sluice, as a regular expression. */
export const descriptionPattern = " loaded by Sluice at [^ ]+, job [0-9a-f-]{36}$"

const descriptionOf = ({ jobId, rows, source }: LoadedRows): string => {
  const from = source === undefined ? "" : ` from ${source}`
  return `${rows} ${rows === 1 ? "row" : "rows"}${from}, loaded by Sluice at ${new Date().toISOString()}, job ${jobId}`
}

/** The statement for the comment of a new table: where its rows are from. */
export const describeTable = (table: string, loaded: LoadedRows): string =>
  `comment on table ${table} is ${quoteLiteral(descriptionOf(loaded))}`

/**
 * The same for a table that exists. A comment does not wait for VACUUM, which holds the lock that it needs: then the table keeps the
 * one that it has.
 */
export const describeAgain = (table: string, loaded: LoadedRows): string => `
  do $sluice$
  declare
    usual text := current_setting('lock_timeout');
  begin
    perform set_config('lock_timeout', '100ms', true);
    execute ${quoteLiteral(`comment on table ${table} is ${quoteLiteral(`Last load: ${descriptionOf(loaded)}`)}`)};
    perform set_config('lock_timeout', usual, true);
  exception when lock_not_available then null;
  end $sluice$`
