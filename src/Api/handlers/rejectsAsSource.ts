import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { HttpApiSchema } from "effect/http-api"
import type { Job } from "../../Domain/job/Job.ts"
import { isFinal } from "../../Domain/job/JobState.ts"
import { Jobs } from "../../Domain/job/Jobs.ts"
import { headerText, recordsText } from "../../Domain/load/rejectedText.ts"
import { Caller } from "../../Domain/service/Caller.ts"
import { maxPageSize, type RejectsQuery } from "../contract/JobRejects.ts"
import { NoRejectsAsSource } from "../contract/problems/Problems.ts"
import { attachment } from "../http/attachment.ts"
import { invalidRequest } from "../http/input/RequestIssues.ts"
import { askRejects } from "./askRejects.ts"

type Query = { readonly [K in keyof typeof RejectsQuery]?: (typeof RejectsQuery)[K]["Type"] | undefined }

const onlyRejects = invalidRequest([
  {
    in: "query",
    field: "format",
    message: "format=source returns all rejects: give neither kind=skipped nor limit nor safe",
  },
])

const onlyWithSource = invalidRequest([
  {
    in: "query",
    field: "file",
    message: "file is for format=source: other formats name the file of each record",
  },
])

/** Refuses parameters that have no meaning in the format. */
export const formatFits = ({ file, format, kind = "rejects", limit, safe }: Query) => {
  if (format !== "source") return file === undefined ? Effect.void : Effect.fail(onlyWithSource)
  return kind === "rejects" && limit === undefined && safe === undefined
    ? Effect.void
    : Effect.fail(onlyRejects)
}

/** Each file has its own header and format, so rejects of several cannot be one file. */
const whichFile = (files: number) =>
  invalidRequest([
    {
      in: "query",
      field: "file",
      message:
        files === 1
          ? "the job has one file: omit file, or give file=1"
          : `format=source is for the rejects of one file, and the job has ${files}: give file=1 to file=${files}`,
    },
  ])

/** How the file was read whose rejects are asked for. */
const readingOf = ({ dialect, fileUrls, files, progress }: Job, file: number | undefined) => {
  if (fileUrls.length === 1)
    return (file ?? 1) === 1 ? { selection: undefined, dialect, rejected: progress.rowsRejected } : null
  const fileUrl = file === undefined ? undefined : fileUrls[file - 1]
  if (fileUrl === undefined) return null
  // Records are numbered over all files, and each is a row or a reject.
  let after = 0
  for (const reading of files ?? []) {
    const last = after + reading.rows + reading.rejected
    if (reading.fileUrl === fileUrl)
      return {
        selection: { fileUrl, after, last },
        dialect: reading.dialect,
        rejected: reading.rejected,
      }
    after = last
  }
  return { selection: undefined, dialect: null, rejected: 0 }
}

/** Why a job's rejects cannot be returned as their file has them. */
const noSource = ({ jobId, state, unchanged }: Job) => {
  const reason = !isFinal(state)
    ? `is ${state}: its rejected records are stored when it is completed. Wait for that with /job_status?jobId=${jobId}&wait=30.`
    : state !== "completed"
      ? `is ${state}: nothing of its file was loaded, so all of it can be loaded again.`
      : unchanged
        ? "found its file unchanged, and read no records. Use the run that loaded the file."
        : "was loaded by an older version, which did not keep the header. Use format=csv: its column raw has the records."
  return new NoRejectsAsSource({ jobId, state, detail: `Job ${jobId} ${reason}` })
}

/** All rejects of one file as the file has them, read page by page while they are sent. */
export const rejectsAsSource = Effect.fnUntraced(function* (job: Job, { after = 0, file }: Query) {
  const { fileUrls, jobId, state } = job
  if (state !== "completed") return yield* noSource(job)
  const reading = readingOf(job, file)
  if (reading === null) return yield* whichFile(fileUrls.length)
  const { dialect, rejected, selection } = reading
  if (dialect === null) return yield* noSource(job)
  const jobs = yield* Jobs
  const { header, whole } = yield* askRejects(jobs.rejectedFile(jobId, selection))
  if (header === null && dialect.hasHeader && rejected > 0) return yield* noSource(job)
  const leftOut = rejected - whole
  const first = headerText(dialect, header ?? [])
  const caller = yield* Caller
  const start = Math.max(after, selection?.after ?? 0)
  const name = ["rejected_source", ...(file === undefined ? [] : [file]), jobId].join("_")
  const end = selection === undefined ? {} : { last: selection.last }
  const pages = Stream.paginate(start, (from) =>
    jobs.rejects(jobId, { after: from, limit: maxPageSize, ...end }).pipe(
      Effect.provideService(Caller, caller),
      Effect.orDie,
      Effect.map(({ items, next }) => [[recordsText(dialect, items)], Option.fromNullOr(next)]),
    ),
  )
  return HttpApiSchema.withHeaders({
    body: Stream.encodeText(Stream.concat(Stream.succeed(first), pages)),
    headers: {
      "content-disposition": attachment(`${name}.csv`),
      ...(leftOut === 0 ? {} : { "x-records-left-out": String(leftOut) }),
    },
  })
})
