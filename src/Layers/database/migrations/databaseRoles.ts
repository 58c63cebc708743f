import { quoteIdentifier, quoteLiteral } from "../../../Domain/load/columns/SqlIdentifier.ts"

/** The database's roles of an installation. */
export const databaseRoles = {
  /** Owns the schemas `sluice` and `boss`, and migrates them. No process of the service needs it. */
  owner: "sluice_owner",
  api: "sluice_api",
  /** Owns the loaded tables. */
  worker: "sluice_worker",
} as const
export type DatabaseRole = keyof typeof databaseRoles

/** What API and worker may do with each table of the schema `sluice`. A table that is missing here is used by neither. */
export const tableRights: Readonly<Record<string, { readonly api: string; readonly worker: string }>> = {
  job: { api: "select, insert, update", worker: "select, update, delete" },
  // The API stores secrets and forgets them, but cannot read them.
  job_secret: { api: "insert, select (job_id), delete", worker: "select, delete" },
  source: {
    api: "select, insert, update, delete",
    // What the end of a run changes.
    worker:
      "select, update (state, stop_reason, next_run_at, unchanged_runs, failures, loaded_by, rows_loaded, etag, last_modified, content_hash, read_at, not_modified)",
  },
  source_secret: { api: "insert, select (source_id), delete", worker: "select" },
  // The API stores URLs of receivers, but cannot read them.
  webhook: {
    api: "insert, select (job_id, state, shown_url, attempts, last_status, last_error, next_attempt_at), update (state, next_attempt_at)",
    worker: "select, insert, update, delete",
  },
  claim: { api: "select, update, delete", worker: "select, insert, update, delete" },
  request_bucket: { api: "select, insert, update, delete", worker: "select" },
  preview_place: { api: "select, insert, delete", worker: "select" },
  reject: { api: "select", worker: "select, insert, delete" },
  skipped_line: { api: "select", worker: "select, insert, delete" },
  loaded_table: { api: "select", worker: "select, insert, update, delete" },
  migration: { api: "select", worker: "select" },
}

/**
 * What API and worker may change in pg-boss's tables: jobs and their counts. Not what pg-boss executes, which are the statements of
 * `bam` and the name of a queue's table, and not its version.
 */
const queueRights: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["job", "job_common", "job_dependency", "instance"].map((table) => [table, "insert, update, delete"]),
  ),
  warning: "insert, delete",
  queue: `update (${[
    "deferred_count, blocked_count, queued_count, ready_count, active_count, failed_count, total_count",
    "retained_count, retained_on, created_delta, completed_delta, failed_delta, delta_on, delta_seconds",
    "wait_bins, run_bins, ready_oldest_seconds, ready_history, singletons_active",
    "monitor_claim_on, monitor_on, maintain_on",
  ].join(", ")})`,
  version: "update (cron_on, flow_on, reindex_on, monitor_backoff_on)",
}

const inDo = (...statements: ReadonlyArray<string>): string =>
  `do $sluice$ begin ${statements.join("; ")}; end $sluice$`

/**
 * Creates the roles that are missing, and gives the owner what earlier versions created as another role. For an
 * administrator of the database: a superuser, or a role with CREATEROLE that owns the database.
 *
 * @param passwords roles without one keep theirs
 */
export const createRoles = (options: {
  readonly database: string
  /** Schemas of loaded tables. */
  readonly schemas: ReadonlyArray<string>
  readonly passwords: Partial<Readonly<Record<DatabaseRole, string>>>
}): ReadonlyArray<string> => {
  const owner = quoteIdentifier(databaseRoles.owner)
  const kinds: ReadonlyArray<readonly [DatabaseRole, string]> = Object.entries(databaseRoles).map(
    ([kind, name]) => [kind === "owner" || kind === "api" ? kind : "worker", name] as const,
  )
  return [
    ...kinds.map(([, name]) =>
      inDo(
        `if not exists (select from pg_catalog.pg_roles where rolname = ${quoteLiteral(name)}) then create role ${quoteIdentifier(name)} login; end if`,
      ),
    ),
    ...kinds.flatMap(([kind, name]) => {
      const password = options.passwords[kind]
      return password === undefined
        ? []
        : [`alter role ${quoteIdentifier(name)} login password ${quoteLiteral(password)}`]
    }),
    // An administrator who is no superuser may give objects only to a role that it is a member of.
    inDo(
      `if not pg_catalog.pg_has_role(current_user, ${quoteLiteral(databaseRoles.owner)}, 'usage') then execute pg_catalog.format('grant %I to %I', ${quoteLiteral(databaseRoles.owner)}, current_user); end if`,
    ),
    `grant create on database ${quoteIdentifier(options.database)} to ${owner}`,
    // Repeated by an administrator who is no superuser, the grant would be one by the owner to itself.
    ...options.schemas.map((schema) =>
      inDo(
        `if exists (select from pg_catalog.pg_namespace where nspname = ${quoteLiteral(schema)} and nspowner <> ${quoteLiteral(databaseRoles.owner)}::regrole and not (pg_catalog.has_schema_privilege(${quoteLiteral(databaseRoles.owner)}, oid, 'usage with grant option') and pg_catalog.has_schema_privilege(${quoteLiteral(databaseRoles.owner)}, oid, 'create with grant option'))) then grant usage, create on schema ${quoteIdentifier(schema)} to ${owner} with grant option; end if`,
      ),
    ),
    takeOver(owner),
  ]
}

/** Gives the owner the schemas `sluice` and `boss` and what is in them, except the tables of running loads. */
const takeOver = (owner: string): string => `do $sluice$
declare found record;
begin
  for found in
    select pg_catalog.format('alter schema %I owner to', nspname) as change from pg_catalog.pg_namespace
    where nspname in ('sluice', 'boss') and nspowner <> ${quoteLiteral(databaseRoles.owner)}::regrole
    union all
    select pg_catalog.format('alter %s %s owner to', case relkind when 'S' then 'sequence' when 'v' then 'view' else 'table' end, c.oid::regclass)
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = relnamespace
    where nspname in ('sluice', 'boss') and relkind in ('r', 'p', 'S', 'v') and relowner <> ${quoteLiteral(databaseRoles.owner)}::regrole
      and relname not like 'load %'
      -- a sequence of a column changes with its table, and not by itself
      and not (relkind = 'S' and exists (select from pg_catalog.pg_depend where classid = 'pg_catalog.pg_class'::regclass and objid = c.oid and deptype in ('a', 'i')))
    union all
    select pg_catalog.format('alter function %s owner to', p.oid::regprocedure)
    from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = pronamespace
    where nspname in ('sluice', 'boss') and proowner <> ${quoteLiteral(databaseRoles.owner)}::regrole
    union all
    select pg_catalog.format('alter type %s owner to', t.oid::regtype)
    from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = typnamespace
    where nspname in ('sluice', 'boss') and typtype = 'e' and typowner <> ${quoteLiteral(databaseRoles.owner)}::regrole
  loop
    begin
      execute found.change || ${quoteLiteral(` ${owner}`)};
    exception when insufficient_privilege then
      raise exception 'The role % does not own what another role has made. Run as a superuser, and then this again: % ${databaseRoles.owner}', current_user, found.change;
    end;
  end loop;
end $sluice$`

/**
 * What API and worker may do. For the owner, after each migration.
 *
 * @param schemas of loaded tables
 */
export const grantRights = (schemas: ReadonlyArray<string>): ReadonlyArray<string> => {
  const [api, worker] = [databaseRoles.api, databaseRoles.worker].map(quoteIdentifier)
  const both = `${api}, ${worker}`
  return [
    ...["sluice", "boss"].flatMap((schema) => [
      `revoke all on all tables in schema ${schema} from public, ${both}`,
      `grant usage on schema ${schema} to ${both}`,
    ]),
    // For the tables of loads over several connections.
    `grant create on schema sluice to ${worker}`,
    ...Object.entries(tableRights).flatMap(([table, rights]) => [
      `grant ${rights.api} on table sluice.${table} to ${api}`,
      `grant ${rights.worker} on table sluice.${table} to ${worker}`,
    ]),
    `grant usage on all sequences in schema sluice to ${worker}`,
    `grant select on all tables in schema boss to ${both}`,
    ...Object.entries(queueRights).map(
      ([table, rights]) => `grant ${rights} on table boss.${table} to ${both}`,
    ),
    `grant usage on all sequences in schema boss to ${both}`,
    `grant execute on all functions in schema boss to ${both}`,
    ...schemas.map(quoteIdentifier).flatMap((schema) => [
      // To see whether a table's name is free.
      `grant usage on schema ${schema} to ${both}`,
      `grant create on schema ${schema} to ${worker}`,
    ]),
  ]
}
