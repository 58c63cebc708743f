import * as Effect from "effect/Effect"
import type { JobId } from "../../../Domain/job/Job.ts"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import { longestRaw, type Reject } from "../../../Domain/load/Reject.ts"
import * as RejectStatements from "../jobs/RejectStatements.ts"
import type { LoadSession } from "../session/LoadSession.ts"

/** Limits of one insert, in rejects and in characters: some milliseconds of the server's time and little memory. */
const maxRejects = 1000
const maxText = 128 * longestRaw

/** Rejects that will be stored when the current COPY ends. */
export class RejectBuffer {
  #rejects: Array<Reject> = []
  #text = 0

  add(rejects: ReadonlyArray<Reject>): void {
    for (const reject of rejects) {
      this.#rejects.push(reject)
      this.#text += reject.raw.length + reject.message.length
    }
  }

  /** Whether the COPY should end now. */
  get isFull(): boolean {
    return this.#rejects.length >= maxRejects || this.#text >= maxText
  }

  /** Empties the buffer. */
  take(): ReadonlyArray<Reject> {
    const taken = this.#rejects
    this.#rejects = []
    this.#text = 0
    return taken
  }
}

/** Stores rejects in the session's transaction. Returns how many the server has stored. */
export const storeRejects = Effect.fnUntraced(function* (
  session: LoadSession,
  jobId: JobId,
  rejects: ReadonlyArray<Reject>,
): Effect.fn.Return<number, LoadError> {
  let stored = 0
  // One batch of the reader may exceed the limit of one insert.
  for (let from = 0; from < rejects.length; from += maxRejects) {
    const some = rejects.slice(from, from + maxRejects)
    const [rows] = yield* session.run(RejectStatements.insert(jobId, some))
    stored += rows ?? 0
  }
  return stored
})
