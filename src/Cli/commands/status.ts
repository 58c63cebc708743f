import * as Effect from "effect/Effect"
import { Command } from "effect/cli"
import { ask } from "../server/Server.ts"
import { jobArgument } from "./jobArgument.ts"
import { showJob } from "./showJob.ts"

export const status = Command.make(
  "status",
  { jobId: jobArgument },
  Effect.fnUntraced(function* ({ jobId }) {
    yield* showJob(yield* ask((client) => client.jobs.status({ query: { jobId } })))
  }),
).pipe(Command.withDescription("Show a job: its state, progress, table and warnings."))
