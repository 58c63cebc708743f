import * as Duration from "effect/Duration"
import type { JobId } from "../../../Domain/job/Job.ts"
import type { SourceId } from "../../../Domain/job/SourceId.ts"
import type { Delivery } from "../../../Domain/job/webhook/Webhooks.ts"
import { channel } from "../queue/Notifications.ts"
import { type Statement, statement } from "../postgres/Statement.ts"

/** After it, an attempt whose outcome is unknown is repeated. Longer than any attempt takes. */
const leaseSeconds = 30

/** The notification that attempts have become due. */
export const dueSignal = "webhook"

/**
 * SQL that signals it when the transaction commits. Commits with notifications wait for each other, but only jobs with a
 * `callbackUrl` have this one.
 */
export const notifyDueWebhook = `pg_notify('${channel}', '${dueSignal}')`

/** SQL of a webhook as a `Callback` in JSON. */
export const callbackJson = `jsonb_build_object('url', shown_url, 'state', state, 'attempts', attempts, 'lastStatus', last_status,
  'lastError', last_error, 'nextAttemptAt', next_attempt_at)`

/**
 * Claims due attempts by moving the time of the next one. Hosts and owners are found one by one in the index, and of each pair only
 * as many attempts as one host may have, so that the cost does not depend on how many are due. Owners take turns.
 *
 * @param running numbers of attempts that run, by host
 */
export const claimDue = (limit: number, perHost: number, running: Readonly<Record<string, number>>) =>
  statement`
    with recursive pair (host, owner) as (
      (select host collate "C", owner from sluice.webhook where state = 'pending' order by host collate "C", owner limit 1)
      union all
      select next.host, next.owner from pair cross join lateral (
        select host collate "C" as host, owner from sluice.webhook
        where state = 'pending' and (webhook.host collate "C", webhook.owner) > (pair.host, pair.owner)
        order by host collate "C", owner limit 1
      ) as next
    ), due as (
      select job_id, since, pair.host, pair.owner, row_number() over (partition by pair.host, pair.owner order by since) as nth
      from pair cross join lateral (
        select job_id, next_attempt_at as since from sluice.webhook
        where state = 'pending' and webhook.host collate "C" = pair.host and webhook.owner = pair.owner and next_attempt_at <= now()
        order by next_attempt_at limit ${perHost}::bigint
      ) as first
    ), placed as (
      select job_id, since, owner,
        row_number() over (partition by host order by nth, since)
          + coalesce((${JSON.stringify(running)}::text::jsonb ->> host)::bigint, 0) as place
      from due
    ), turns as (
      select job_id, since, row_number() over (partition by owner order by since) as turn from placed where place <= ${perHost}::bigint
    ), chosen as (
      select job_id from sluice.webhook
      where job_id = any (array(select job_id from turns order by turn, since limit ${limit}::bigint))
        -- again, for a row that another worker claims at the same time
        and state = 'pending' and next_attempt_at <= now()
      for update skip locked
    )
    update sluice.webhook set attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => ${leaseSeconds})
    where job_id = any (array(select job_id from chosen))
    returning job_id as "jobId", attempts, host, callback_id as "callbackId",
      coalesce(key_id, (select key_id from sluice.source_callback where id = callback_id)) as "keyId",
      coalesce(content, (select content from sluice.source_callback where id = callback_id)) as content`

/** The notification of the end of a run, to the receiver of its source. */
export const insertForRun = (jobId: JobId, sourceId: SourceId): Statement =>
  statement`
    insert into sluice.webhook (job_id, owner, host, shown_url, callback_id)
    select ${jobId}::uuid, owner, host, callback_url, callback_id
    from sluice.source join sluice.source_callback on source_callback.id = callback_id
    where source.id = ${sourceId}::uuid`

/** Removes the receivers that no source has any more, once no notification to them follows. */
export const forgetReceivers: Statement = statement`
  delete from sluice.source_callback as receiver
  where not exists (select from sluice.source where callback_id = receiver.id)
    and not exists (select from sluice.webhook where callback_id = receiver.id and state in ('waiting', 'pending'))`

/** Makes due what waits for an end that a process of a version before webhooks has written. */
export const makeLeftBehindDue = statement`
  update sluice.webhook set state = 'pending', next_attempt_at = clock_timestamp()
  from sluice.job where job.id = job_id and webhook.state = 'waiting' and final_state is not null
  returning pg_notify(${channel}, ${dueSignal})`

/** Seconds until the next attempt is due; null if there is none. */
export const nextDue = statement`
  select extract(epoch from min(next_attempt_at) - now())::float8 as seconds from sluice.webhook where state = 'pending'`

/** What is known after an attempt. */
export interface Attempted {
  readonly state: "pending" | "delivered" | "failed"
  readonly status: number | null
  readonly error: string | null
  /** `null` if no attempt follows. */
  readonly delay: Duration.Duration | null
}

export const settle = ({ attempt, jobId }: Delivery, { delay, error, state, status }: Attempted): Statement =>
  statement`
    update sluice.webhook
    set state = ${state}::text, last_status = ${status}::integer, last_error = ${error}::text,
      next_attempt_at = clock_timestamp() + make_interval(secs => ${delay === null ? null : Duration.toSeconds(delay)}::float8),
      content = case when ${state}::text = 'pending' then content end
    where job_id = ${jobId}::uuid and attempts = ${attempt}::integer and state = 'pending'`

export const release = ({ attempt, jobId }: Delivery): Statement =>
  statement`
    update sluice.webhook set attempts = attempts - 1, next_attempt_at = clock_timestamp()
    where job_id = ${jobId}::uuid and attempts = ${attempt}::integer and state = 'pending'
    returning pg_notify(${channel}, ${dueSignal})`
