import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import { Command, Flag } from "effect/cli"
import { JobsPage } from "../../Api/contract/JobListApi.ts"
import { jobFilterFields } from "../../Domain/job/list/JobFilter.ts"
import type { JobPlace } from "../../Domain/job/list/JobList.ts"
import type { JobSummary } from "../../Domain/job/list/JobSummary.ts"
import { checked } from "../checked.ts"
import { fieldFlag } from "../fieldFlag.ts"
import { formatCount } from "../output/formats.ts"
import { placeText } from "../output/placeText.ts"
import { textTable } from "../output/textTable.ts"
import { writeData } from "../output/writeData.ts"
import { everyPage } from "../server/everyPage.ts"
import { ask } from "../server/Server.ts"

/** A flag for every filter of the API. */
const filterFlags = Record.map(jobFilterFields, (field, name) => fieldFlag(name, field))

const stateOf = ({ error, progress, state }: JobSummary): string => {
  if (state === "active")
    return progress.percent === null ? state : `${state} ${Math.floor(progress.percent)} %`
  return error === null ? state : `${state}: ${error.code}`
}

const describe = (jobs: ReadonlyArray<JobSummary>): ReadonlyArray<string> =>
  textTable([
    ["job", "state", "table", "rows", "created", "file"],
    ...jobs.map((job) => [
      job.jobId,
      stateOf(job),
      placeText(job),
      formatCount(job.progress.rowsLoaded),
      DateTime.formatIso(job.createdAt),
      job.fileUrl,
    ]),
  ])

const pageSize = 1000

export const jobs = Command.make(
  "jobs",
  {
    filter: filterFlags,
    limit: Flag.Int("limit").pipe(
      Flag.withDescription("Most jobs to list"),
      Flag.filter(
        (limit) => limit > 0,
        () => "--limit must be at least 1",
      ),
      Flag.withDefault(20),
    ),
  },
  Effect.fnUntraced(function* ({ filter, limit }) {
    const query = yield* checked(Schema.Struct(jobFilterFields), "query", filter)
    const { items, last } = yield* everyPage(
      (after: JobPlace | undefined, most) =>
        ask((client) =>
          Effect.map(
            client.jobList.list({
              query: {
                ...query,
                limit: Math.min(pageSize, most),
                ...(after === undefined ? {} : { after }),
              },
            }),
            ({ body }) => body,
          ),
        ),
      ({ jobs }) => jobs,
      limit,
    )
    yield* writeData(JobsPage, { ...last, jobs: items }, () => describe(items))
  }),
).pipe(
  Command.withDescription("List jobs, newest first."),
  Command.withExamples([
    { command: "sluice jobs --state failed --host example.org", description: "Jobs that failed" },
    { command: "sluice jobs --text trips --limit 100 --json", description: "For a program" },
  ]),
)
