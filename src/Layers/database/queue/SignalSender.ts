import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { JobId } from "../../../Domain/job/Job.ts"
import { notifyAll } from "./Signals.ts"
import { signalInBackground } from "./signalInBackground.ts"

/** Sends what other processes should know soon, in the background, one statement for all signals of a moment. */
export class SignalSender extends Context.Service<
  SignalSender,
  {
    /** A new job may be claimed. A replica is woken for each. */
    readonly ready: Effect.Effect<void>
    readonly changed: (jobId: JobId) => Effect.Effect<void>
  }
>()("sluice/Layers/queue/SignalSender") {
  static readonly layer = Layer.effect(
    SignalSender,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const add = yield* signalInBackground<JobId | null>({
        send: (added) => {
          const changed = new Set(added.filter((jobId) => jobId !== null))
          return notifyAll(sql, added.filter((jobId) => jobId === null).length, [...changed])
        },
        lost: "signals are lost: new jobs are left to the workers' polls, changed jobs to the next look at them",
      })
      return SignalSender.of({ ready: add(null), changed: add })
    }),
  )
}
