/** The database's roles of an installation. */
export const databaseRoles = {
  /** Owns the schemas `sluice` and `boss`, and migrates them. No process of the service needs it. */
  owner: "sluice_owner",
  api: "sluice_api",
  worker: "sluice_worker",
} as const
export type DatabaseRole = keyof typeof databaseRoles

/**
 * Owns the loaded tables. Nobody connects as this role: the connections of loads take it (`SET ROLE`), in workers, and in the API
 * for uploads. So all loaded tables have one owner, and the API cannot do what only a worker may.
 */
export const tablesRole = "sluice_tables"

/** The role of the connections of loads in a process that connects as a user; `undefined` if it keeps its own. */
export const loadRoleOf = (user: string): string | undefined =>
  user === databaseRoles.api || user === databaseRoles.worker ? tablesRole : undefined

/** The same role in SQL, on any connection of the process. */
export const loadRoleSql = `(case when current_user in ('${databaseRoles.api}', '${databaseRoles.worker}') then '${tablesRole}' else current_user end)::name`

/**
 * May read the loaded tables, and nothing else. Nobody connects as this role: the API takes it (`SET ROLE`) on the connections on which
 * callers read rows.
 */
export const readersRole = "sluice_readers"

/** The role of the connections that read loaded tables in a process that connects as a user; `undefined` if it keeps its own. */
export const readRoleOf = (user: string): string | undefined =>
  user === databaseRoles.api ? readersRole : undefined

/** The same role in SQL, on any connection of the process. */
export const readRoleSql = `(case when current_user = '${databaseRoles.api}' then '${readersRole}' else current_user end)::text`
