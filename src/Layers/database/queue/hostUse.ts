import { isActive, queueTable } from "./queueTable.ts"

/** A preview's place whose process died is free after this long. Longer than the longest preview, its wait for its host included. */
export const placeLifetime = "2 minutes"

/** Parameters with the limits of hosts: the usual one, and those of others as a JSON object. */
export interface HostLimitParameters {
  readonly usual: string
  readonly ofHosts: string
}

/** SQL of a host's limit. */
export const hostLimit = (host: string, { ofHosts, usual }: HostLimitParameters): string =>
  `coalesce((${ofHosts}::jsonb ->> ${host})::bigint, ${usual}::bigint)`

/**
 * SQL of queries: `host_use` has the number of loads and previews that use each host, also previews that wait for it, and `full_host` the
 * hosts from which nothing more may be loaded now.
 *
 * @param active SQL of the rows of jobs that run, with their `host`
 */
export const hostUse = (
  limits: HostLimitParameters,
  active = `(select group_tier as host from ${queueTable} where ${isActive})`,
): string => `host_use as (
    select host, count(*) as jobs from (
      select host from ${active} as load where host is not null
      union all
      select host from sluice.preview_place where host is not null and taken_at > now() - interval '${placeLifetime}'
    ) as used group by host
  ), full_host as (
    select host from host_use where jobs >= ${hostLimit("host", limits)}
    union
    select host from sluice.held_host where held_until > now()
  )`
