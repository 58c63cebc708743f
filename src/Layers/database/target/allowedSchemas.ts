import { isSystemName } from "../../../Domain/load/columns/systemNames.ts"

/**
 * Whether jobs may have tables in the schema.
 *
 * @param others those that the operator allows besides the target schema
 */
export const isAllowed = (schema: string, targetSchema: string, others: ReadonlyArray<string>): boolean =>
  (schema === targetSchema || others.includes(schema)) && !isSystemName(schema)
