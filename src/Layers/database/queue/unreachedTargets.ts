import { replicasClaiming } from "./replicaLock.ts"

/**
 * SQL of a query `unreached`, which has the databases for tables that no worker reaches, as `target`. Their jobs could not be started by
 * another worker either. While no worker runs there are none: nobody knows which of them a worker would reach, so their jobs wait for a
 * worker. The row of a dead worker does not count. One that the operator has given up is not among them, so its jobs are claimed, and fail.
 */
export const unreachedTargets = `claiming as (${replicasClaiming}), unreached as (
    select unnest(targets) as target from sluice.installation where exists (select from claiming)
    except
    select unnest(targets) from sluice.worker join claiming using (replica)
  )`
