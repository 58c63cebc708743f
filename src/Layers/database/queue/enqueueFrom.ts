import { isKept, keptForHost, queueName, queueTable } from "./queueTable.ts"

/** How a job enters the queue. */
export type Entry = "waiting" | "held"

/** What `enqueueFrom` writes for each. A held job is the claim of its creator and is not retried. */
const entries: Readonly<Record<Entry, Readonly<Record<"state" | "startedOn" | "retryLimit", string>>>> = {
  waiting: { state: "'created'", startedOn: "null::timestamptz", retryLimit: "retry_limit" },
  held: { state: "'active'", startedOn: "now()", retryLimit: "0" },
}

/**
 * Inserts rows of `id`, `group_id`, `host`, `data`, `priority` and `blocked` into the queue, as pg-boss's `send` does. If others are kept
 * for the job's host, it is kept too. As a part of another statement, it costs no round trip of its own.
 *
 * @param source the name of the rows
 */
export const enqueueFrom = (source: string, entry: Entry): string => `
  insert into ${queueTable} (id, name, data, state, started_on, heartbeat_on, start_after, created_on, group_id, group_tier, singleton_key, priority, blocked, expire_seconds, deletion_seconds, keep_until,
    retry_limit, retry_delay, retry_backoff, retry_delay_max, policy, dead_letter, heartbeat_seconds)
  select id, '${queueName}', data, ${entries[entry].state}, ${entries[entry].startedOn}, ${entries[entry].startedOn}, now(), now(), group_id, host,
    case when exists (select from ${queueTable} where ${isKept} and group_tier = host) then ${keptForHost} end, priority, blocked, expire_seconds, deletion_seconds,
    now() + retention_seconds * interval '1s', ${entries[entry].retryLimit}, retry_delay, retry_backoff, retry_delay_max, policy, dead_letter,
    heartbeat_seconds
  -- without a queue, this fails: keep_until may not be null
  from ${source} left join boss.queue on queue.name = '${queueName}'`
