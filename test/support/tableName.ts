import { TableName, tableNameParts } from "../../src/Domain/load/columns/TableName.ts"

/**
 * The n-th name for the table of a job without a requested name, as the database makes it.
 *
 * @param epochSeconds when the job was created
 */
export const tableName = (fileUrl: string, epochSeconds: number, n: number): TableName => {
  const { after, before } = tableNameParts(fileUrl, n)
  return TableName.make(`${before}${epochSeconds}${after}`)
}
