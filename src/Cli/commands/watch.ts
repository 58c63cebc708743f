import * as Effect from "effect/Effect"
import { Command } from "effect/cli"
import { followJob } from "../followJob.ts"
import { runJobs } from "../server/Server.ts"
import { jobArgument } from "./jobArgument.ts"
import { showEnd } from "./showJob.ts"

export const watch = Command.make(
  "watch",
  { jobId: jobArgument },
  Effect.fnUntraced(function* ({ jobId }) {
    yield* runJobs
    yield* showEnd(yield* followJob(jobId))
  }),
).pipe(
  Command.withDescription(
    "Follow a job until it ends, and show its end. Exits with 1 if it failed. Ctrl-C stops watching; the job continues.",
  ),
)
