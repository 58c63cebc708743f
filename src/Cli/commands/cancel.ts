import * as Effect from "effect/Effect"
import { Command } from "effect/cli"
import { ask } from "../server/Server.ts"
import { jobArgument } from "./jobArgument.ts"
import { showJob } from "./showJob.ts"

export const cancel = Command.make(
  "cancel",
  { jobId: jobArgument },
  Effect.fnUntraced(function* ({ jobId }) {
    yield* showJob(yield* ask((client) => client.jobs.cancel({ query: { jobId }, payload: null })))
  }),
).pipe(Command.withDescription("Cancel a job that waits or runs. Nothing of it remains."))
