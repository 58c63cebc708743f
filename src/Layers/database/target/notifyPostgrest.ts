import type { CopyTarget } from "../../../Domain/job/CopySink.ts"
import type { TargetTable } from "./TargetTable.ts"

/** Makes PostgREST read the schema when the transaction commits. Its channel is this one, unless its `db-channel` is another. */
export const notifyPostgrest = "notify pgrst, 'reload schema'"

const changesSchema = ({ merge, schemaChanges }: CopyTarget): boolean =>
  merge?.existing === undefined || (schemaChanges?.added.length ?? 0) > 0

/** The same table, with a notification of PostgREST in the transaction that makes it, or adds columns to it. */
export const notifyingPostgrest = (table: TargetTable, target: CopyTarget): TargetTable =>
  changesSchema(target)
    ? {
        ...table,
        prepare: (...given) => {
          const prepared = table.prepare(...given)
          return { ...prepared, publish: () => `${prepared.publish()}; ${notifyPostgrest}` }
        },
      }
    : table
