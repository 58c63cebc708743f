import * as Schema from "effect/Schema"
import { JobState } from "../JobState.ts"
import { SourceId } from "../SourceId.ts"
import { time } from "../time.ts"

/** Longer than any name. Postgres cannot store NUL, so nothing matches a text with one. */
const searched = Schema.String.check(Schema.isPattern(/^[^\0]{1,255}$/u))

const ofTime = (description: string) =>
  Schema.optionalKey(
    time(description).annotate({
      mustBe: "given once, as a time such as 2020-05-18T08:00:00Z (in a URL, write + as %2B)",
    }),
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
    searched.annotate({
      mustBe: "given once, as the whole name of a table",
      description: "Only jobs on the table with exactly this name, in any schema.",
    }),
  ),
  host: Schema.optionalKey(
    searched.annotate({
      mustBe: "given once, as the name of a host",
      description:
        "Only jobs whose `fileUrl` has exactly this host, with any port. Upper and lower case are equal.",
    }),
  ),
  sourceId: Schema.optionalKey(
    SourceId.annotate({
      mustBe: "given once, as an id that GET /sources lists",
      description: "Only the runs of this source.",
    }),
  ),
  createdAfter: ofTime("Only jobs created at this time or later."),
  createdBefore: ofTime("Only jobs created before this time."),
  text: Schema.optionalKey(
    Schema.String.check(Schema.isPattern(/^(?=.*[\p{L}\p{N}])[^\0]{1,255}$/su)).annotate({
      mustBe: "given once, as at most 255 characters with a letter or a digit",
      description:
        "Only jobs that have words in `fileUrl` or `table` which begin with the words of this text. Words are letters and digits. Upper and lower case are equal.",
    }),
  ),
}

const JobFilter = Schema.Struct(jobFilterFields)

/** Which jobs a list has: those that match every field. */
export type JobFilter = typeof JobFilter.Type
