import * as Schema from "effect/Schema"
import { LoadOptions } from "../../../Domain/load/options/LoadOptions.ts"
import type { SourceId } from "../../../Domain/job/SourceId.ts"
import { isReadAnew } from "../../../Domain/refresh/isReadAnew.ts"
import type { WrittenSchedule } from "../../../Domain/refresh/WrittenSchedule.ts"
import type { CallbackId } from "../jobs/JobSecrets.ts"
import type { StoredRequest } from "../jobs/creation/storedRequest.ts"
import { type Statement, statement } from "../postgres/Statement.ts"
import { sourceColumns, type SourceRow } from "./SourceRow.ts"

const encodeOptions = Schema.encodeSync(LoadOptions)

/** A change of a source, as it is stored. */
interface StoredChange extends StoredRequest {
  readonly schedule: WrittenSchedule
  /** Of `every`, in seconds. */
  readonly interval: number | null
  readonly nextRunAt: Date | null
  /** Whether URL and headers are stored anew. */
  readonly changesSecret: boolean
  /** The id of the new receiver; `null` if it stays. */
  readonly callbackId: CallbackId | null
}

/** Removes the secret before `changeSource` stores another one: the API may not change secrets. */
export const forgetSecret = (sourceId: SourceId): Statement =>
  statement`delete from sluice.source_secret where source_id = ${sourceId}::uuid`

/** Changes a source that the transaction has locked, and returns it. */
export const changeSource = (source: SourceRow, change: StoredChange): Statement => {
  const { tableName: _, ...options } = change.options
  return {
    text: `
      with secret as (
        insert into sluice.source_secret (source_id, key_id, content)
        select $1::uuid, $3::text, $4::text where $2::boolean and $4::text is not null
      ), receiver as (
        insert into sluice.source_callback (id, host, key_id, content)
        select $5::uuid, $6::text, $7::text, $8::text where $9::text is not null and $5::uuid is not null
      )
      update sluice.source
      set options = $10::text::jsonb, every = $11::text, cron = $12::text, timezone = $13::text, interval_seconds = $14::float8,
        next_run_at = $15::timestamptz, file_url = case when $2::boolean then $16::text else file_url end,
        callback_id = case when $5::uuid is null then callback_id when $9::text is not null then $5::uuid end,
        callback_url = case when $5::uuid is null then callback_url else $9::text end,
        changed_at = case when $17::boolean then clock_timestamp() else changed_at end,
        etag = case when not $17::boolean then etag end, last_modified = case when not $17::boolean then last_modified end,
        content_hash = case when not $17::boolean then content_hash end
      where id = $1::uuid
      returning ${sourceColumns}`,
    parameters: [
      source.id,
      change.changesSecret,
      change.secret?.keyId ?? null,
      change.secret?.content ?? null,
      change.callbackId,
      change.webhook?.host ?? null,
      change.webhook?.keyId ?? null,
      change.webhook?.content ?? null,
      change.webhook?.shownUrl ?? null,
      JSON.stringify(encodeOptions(options)),
      change.schedule.every,
      change.schedule.cron,
      change.schedule.timezone,
      change.interval,
      change.nextRunAt?.toISOString() ?? null,
      change.fileUrl,
      isReadAnew(source.options, options),
    ],
  }
}
