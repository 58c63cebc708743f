import type { Client, QueryResult } from "pg"
import type { ClaimTimes } from "../../../../Domain/job/JobQueue.ts"
import { quoteLiteral, textArray } from "../../../../Domain/load/columns/SqlIdentifier.ts"
import type { HostLimitValues } from "../../../process/SourceHosts.ts"
import { lockClaims } from "../queueTable.ts"
import { beforeClaim, hasDue } from "./beforeClaim.ts"
import { claimStatement } from "./claimStatement.ts"

/** A claimed job. */
interface ClaimedRow extends ClaimTimes {
  readonly id: string
  readonly retryCount: number
  readonly data: unknown
  /**
   * Earlier claims of the job that their holder never settled. An earlier holder that is still recorded is one too: it died
   * before the reaper saw it, or it was silent until pg-boss took its job away.
   */
  readonly crashes: number
  /** Whether due jobs were left because of the limits of their hosts. */
  readonly hasMore: boolean
}

const limitsOf = ({ ofHosts, usual }: HostLimitValues): string =>
  `${Math.trunc(usual)}, ${quoteLiteral(ofHosts)}`

const prepared = new WeakSet<Client>()

const prepare = async (client: Client) => {
  if (prepared.has(client)) return
  await client.query(
    `prepare sluice_before_claim as ${beforeClaim}; prepare sluice_claim as ${claimStatement}; prepare sluice_has_due as ${hasDue}`,
  )
  prepared.add(client)
}

/**
 * Whether a claim may find a job now: one statement without a lock, for workers that have nothing to do.
 *
 * @param targets as of a claim
 */
export const hasDueJobs = async (
  client: Client,
  hosts: HostLimitValues,
  targets: ReadonlyArray<string>,
): Promise<boolean> => {
  await prepare(client)
  const { rows } = await client.query<{ readonly hasDue: boolean }>(
    `execute sluice_has_due (${limitsOf(hosts)}, ${textArray(targets)})`,
  )
  return rows[0]?.hasDue === true
}

/**
 * Claims jobs of callers that have not reached their limit of running jobs. Two claims at the same time would count the same
 * running jobs, so the lock makes all but one wait for the commit. It is taken by a statement of its own: the next one sees
 * what has been committed before. All are one transaction, because they are one message.
 */
export const claimJobs = async (
  client: Client,
  options: {
    readonly replica: number
    readonly limit: number
    readonly runningJobs: number
    readonly runningHere: number
    readonly suspects: boolean
    readonly hosts: HostLimitValues
    /** The databases for tables besides the queue's that respond to this replica. */
    readonly targets: ReadonlyArray<string>
  },
): Promise<ReadonlyArray<ClaimedRow>> => {
  await prepare(client)
  const { hosts, limit, replica, runningHere, runningJobs, suspects, targets } = options
  const numbers = [replica, limit, runningJobs, runningHere].map(Math.trunc).join(", ")
  const results: unknown = await client.query(
    `select ${lockClaims}; execute sluice_before_claim; execute sluice_claim (${numbers}, ${suspects}, ${limitsOf(hosts)}, ${textArray(targets)})`,
  )
  return (results as ReadonlyArray<QueryResult<ClaimedRow>>)[2]!.rows
}
