import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import type { CsvSelection } from "../../../Domain/job/Exports.ts"
import type { FileSelection, Page, PageSelection } from "../../../Domain/job/Jobs.ts"
import type { JobId } from "../../../Domain/job/Job.ts"
import { KeptReject, RejectReason } from "../../../Domain/load/Reject.ts"
import { longestWhole } from "../../../Domain/load/rejectedText.ts"
import { KeptLine } from "../../../Domain/load/SkippedLine.ts"
import { quoteIdentifier, quoteLiteral } from "../../../Domain/load/columns/SqlIdentifier.ts"
import type { Statement } from "../postgres/Statement.ts"
import { knownCode } from "./record/knownCode.ts"
import { isReachable, type JobAccess } from "./JobAccess.ts"

/** Postgres text cannot hold NUL. The reader writes none, but an unstorable text would fail the load. */
const storable = (text: string): string => text.replaceAll("\0", String.raw`\x00`).toWellFormed()

/** Blanks, line endings and invisible characters, which a spreadsheet may skip at the start of a cell. */
const skippedStart = String.raw` \t-\r\u0085\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff`

/**
 * Texts that a spreadsheet may take for a formula (OWASP, "CSV Injection"). It may take full-width and small signs for
 * ordinary ones.
 */
const formulaStart = String.raw`^(?:[\t\r\n]|[${skippedStart}]*[=+@\uff1d\uff0b\uff20\uff0d\ufe66\ufe62\ufe6b\ufe63-])`

/** `byteOffset` becomes `"byte_offset"`. */
const columnOf = (field: string): string =>
  quoteIdentifier(field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))

/** More than any number of a part. */
const endless = Number.MAX_SAFE_INTEGER

/** Size of a page in JSON. A page has at least one part, and it may exceed this size by one part. */
const maxPageBytes = 1024 * 1024
/** Size of a part's other columns, about. */
const partBytes = 256

/** The statements on a table that keeps parts of the files of completed jobs as text. */
export interface KeptTable<A, Stored = A> {
  readonly insert: (jobId: JobId, parts: ReadonlyArray<Stored>) => Statement
  /**
   * The selected parts in order, about `maxPageBytes`, and one more if there are more. `fits` is false for one that is too much
   * for the page.
   */
  readonly page: (job: JobAccess, selection: PageSelection) => Statement
  /** The page with this limit from the rows of `page`. */
  readonly itemsOf: (rows: ReadonlyArray<Readonly<Record<string, unknown>>>, limit: number) => Page<A>
  /**
   * The number of all parts of the job, as `kept`, and of those whose whole text is kept, as `whole`.
   *
   * @param selection those after a number, up to another; absent: all
   */
  readonly count: (job: JobAccess, selection?: Pick<FileSelection, "after" | "last">) => Statement
  /** The numbers of the last part of a page and of the one after it, if there are any. */
  readonly lastOfPage: (job: JobAccess, after: number, limit: number) => Statement
  /** COPY to the client. */
  readonly csv: (job: JobAccess, selection: CsvSelection) => string
}

/** The condition that holds for the parts of a job's file. */
const ofJob = (id: string, owner: string): string =>
  `job_id = (select job.id from sluice.job where ${isReachable(id, owner)})`

type Fields = Readonly<Record<string, string | number | null>>

/** A column of a kept table. */
type KeptColumn = "bigint" | "text"

/**
 * @param key the field whose number orders the parts of all files of a job
 * @param types of the columns besides `job_id`, each named after its field
 * @param shown SQL of the fields that are shown otherwise than they are stored; `null`: not at all
 */
const keptTable = <A extends Fields, Stored extends Fields = A>(
  name: string,
  schema: Schema.Decoder<A>,
  key: keyof A & keyof Stored & string,
  types: Readonly<Record<keyof Stored & string, KeptColumn>>,
  shown?: Readonly<Partial<Record<keyof Stored & string, string | null>>>,
): KeptTable<A, Stored> => {
  const stored: ReadonlyArray<keyof Stored & string> = Struct.keys(types)
  const fields = stored.filter((field) => shown?.[field] !== null)
  const expressions = fields.map((field) => shown?.[field] ?? columnOf(field))
  const keyColumn = columnOf(key)
  const arrays = stored.map((field, index) => `$${index + 2}::${types[field]}[]`)
  /** Numbers come as doubles, exact up to 2^53. */
  const selected = fields.map((field, index) =>
    [expressions[index], types[field] === "bigint" ? "::float8" : "", " as ", quoteIdentifier(field)].join(
      "",
    ),
  )
  /** Window of the parts before this one, up to the one that many places before it. */
  const before = (places: number): string =>
    `order by ${keyColumn} rows between unbounded preceding and ${places} preceding`
  const exported = fields.map((field, index) => `${expressions[index]} as ${quoteIdentifier(field)}`)
  const safe = fields.map((field, index) =>
    types[field] === "text"
      ? `case when ${expressions[index]} ~ ${quoteLiteral(formulaStart)} then '''' || ${expressions[index]} else ${expressions[index]} end as ${quoteIdentifier(field)}`
      : exported[index]!,
  )
  const decode = Schema.decodeUnknownSync(schema)
  return {
    /** Arrays and `unnest`: one prepared statement for any number of parts. */
    insert: (jobId: JobId, parts: ReadonlyArray<Stored>): Statement => ({
      text: `
        insert into ${name} (job_id, ${stored.map(columnOf).join(", ")})
        select $1::uuid, * from unnest(${arrays.join(", ")})`,
      parameters: [
        jobId,
        ...stored.map((field) =>
          parts.map(({ [field]: value }) => (typeof value === "string" ? storable(value) : value)),
        ),
      ],
    }),

    page: ({ jobId, owner }, { after, last = endless, limit }) => ({
      text: `
        select ${selected.join(", ")}, ${keyColumn}::float8 as key, fits from (
          select *, coalesce(sum(size) over (${before(1)}), 0) < ${maxPageBytes} as fits,
            coalesce(sum(size) over (${before(2)}), 0) < ${maxPageBytes} as follows
          from (
            select *, octet_length(raw) + ${partBytes} as size from ${name}
            where ${ofJob("$1", "$4")} and ${keyColumn} > $2::bigint and ${keyColumn} <= $5::bigint
            order by ${keyColumn} limit $3::bigint + 1
          ) as part
        ) as part
        where follows order by ${keyColumn}`,
      parameters: [jobId, after, limit, owner, last],
    }),

    itemsOf: (rows, limit) => {
      const fitting = rows.slice(0, limit).filter(({ fits }) => fits === true)
      return {
        items: fitting.map((row) => decode(row)),
        next: rows.length > fitting.length ? Number(fitting.at(-1)?.["key"]) : null,
      }
    },

    count: ({ jobId, owner }, { after, last } = { after: 0, last: endless }) => ({
      text: `
        select count(*)::float8 as kept,
          count(*) filter (where octet_length(raw) between raw_bytes and ${longestWhole})::float8 as whole
        from ${name} where ${ofJob("$1", "$2")} and ${keyColumn} > $3::bigint and ${keyColumn} <= $4::bigint`,
      parameters: [jobId, owner, after, last],
    }),

    lastOfPage: ({ jobId, owner }: JobAccess, after: number, limit: number): Statement => ({
      text: `
        select ${keyColumn}::float8 as number from ${name}
        where ${ofJob("$1", "$4")} and ${keyColumn} > $2::bigint
        order by ${keyColumn} offset $3::bigint - 1 limit 2`,
      parameters: [jobId, after, limit, owner],
    }),

    /** COPY takes no parameters. */
    csv: ({ jobId, owner }: JobAccess, { after, isSafe = false, limit }: CsvSelection): string => `
      copy (
        select ${(isSafe ? safe : exported).join(", ")} from ${name}
        where ${ofJob(quoteLiteral(jobId), owner === null ? "null" : quoteLiteral(owner))} and ${keyColumn} > ${after}
        order by ${keyColumn} limit ${limit ?? "all"}
      ) to stdout with (format csv, header, encoding 'UTF8')`,
  }
}

const StoredReject = Schema.Struct({ ...KeptReject.fields, reason: knownCode(RejectReason, "other") })

const rejects = keptTable<KeptReject>("sluice.reject", StoredReject, "record", {
  record: "bigint",
  line: "bigint",
  column: "bigint",
  byteOffset: "bigint",
  reason: "text",
  message: "text",
  raw: "text",
  rawBytes: "bigint",
  fileUrl: "text",
})

/** A skipped line as it is stored. Its `line` is counted over all files of the job. */
export interface StoredLine extends KeptLine {
  /** Number of the line in its file; `null` if the job has one file. */
  readonly lineInFile: number | null
}

const skipped = keptTable<KeptLine, Pick<StoredLine, keyof StoredLine>>(
  "sluice.skipped_line",
  KeptLine,
  "line",
  {
    kind: "text",
    line: "bigint",
    byteOffset: "bigint",
    raw: "text",
    rawBytes: "bigint",
    fileUrl: "text",
    lineInFile: "bigint",
  },
  { line: "coalesce(line_in_file, line)", lineInFile: null },
)

export const keptTables = { rejects, skipped }
