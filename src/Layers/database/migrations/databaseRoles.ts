import { quoteIdentifier, quoteLiteral } from "../../../Domain/load/columns/SqlIdentifier.ts"
import { type DatabaseRole, databaseRoles, readersRole, tablesRole } from "../postgres/DatabaseRole.ts"

interface TableRights {
  readonly api: string
  readonly worker: string
  /** What the connections of loads may do, and the worker therefore too. */
  readonly loads?: string
}

/** What the end of a run changes of its source. */
const endOfRun =
  "select, update (state, stop_reason, next_run_at, unchanged_runs, failures, loaded_by, loaded_oid, rows_loaded, etag, last_modified, location, content_hash, read_at, not_modified)"

/** What each role may do with each table of the schema `sluice`. A table that is missing here is used by none. */
export const tableRights: Readonly<Record<string, TableRights>> = {
  job: { api: "select, insert, update", worker: "select, update, delete", loads: "select, update" },
  job_other_host: { api: "select, insert", worker: "select" },
  // The API stores secrets and forgets them, but cannot read them.
  job_secret: {
    api: "insert, select (job_id), delete",
    worker: "select, delete",
    loads: "select (job_id), delete",
  },
  source: { api: "select, insert, update, delete", worker: endOfRun, loads: endOfRun },
  source_secret: { api: "insert, select (source_id), delete", worker: "select" },
  // The API stores URLs of receivers, but cannot read them.
  source_callback: { api: "insert, select (id, host)", worker: "select, delete" },
  webhook: {
    api: "insert, select (job_id, state, shown_url, attempts, last_status, last_error, next_attempt_at), update (state, next_attempt_at)",
    worker: "select, insert, update, delete",
    loads: "select (job_id, state), update (state, next_attempt_at)",
  },
  claim: {
    api: "select, insert, update, delete",
    worker: "select, insert, update, delete",
    loads: "select, delete",
  },
  held_host: { api: "select", worker: "select, insert, update, delete" },
  caller_share: { api: "select", worker: "select, insert, update, delete" },
  worker: { api: "select", worker: "select, insert, update, delete" },
  request_bucket: { api: "select, insert, update, delete", worker: "select" },
  preview_place: { api: "select, insert, delete, update (is_started)", worker: "select" },
  reject: { api: "select", worker: "select, delete", loads: "insert" },
  skipped_line: { api: "select", worker: "select, delete", loads: "insert" },
  loaded_table: { api: "select", worker: "select, delete", loads: "select, insert, update" },
  // Earlier versions write tables_apart.
  installation: {
    api: "select, update (targets, past_targets, tables_apart)",
    worker: "select, update (targets, past_targets, tables_apart)",
  },
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

const may = (role: string, right: string): string =>
  `pg_catalog.has_schema_privilege(${quoteLiteral(role)}, oid, '${right}')`

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
  /** Whether the API may take the role of loaded tables, to load uploads. */
  readonly uploads: boolean
}): ReadonlyArray<string> => {
  const { api, owner, worker } = databaseRoles
  const kinds: ReadonlyArray<readonly [DatabaseRole, string]> = Object.entries(databaseRoles).map(
    ([kind, name]) => [kind === "owner" || kind === "api" ? kind : "worker", name] as const,
  )
  return [
    ...[...kinds.map(([, name]) => [name, "login"]), [tablesRole, "nologin"], [readersRole, "nologin"]].map(
      ([name = "", login]) =>
        inDo(
          `if not exists (select from pg_catalog.pg_roles where rolname = ${quoteLiteral(name)}) then create role ${quoteIdentifier(name)} ${login}; end if`,
        ),
    ),
    ...kinds.flatMap(([kind, name]) => {
      const password = options.passwords[kind]
      return password === undefined
        ? []
        : [`alter role ${quoteIdentifier(name)} login password ${quoteLiteral(password)}`]
    }),
    // So that only the connections of uploads have the rights of the other role.
    `alter role ${api} noinherit`,
    `grant ${tablesRole} to ${worker}`,
    `grant ${readersRole} to ${api}`,
    options.uploads ? `grant ${tablesRole} to ${api}` : `revoke ${tablesRole} from ${api}`,
    // An administrator who is no superuser may give objects only to a role that it is a member of.
    ...[owner, tablesRole].map((role) =>
      inDo(
        `if not pg_catalog.pg_has_role(current_user, ${quoteLiteral(role)}, 'usage') then execute pg_catalog.format('grant %I to %I', ${quoteLiteral(role)}, current_user); end if`,
      ),
    ),
    `grant create on database ${quoteIdentifier(options.database)} to ${owner}`,
    ...options.schemas.flatMap((name) => {
      const schema = quoteIdentifier(name)
      const exists = (condition: string) =>
        `exists (select from pg_catalog.pg_namespace where nspname = ${quoteLiteral(name)} and ${condition})`
      const ownerMayGrant = `${may(owner, "usage with grant option")} and ${may(owner, "create with grant option")}`
      return [
        // Repeated by an administrator who is no superuser, the grant would be one by the owner to itself.
        inDo(
          `if ${exists(`nspowner <> ${quoteLiteral(owner)}::regrole and not (${ownerMayGrant})`)} then grant usage, create on schema ${schema} to ${owner} with grant option; end if`,
        ),
        // A role can be given only tables that it may create. Later, the owner grants this.
        inDo(
          `if ${exists(`not ${may(tablesRole, "create")}`)} then grant usage, create on schema ${schema} to ${tablesRole}; end if`,
        ),
      ]
    }),
    takeOver,
    // Every table that the role makes from now on, and those that it has.
    `alter default privileges for role ${tablesRole} grant select on tables to ${readersRole}`,
    grantReading,
  ]
}

/** Lets callers read the tables that are loaded already. */
const grantReading = `do $sluice$
declare
  made regclass;
begin
  for made in
    select c.oid from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = relnamespace
    where relowner = ${quoteLiteral(tablesRole)}::regrole and relkind in ('r', 'p') and nspname <> 'sluice'
      and not pg_catalog.has_table_privilege(${quoteLiteral(readersRole)}, c.oid, 'select')
  loop
    execute pg_catalog.format('grant select on table %s to ${readersRole}', made);
  end loop;
end $sluice$`

/** The tables that earlier versions have made in other schemas, which their owner may use as before. */
const madeEarlier = `
  select pg_catalog.format('alter table %s owner to ${tablesRole}; grant all on table %1$s to %I', c.oid::regclass, rolname)
  from sluice.loaded_table
    join pg_catalog.pg_namespace n on nspname = schema_name
    join pg_catalog.pg_class c on relnamespace = n.oid and relname = table_name and relkind = 'r'
    join pg_catalog.pg_roles r on r.oid = relowner
  where is_made and relowner in (
    ${quoteLiteral(databaseRoles.worker)}::regrole,
    (select nspowner from pg_catalog.pg_namespace where nspname = 'sluice' and nspowner <> ${quoteLiteral(databaseRoles.owner)}::regrole)
  )`

/**
 * Gives the owner the schemas `sluice` and `boss` and what is in them, except the tables of running loads, and the role of loaded
 * tables those that the earlier role has made.
 */
const takeOver = `do $sluice$
declare
  change text;
  changes text[];
  made text := '';
begin
  if pg_catalog.to_regclass('sluice.loaded_table') is not null then made := $made$ union all ${madeEarlier}$made$; end if;
  -- collected first, because a table that is being read cannot be changed
  execute $changes$ select array_agg(change) from (
    select pg_catalog.format('alter schema %I owner to ${databaseRoles.owner}', nspname) as change from pg_catalog.pg_namespace
    where nspname in ('sluice', 'boss') and nspowner <> ${quoteLiteral(databaseRoles.owner)}::regrole
    union all
    select pg_catalog.format('alter %s %s owner to ${databaseRoles.owner}', case relkind when 'S' then 'sequence' when 'v' then 'view' else 'table' end, c.oid::regclass)
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = relnamespace
    where nspname in ('sluice', 'boss') and relkind in ('r', 'p', 'S', 'v') and relowner <> ${quoteLiteral(databaseRoles.owner)}::regrole
      and relname not like 'load %'
      -- a sequence of a column changes with its table, and not by itself
      and not (relkind = 'S' and exists (select from pg_catalog.pg_depend where classid = 'pg_catalog.pg_class'::regclass and objid = c.oid and deptype in ('a', 'i')))
    union all
    select pg_catalog.format('alter function %s owner to ${databaseRoles.owner}', p.oid::regprocedure)
    from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = pronamespace
    where nspname in ('sluice', 'boss') and proowner <> ${quoteLiteral(databaseRoles.owner)}::regrole
    union all
    select pg_catalog.format('alter type %s owner to ${databaseRoles.owner}', t.oid::regtype)
    from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = typnamespace
    where nspname in ('sluice', 'boss') and typtype = 'e' and typowner <> ${quoteLiteral(databaseRoles.owner)}::regrole
    $changes$ || made || ') as found' into changes;
  foreach change in array coalesce(changes, '{}') loop
    begin
      execute change;
    exception when insufficient_privilege then
      raise exception 'The role % does not own what another role has made. Run as a superuser, and then this again: %', current_user, change;
    end;
  end loop;
end $sluice$`

/**
 * What the one user needs that prepares a database for tables and loads into it. For an administrator of that database, which has
 * none of the roles.
 */
export const grantTarget = (options: {
  readonly database: string
  readonly user: string
  readonly schemas: ReadonlyArray<string>
}): ReadonlyArray<string> => {
  const user = quoteIdentifier(options.user)
  return [
    // For the schema sluice, with the fences and the list of tables.
    `grant connect, create on database ${quoteIdentifier(options.database)} to ${user}`,
    ...options.schemas
      .map(quoteIdentifier)
      .flatMap((schema) => [
        `create schema if not exists ${schema}`,
        `grant usage, create on schema ${schema} to ${user}`,
      ]),
  ]
}

/**
 * What the roles may do. For the owner, after each migration.
 *
 * @param schemas of loaded tables
 */
export const grantRights = (schemas: ReadonlyArray<string>): ReadonlyArray<string> => {
  const { api, worker } = databaseRoles
  const all = `${api}, ${worker}, ${tablesRole}`
  return [
    ...["sluice", "boss"].flatMap((schema) => [
      `revoke all on all tables in schema ${schema} from public, ${all}`,
      `grant usage on schema ${schema} to ${all}`,
    ]),
    // For the tables of loads over several connections.
    `grant create on schema sluice to ${tablesRole}`,
    ...Object.entries(tableRights).flatMap(([table, { api: ofApi, loads, worker: ofWorker }]) =>
      [
        [api, ofApi],
        [worker, ofWorker],
        [tablesRole, loads],
      ].flatMap(([role, rights]) =>
        rights === undefined ? [] : [`grant ${rights} on table sluice.${table} to ${role}`],
      ),
    ),
    `grant usage on all sequences in schema sluice to ${all}`,
    `grant select, update on sequence sluice.virtual_time to ${worker}`,
    `grant select on all tables in schema boss to ${all}`,
    ...Object.entries(queueRights).map(
      ([table, rights]) => `grant ${rights} on table boss.${table} to ${all}`,
    ),
    `grant usage on all sequences in schema boss to ${all}`,
    `grant execute on all functions in schema boss to ${all}`,
    ...schemas.map(quoteIdentifier).flatMap((schema) => [
      // To see whether a table's name is free.
      `grant usage on schema ${schema} to ${all}, ${readersRole}`,
      `grant create on schema ${schema} to ${tablesRole}`,
    ]),
    // Earlier versions gave the worker a right of its own.
    `revoke create on schema ${["sluice", ...schemas.map(quoteIdentifier)].join(", ")} from ${worker}`,
  ]
}
