import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { Command, Flag } from "effect/cli"
import type { RejectsPage, SkippedPage } from "../../Api/contract/JobRejects.ts"
import type { JobId } from "../../Domain/job/Job.ts"
import { KeptReject } from "../../Domain/load/Reject.ts"
import { KeptLine } from "../../Domain/load/SkippedLine.ts"
import { CommandFailed } from "../CommandFailed.ts"
import { describeReject, describeSkipped } from "../output/describeKept.ts"
import { writeData } from "../output/writeData.ts"
import { everyPage } from "../server/everyPage.ts"
import { ask } from "../server/Server.ts"
import { jobArgument } from "./jobArgument.ts"

type Kind = "rejects" | "skipped"

/** Records or lines in one request. */
const limit = 1000

/** One page of the client's response to a request for JSON. */
type Page = typeof RejectsPage.Type | typeof SkippedPage.Type

const pagesOf = <A>(jobId: JobId, kind: Kind, itemsOf: (page: Page) => ReadonlyArray<A>) =>
  everyPage((after: number | undefined) =>
    ask((client) =>
      Effect.flatMap(
        client.jobs.rejects({
          query: { jobId, kind, format: "json", limit, ...(after === undefined ? {} : { after }) },
        }),
        (page) =>
          "body" in page
            ? Effect.die(new Error("the response to a request for JSON is CSV"))
            : Effect.succeed({ items: itemsOf(page), next: page.next }),
      ),
    ),
  )

const writeCsv = Effect.fnUntraced(function* (jobId: JobId, kind: Kind) {
  const { stdout } = yield* Stdio.Stdio
  const page = yield* ask((client) => client.jobs.rejects({ query: { jobId, kind, format: "csv" } }))
  if (!("body" in page)) return yield* Effect.die(new Error("no CSV"))
  yield* Stream.run(page.body, stdout({ endOnDone: false })).pipe(
    Effect.mapError(
      () => new CommandFailed({ message: "the connection broke before the end", exit: "unavailable" }),
    ),
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
  },
  Effect.fnUntraced(function* ({ csv, jobId, kind }) {
    if (csv) return yield* writeCsv(jobId, kind)
    return kind === "rejects"
      ? yield* writeData(
          Schema.Array(KeptReject),
          yield* pagesOf(jobId, kind, (page) => ("rejects" in page ? page.rejects : [])),
          (found) => found.flatMap(describeReject),
        )
      : yield* writeData(
          Schema.Array(KeptLine),
          yield* pagesOf(jobId, kind, (page) => ("skipped" in page ? page.skipped : [])),
          (found) => found.map(describeSkipped),
        )
  }),
).pipe(
  Command.withDescription(
    "Write the rejected records of a job with their lines and reasons, or its skipped lines.",
  ),
)
