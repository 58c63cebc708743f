/** Names of Postgres's own tables and schemas, and of the schemas that Sluice and pg-boss use. */
export const isSystemName = (name: string): boolean =>
  /^(?:pg_.*|information_schema|sluice|boss)$/is.test(name)
