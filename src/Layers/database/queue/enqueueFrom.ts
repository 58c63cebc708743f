import { queueName, queueTable } from "./queueTable.ts"

/**
 * Inserts rows of `id`, `group_id`, `data` and `blocked` into the queue, as pg-boss's `send` does. As a part of another statement, it
 * costs no round trip of its own.
 *
 * @param source the name of the rows
 */
export const enqueueFrom = (source: string): string => `
  insert into ${queueTable} (id, name, data, start_after, created_on, group_id, blocked, expire_seconds, deletion_seconds, keep_until,
    retry_limit, retry_delay, retry_backoff, retry_delay_max, policy, dead_letter, heartbeat_seconds)
  select id, '${queueName}', data, now(), now(), group_id, blocked, expire_seconds, deletion_seconds,
    now() + retention_seconds * interval '1s', retry_limit, retry_delay, retry_backoff, retry_delay_max, policy, dead_letter,
    heartbeat_seconds
  -- without a queue, this fails: keep_until may not be null
  from ${source} left join boss.queue on queue.name = '${queueName}'`
