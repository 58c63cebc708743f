import * as Effect from "effect/Effect"
import type { JobId } from "../../../Domain/job/Job.ts"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import { longestRaw, type Reject } from "../../../Domain/load/Reject.ts"
import * as RejectStatements from "../jobs/RejectStatements.ts"
import type { LoadSession } from "../session/LoadSession.ts"

/** Of either so much is stored in one go: some milliseconds' work for the server, and little memory. */
const mostRecords = 1000
const mostText = 128 * longestRaw

/** Records that were set aside and wait for the end of a COPY to be stored. */
export class WaitingRejects {
  #waiting: Array<Reject> = []
  #text = 0

  add(rejects: ReadonlyArray<Reject>): void {
    for (const reject of rejects) {
      this.#waiting.push(reject)
      this.#text += reject.raw.length + reject.message.length
    }
  }

  /** Whether they are many enough to end a COPY for. */
  get isFull(): boolean {
    return this.#waiting.length >= mostRecords || this.#text >= mostText
  }

  /** All of them, which wait no longer. */
  take(): ReadonlyArray<Reject> {
    const taken = this.#waiting
    this.#waiting = []
    this.#text = 0
    return taken
  }
}

/** Stores rejects in the session's transaction; answers how many the server has stored. */
export const storeRejects = Effect.fnUntraced(function* (
  session: LoadSession,
  jobId: JobId,
  rejects: ReadonlyArray<Reject>,
): Effect.fn.Return<number, LoadError> {
  let stored = 0
  // One batch of the reader may bring more of them than a statement should.
  for (let from = 0; from < rejects.length; from += mostRecords) {
    const { parameters, text } = RejectStatements.insert(jobId, rejects.slice(from, from + mostRecords))
    const [rows] = yield* session.run(text, parameters)
    stored += rows ?? 0
  }
  return stored
})
