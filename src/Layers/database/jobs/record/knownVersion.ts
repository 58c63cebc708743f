import * as Schema from "effect/Schema"
import { JobId } from "../../../../Domain/job/Job.ts"
import { KnownVersion } from "../../../../Domain/source/FileVersion.ts"
import { exists, named } from "../../target/reservation.ts"

/**
 * A server that says that a file has not changed is believed this many times in a row, and for a day at most. Then the file is
 * read again.
 */
const believedRuns = 10
const isBelieved = `(source.not_modified < ${believedRuns} and source.read_at > now() - interval '1 day')`

/** SQL: whether the table is the one that the source has loaded into. */
const isLoaded = `${exists("target_schema", "source.table_name")}
        and (loaded_oid is null or loaded_oid = ${named("target_schema", "source.table_name")})
        and (options ->> 'mode' = 'append' or loaded.job_id = loaded_by)`

/**
 * The query for what is known of the version that a source's table has, as `known`; no row if there is no such source. Nothing
 * is known if the table is not the one that the source has loaded into. Unless the source appends rows, so that it would have them
 * twice, also if another job has loaded into the table since.
 *
 * @param sourceId SQL of the source's id
 * @param isHere SQL condition: whether the table is in this database; if not, the other one has to be asked for `loaded`
 */
export const knownVersion = (sourceId: string, isHere: string): string => `
  select jsonb_build_object(
    'etag', case when has_version and ${isBelieved} then etag end,
    'lastModified', case when has_version and ${isBelieved} then last_modified end,
    'location', case when has_version then location end,
    'contentHash', case when has_version then content_hash end,
    'rows', case when has_version then source.rows_loaded end
  ) as known, jsonb_build_object(
    'oid', loaded_oid::text::bigint, 'by', loaded_by, 'appends', coalesce(options ->> 'mode' = 'append', false)
  ) as loaded_as
  from sluice.source
    left join sluice.loaded_table as loaded on loaded.schema_name = target_schema and loaded.table_name = source.table_name
    cross join lateral (
      select case when ${isHere} then ${isLoaded} else loaded_oid is not null and loaded_by is not null end as has_version
    ) as place
  where source.id = ${sourceId}`

/** Which table of another database a source has loaded into. */
const LoadedAs = Schema.Struct({ oid: Schema.Natural, by: JobId, appends: Schema.Boolean })
export type LoadedAs = typeof LoadedAs.Type
export const decodeLoadedAs = Schema.decodeUnknownOption(LoadedAs)

/** Only this service writes these rows, so a row that does not decode is a bug. */
export const decodeKnown = Schema.decodeUnknownSync(
  Schema.Struct({ ...KnownVersion.fields, rows: Schema.NullOr(Schema.Natural) }),
)
