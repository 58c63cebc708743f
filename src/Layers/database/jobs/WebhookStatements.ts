import * as Duration from "effect/Duration"
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

/** Claims due attempts by moving the time of the next one. `running` is an object of hosts and numbers. */
export const claimDue = (limit: number, perHost: number, running: Readonly<Record<string, number>>) =>
  statement`
    with due as (
      select job_id, next_attempt_at as since,
        row_number() over (partition by host order by next_attempt_at) + coalesce((${JSON.stringify(running)}::text::jsonb ->> host)::bigint, 0) as place
      from sluice.webhook where state = 'pending' and next_attempt_at <= now()
    ), chosen as (
      select webhook.job_id from sluice.webhook join due on due.job_id = webhook.job_id
      -- again, for a row that another worker claims at the same time
      where place <= ${perHost}::bigint and state = 'pending' and next_attempt_at <= now()
      order by since limit ${limit}::bigint for update of webhook skip locked
    )
    update sluice.webhook set attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => ${leaseSeconds})
    from chosen where webhook.job_id = chosen.job_id
    returning webhook.job_id as "jobId", attempts, host, key_id as "keyId", content`

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
