import type { SchemaNotAllowed, TableNameTaken } from "../../Domain/job/Jobs.ts"
import * as Problem from "../contract/problems/Problems.ts"
import { invalidRequest } from "../http/input/RequestIssues.ts"

/** The problem of a job whose table another job or caller has. */
export const tableNameTaken = ({ table }: TableNameTaken) =>
  new Problem.TableNameTaken({
    table,
    detail: `The table name ${table} is taken by a table or by an unfinished job. Choose another tableName, or drop the table.`,
  })

/** The problem of a job whose table may not be in its schema. */
export const schemaNotAllowed = ({ schema }: SchemaNotAllowed) =>
  invalidRequest([
    {
      in: "body",
      field: "schema",
      message: `schema must be one that the operator allows in TARGET_SCHEMAS, which ${JSON.stringify(schema)} is not`,
    },
  ])
