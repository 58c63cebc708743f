import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as Struct from "effect/Struct"
import { invalidName } from "../../load/columns/SqlIdentifier.ts"
import { separatedName } from "../../load/columns/TableName.ts"
import { defaultTarget } from "../../load/columns/target/RecordedTarget.ts"
import { TargetName } from "../../load/columns/target/TargetName.ts"
import { JobState } from "../JobState.ts"
import { SourceId } from "../SourceId.ts"

/** Longer than any name. Postgres cannot store NUL, so nothing matches a text with one. */
const searched = Schema.String.check(Schema.isPattern(/^[^\0]{1,255}$/u))

/** The host of a URL as a URL has it: in lower case, in ASCII, without a port. */
const hostIn = (text: string): string | undefined => URL.parse(`http://${text}/`)?.hostname

const HostName = searched
  .annotate({
    description:
      "Only jobs with a file from exactly this host, with any port. Upper and lower case are equal.",
  })
  .check(
    Schema.isPattern(/^(?:\[[\da-f:.]+\]|[^\s/:?#@\\[\]]+)$/iu),
    Schema.makeFilter((text: string) => hostIn(text) !== undefined),
  )
  .pipe(
    Schema.decodeTo(
      Schema.String,
      SchemaTransformation.transform({ decode: (text) => hostIn(text) ?? text, encode: (host) => host }),
    ),
    Schema.annotate({
      mustBe: "given once, as the name of a host without a scheme and a port, such as data.example",
    }),
  )

const FilterTable = Schema.String.annotate({
  description: "Only jobs on the table with exactly this name, in any schema.",
}).check(
  Schema.makeFilter((name: string) => {
    if (invalidName(name) !== undefined) return false
    const separated = separatedName(name)
    return separated === undefined
      ? true
      : `a dot does not separate a schema from a table here: give table=${separated.table}, which finds its jobs in all schemas`
  }),
)

const timePattern = /^(\d{4}-\d\d)-(\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?:Z|[+-]\d\d:\d\d))?$/

/** Refuses the 30th of February, which would be read as a day of March, and other times that no calendar and no clock has. */
const isInCalendar = Schema.makeFilter((text: string) => {
  const [, month, day, time] = timePattern.exec(text) ?? []
  if (month === undefined) return true
  const firstDay = new Date(`${month}-01T00:00:00Z`)
  if (Number.isNaN(firstDay.getTime())) return `there is no month ${month}`
  const days = new Date(Date.UTC(firstDay.getUTCFullYear(), firstDay.getUTCMonth() + 1, 0)).getUTCDate()
  if (Number(day) < 1 || Number(day) > days)
    return `there is no day ${month}-${day}: the month has ${days} days`
  return Number.isNaN(Date.parse(text)) ? `there is no time ${time} of a day, or no such time zone` : true
})

/** Postgres has no year 0, and ISO 8601 writes years after 9999 with a sign. */
const isCommonYear = Schema.makeFilter((time: DateTime.Utc) => {
  const year = DateTime.getPartUtc(time, "year")
  return year >= 1 && year <= 9999
})

const ofTime = (description: string) =>
  Schema.optionalKey(
    Schema.String.annotate({ format: "date-time", description })
      .check(Schema.isPattern(timePattern), isInCalendar)
      .pipe(
        Schema.decodeTo(Schema.DateTimeUtc, SchemaTransformation.dateTimeUtcFromString),
        Schema.check(isCommonYear),
        Schema.annotate({
          mustBe: "given once, as a time such as 2020-05-18T08:00:00Z (in a URL, write + as %2B)",
        }),
      ),
  )

/** The fields that choose the jobs of a list. */
export const jobFilterFields = {
  state: Schema.optionalKey(
    JobState.annotate({
      mustBe: `given once, as one of ${JobState.literals.join(", ")}`,
      description: "Only jobs in this state.",
    }),
  ),
  table: Schema.optionalKey(
    FilterTable.annotate({
      mustBe: "given once, as the whole name of a table, of 1 to 63 bytes",
    }),
  ),
  target: Schema.optionalKey(
    TargetName.annotate({
      mustBe: "given once, as the name of a database for tables",
      description: `Only jobs on tables in the database with this name; ${defaultTarget} is that of requests without one.`,
    }),
  ),
  host: Schema.optionalKey(HostName),
  sourceId: Schema.optionalKey(
    SourceId.annotate({
      mustBe: "given once, as an id that GET /sources lists",
      description: "Only the runs of this source.",
    }),
  ),
  createdAfter: ofTime("Only jobs created at this time or later."),
  createdBefore: ofTime("Only jobs created before this time."),
  text: Schema.optionalKey(
    Schema.String.check(
      Schema.isPattern(/^(?!.*\0)(?=.{1,255}$)[^\p{L}\p{N}]*(?:[\p{L}\p{N}]+(?:[^\p{L}\p{N}]+|$)){1,8}$/su),
    ).annotate({
      mustBe: "given once, as at most 255 characters with one to eight words of letters and digits",
      description:
        "Only jobs that have words in `fileUrls` or `table` which begin with the words of this text; words of one or two characters must be the whole word. Words are letters and digits. Upper and lower case are equal.",
    }),
  ),
}

/** The same, but for words, which only the database compares: they choose the jobs of a stream of changes. */
export const changeFilterFields = Struct.omit(jobFilterFields, ["text"])

const ChangeFilter = Schema.Struct(changeFilterFields)

/** Which jobs a stream of changes has: those that match every field. */
export type ChangeFilter = typeof ChangeFilter.Type

const JobFilter = Schema.Struct(jobFilterFields)

/** Which jobs a list has: those that match every field. */
export type JobFilter = typeof JobFilter.Type
