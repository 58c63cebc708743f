import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { lastCountedPosition } from "../../../../Domain/job/lastCountedPosition.ts"
import type { Waiting } from "../../../../Domain/job/Waiting.ts"
import { type HostLimitParameters, hostUse } from "../../queue/hostUse.ts"
import {
  callerOfJob,
  isActive,
  isInLine,
  queuedLines,
  queueTable,
  targetOfJob,
} from "../../queue/queueTable.ts"
import { unreachedTargets } from "../../queue/unreachedTargets.ts"

/** A waiting job's place, as `waitingColumns` selects it. */
export const waitingFields = {
  /** `null` unless the job could be claimed now. */
  queue_position: Schema.NullOr(Schema.Natural),
  estimated_start_at: Schema.NullOr(Schema.Date),
  /** Whether no job of its host may start now; `null` unless the job could be claimed otherwise. */
  is_host_full: Schema.NullOr(Schema.Boolean),
  held_until: Schema.NullOr(Schema.Date),
  /** Whether no worker reaches the database of its table; `null` unless the job could be claimed otherwise. */
  is_target_missing: Schema.NullOr(Schema.Boolean),
}

/**
 * Recursive queries of a statement with `waitingJoin`. They are not executed if no job waits. `startable` has the callers in line with the
 * databases that a worker reaches, so that the jobs of others are not read, however many there are.
 */
export const waitingQueries = (
  limits: HostLimitParameters,
) => `${queuedLines}, ${unreachedTargets}, startable as (
    select caller, array_agg(target) as targets from line where target not in (select target from unreached) group by caller
  ), running as (
    select ${callerOfJob} as caller, count(*) as jobs from ${queueTable} where ${isActive} group by 1
  ), ${hostUse(limits)}`

/** Ends of jobs that the rate is taken from, and seconds in which they are looked for. */
const [latestEnds, longestWindow, shortestWindow] = [200, 60, 10]
const windowStart = `greatest(now() - interval '${longestWindow} s', job.created_at - interval '${shortestWindow} s')`

/** The condition that holds for a waiting job that is due. Its host or its database may still keep it from being claimed. */
const isDue = "queue_state in ('created', 'retry') and not queued.blocked and queued.start_after <= now()"

/**
 * The lateral joins of a job and its row in the queue with `waitingColumns`. By the rule of claims, those jobs of another caller start
 * earlier that bring it no more running jobs than the job brings its own caller. They and the caller's own are counted up to a limit. Jobs
 * that are kept for their hosts are not in line, and have no position, like those of databases that no worker reaches.
 */
export const waitingJoin = `
  left join lateral (
    select queued.group_tier in (select host from full_host) as is_host_full,
      (select held_until from sluice.held_host where host = queued.group_tier and held_until > now()) as held_until
    where ${isDue} and queued.group_tier is not null
  ) as host_wait on true
  left join lateral (
    select job.target in (select target from unreached) as is_target_missing
    where ${isDue} and job.target is not null
  ) as target_wait on true
  left join lateral (
    select (least(own.jobs + others.jobs, ${lastCountedPosition}) + 1)::integer as queue_position
    from (
      select count(*) as jobs from (
        select from ${queueTable}
        where ${isInLine} and ${callerOfJob} = coalesce(queued.group_id, '')
          and ${targetOfJob} = any ((select targets from startable where caller = coalesce(queued.group_id, ''))::text[])
          and (-priority, created_on) < (-queued.priority, queued.created_on)
        limit ${lastCountedPosition}
      ) as mine
    ) as own cross join lateral (
      select count(*) as jobs from (
        select from startable as other left join running using (caller) cross join lateral (
          select from ${queueTable}
          where ${isInLine} and ${callerOfJob} = other.caller and ${targetOfJob} = any (other.targets)
          limit greatest(0, own.jobs + coalesce((select jobs from running where caller = coalesce(queued.group_id, '')), 0) - coalesce(running.jobs, 0))
        ) as theirs
        where other.caller <> coalesce(queued.group_id, '')
        limit ${lastCountedPosition} - own.jobs
      ) as every
    ) as others
    where ${isDue} and is_host_full is not true and is_target_missing is not true
  ) as place on true
  left join lateral (
    select now() + queue_position / nullif(
      case when count(*) = ${latestEnds} then count(*) / greatest(0.1, extract(epoch from now() - min(finished_at)))
        else count(*) / extract(epoch from now() - ${windowStart}) end, 0) * interval '1 s' as estimated_start_at
    from (
      select finished_at from sluice.job as ended
      where final_state is not null and finished_at > ${windowStart}
      order by finished_at desc limit ${latestEnds}
    ) as latest
    where queue_position is not null
  ) as estimate on true`

export const waitingColumns = Object.keys(waitingFields).join(", ")

interface WaitingRow extends Schema.Struct.Type<typeof waitingFields> {
  readonly waits: boolean
  readonly final_state: string | null
  readonly queue_state: string | null
  readonly next_attempt_at: Date | null
}

const reasonOf = (row: WaitingRow): Waiting["reason"] => {
  if (row.waits) return "table"
  if (row.is_target_missing === true) return "target"
  if (row.held_until !== null) return "held"
  if (row.is_host_full === true) return "host"
  return row.queue_position === null && row.next_attempt_at !== null ? "retry" : "slot"
}

const atOf = (date: Date | null) => (date === null ? null : DateTime.fromDateUnsafe(date))

/** Why the job waits; `null` if it does not. */
export const toWaiting = (row: WaitingRow): Waiting | null => {
  if (row.final_state !== null || (row.queue_state !== "created" && row.queue_state !== "retry")) return null
  return {
    reason: reasonOf(row),
    position: row.queue_position,
    estimatedStartAt: atOf(row.estimated_start_at),
    heldUntil: atOf(row.held_until),
  }
}
