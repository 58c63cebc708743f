import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Command, Flag } from "effect/cli"
import { RejectsPage, SkippedPage } from "../../Api/contract/JobRejects.ts"
import type { JobId } from "../../Domain/job/Job.ts"
import { usageError } from "../CommandFailed.ts"
import { describeReject, describeSkipped } from "../output/describeKept.ts"
import { counted } from "../output/formats.ts"
import { Screen } from "../output/Screen.ts"
import { writeBytes } from "../output/writeBytes.ts"
import { writeData } from "../output/writeData.ts"
import { everyPage } from "../server/everyPage.ts"
import { Json } from "../server/ServerFlags.ts"
import { ask } from "../server/Server.ts"
import { jobArgument } from "./jobArgument.ts"

type Kind = "rejects" | "skipped"

/** Records or lines in one request. */
const limit = 1000

type Page = typeof RejectsPage.Type | typeof SkippedPage.Type

const isRejects = (page: object): page is typeof RejectsPage.Type => "rejects" in page
const isSkipped = (page: object): page is typeof SkippedPage.Type => "skipped" in page

const everyKept = <P extends Page, A>(
  jobId: JobId,
  kind: Kind,
  isKind: (page: object) => page is P,
  itemsOf: (page: P) => ReadonlyArray<A>,
) =>
  everyPage(
    (after: number | undefined) =>
      ask((client) =>
        Effect.flatMap(
          client.jobs.rejects({
            query: { jobId, kind, format: "json", limit, ...(after === undefined ? {} : { after }) },
          }),
          (page) => (isKind(page) ? Effect.succeed(page) : Effect.die(new Error("a page of another kind"))),
        ),
      ),
    itemsOf,
  )

const writeFile = Effect.fnUntraced(function* (
  jobId: JobId,
  kind: Kind,
  format: "csv" | "source",
  file: number | undefined,
) {
  const query = { jobId, kind, format, ...(file === undefined ? {} : { file }) }
  const found = yield* ask((client) => client.jobs.rejects({ query }))
  if (!("body" in found)) return yield* Effect.die(new Error("no CSV"))
  yield* writeBytes(found.body)
  const leftOut = Number(found.headers["x-records-left-out"] ?? 0)
  if (leftOut > 0)
    yield* (yield* Screen).say(
      `${counted(leftOut, "rejected record")} left out: longer than 8 KiB, or more than the server keeps`,
    )
})

export const rejects = Command.make(
  "rejects",
  {
    jobId: jobArgument,
    kind: Flag.Literals("kind", ["rejects", "skipped"]).pipe(
      Flag.withDescription("Rejected records, or the lines that are neither records nor the header"),
      Flag.withDefault("rejects"),
    ),
    csv: Flag.Boolean("csv").pipe(
      Flag.withDescription("Write CSV, with the place and the reason of each"),
      Flag.withDefault(false),
    ),
    source: Flag.Boolean("source").pipe(
      Flag.withDescription(
        "Write the records as their file has them, below its header, so that you can correct them and load them with --mode append",
      ),
      Flag.withDefault(false),
    ),
    file: Flag.Int("file").pipe(
      Flag.withDescription(
        "With --source, the file of a job with several files, by its number from 1: each has its own header and format",
      ),
      Flag.filter(
        (file) => file > 0,
        () => "--file must be at least 1",
      ),
      Flag.optional,
      Flag.map(Option.getOrUndefined),
    ),
  },
  Effect.fnUntraced(function* ({ csv, file, jobId, kind, source }) {
    if ([csv, source, yield* Json].filter(Boolean).length > 1)
      return yield* usageError("--csv, --source and --json are three formats: give one of them")
    if (source && kind === "skipped")
      return yield* usageError("--source writes rejected records: leave --kind skipped out")
    if (file !== undefined && !source)
      return yield* usageError("--file is for --source: the other formats name the file of each record")
    if (csv || source) return yield* writeFile(jobId, kind, csv ? "csv" : "source", file)
    if (kind === "rejects") {
      const { items, last } = yield* everyKept(jobId, kind, isRejects, (page) => page.rejects)
      return yield* writeData(RejectsPage, { ...last, rejects: items }, () => items.flatMap(describeReject))
    }
    const { items, last } = yield* everyKept(jobId, kind, isSkipped, (page) => page.skipped)
    yield* writeData(SkippedPage, { ...last, skipped: items }, () => items.map(describeSkipped))
  }),
).pipe(
  Command.withDescription(
    "Write the rejected records of a job with their lines and reasons, or its skipped lines.",
  ),
  Command.withExamples([
    {
      command: "sluice rejects JOB --source > rejects.csv",
      description: "Then correct rejects.csv, and load it with --mode append into the same table",
    },
    {
      command: "sluice rejects JOB --source --file 2 > rejects.csv",
      description: "Those of the second file of a job with several files",
    },
  ]),
)
