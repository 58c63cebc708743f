import * as Schema from "effect/Schema"
import type { JobId } from "../../../Domain/job/Job.ts"
import type { RejectSelection } from "../../../Domain/job/Exports.ts"
import { Reject } from "../../../Domain/load/Reject.ts"
import { quoteLiteral } from "../../../Domain/load/SqlIdentifier.ts"
import { type Statement, statement } from "../postgres/Statement.ts"

/** Postgres text cannot hold NUL. The reader writes none, but an unstorable reject would fail the load. */
const storable = (text: string): string => text.replaceAll("\0", String.raw`\x00`).toWellFormed()

/** Arrays and `unnest`: one prepared statement for any number of rejects. */
export const insert = (jobId: JobId, rejects: ReadonlyArray<Reject>): Statement => statement`
  insert into sluice.reject (job_id, record, line, "column", byte_offset, reason, message, raw, raw_bytes)
  select ${jobId}::uuid, *
  from unnest(
    ${rejects.map(({ record }) => record)}::bigint[],
    ${rejects.map(({ line }) => line)}::bigint[],
    ${rejects.map(({ column }) => column)}::bigint[],
    ${rejects.map(({ byteOffset }) => byteOffset)}::bigint[],
    ${rejects.map(({ reason }) => reason)}::text[],
    ${rejects.map(({ message }) => storable(message))}::text[],
    ${rejects.map(({ raw }) => storable(raw))}::text[],
    ${rejects.map(({ rawBytes }) => rawBytes)}::bigint[]
  )`

/** Numbers come as doubles, exact up to 2^53. Decode a row with `decode`. */
export const page = (
  jobId: JobId,
  { after, limit }: { readonly after: number; readonly limit: number },
): Statement => statement`
  select record::float8, line::float8, "column"::float8, byte_offset::float8 as "byteOffset", reason, message, raw,
    raw_bytes::float8 as "rawBytes"
  from sluice.reject where job_id = ${jobId}::uuid and record > ${after}::bigint order by record limit ${limit}::bigint`

export const decode = Schema.decodeUnknownSync(Reject)

/** The last reject of a page and the one after it, if there are any. */
export const lastOfPage = (jobId: JobId, after: number, limit: number): Statement => statement`
  select record::float8 from sluice.reject where job_id = ${jobId}::uuid and record > ${after}::bigint
  order by record offset ${limit}::bigint - 1 limit 2`

/** COPY takes no parameters. */
export const csv = (jobId: JobId, { after, limit }: RejectSelection): string => `
  copy (
    select record, line, "column", byte_offset as "byteOffset", reason, message, raw, raw_bytes as "rawBytes"
    from sluice.reject where job_id = ${quoteLiteral(jobId)} and record > ${after}
    order by record limit ${limit ?? "all"}
  ) to stdout with (format csv, header, encoding 'UTF8')`
