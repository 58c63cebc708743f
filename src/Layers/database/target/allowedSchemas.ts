/** Schemas whose tables are nobody's but Sluice's, the queue's and Postgres's. */
const reservedSchemas = /^(?:sluice|boss|pg_.*|information_schema)$/

/**
 * Whether jobs may have tables in the schema.
 *
 * @param others those that the operator allows besides the target schema
 */
export const isAllowed = (schema: string, targetSchema: string, others: ReadonlyArray<string>): boolean =>
  (schema === targetSchema || others.includes(schema)) && !reservedSchemas.test(schema)
