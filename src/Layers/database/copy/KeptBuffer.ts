import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import type { JobId } from "../../../Domain/job/Job.ts"
import type { CopyBatch } from "../../../Domain/load/CopyBatch.ts"
import { type KeptReject, longestRaw } from "../../../Domain/load/Reject.ts"
import { keptTables, type StoredLine } from "../jobs/KeptTable.ts"
import type { Statement } from "../postgres/Statement.ts"
import type { LoadSession } from "../session/LoadSession.ts"
import type { KeptAllowance } from "./KeptAllowance.ts"
import { wrongCount } from "./LineBalance.ts"

/** Limits of one insert, in parts and in characters: some milliseconds of the server's time and little memory. */
const maxParts = 1000
const maxText = 128 * longestRaw

/** Parts of the file that are stored as text besides the rows. */
export type Kept = Pick<CopyBatch, "file" | "rejects" | "skipped">

export const nothingKept: Kept = { rejects: [], skipped: [] }

/** Rejects and skipped lines that wait for the end of a COPY. */
export class KeptBuffer {
  readonly #rejects: Array<KeptReject> = []
  readonly #skipped: Array<StoredLine> = []
  readonly #allowance: KeptAllowance
  readonly #leftOut = { rejects: 0, skipped: 0 }
  #text = 0

  constructor(allowance: KeptAllowance) {
    this.#allowance = allowance
  }

  get isFull(): boolean {
    return this.#rejects.length + this.#skipped.length >= maxParts || this.#text >= maxText
  }

  add({ file, rejects, skipped }: Kept): void {
    const fileUrl = file?.url ?? null
    for (const reject of rejects) {
      if (
        !this.#allowance.takes(
          "rejects",
          { line: reject.line, file },
          reject.raw,
          reject.message,
          fileUrl ?? "",
        )
      ) {
        this.#leftOut.rejects += 1
        continue
      }
      this.#rejects.push({ ...reject, fileUrl })
      this.#text += reject.raw.length + reject.message.length
    }
    for (const line of skipped) {
      if (!this.#allowance.takes("skipped", { line: line.line, file }, line.raw, fileUrl ?? "")) {
        this.#leftOut.skipped += 1
        continue
      }
      this.#skipped.push({
        ...line,
        fileUrl,
        line: line.line + (file?.linesBefore ?? 0),
        lineInFile: file === undefined ? null : line.line,
      })
      this.#text += line.raw.length
    }
  }

  /**
   * Stores everything that the allowance permits. Fails unless the server stored each part exactly once. Returns its counts,
   * and those of the parts that were left out.
   */
  readonly store = Effect.fnUntraced({ self: this }, function* (session: LoadSession, jobId: JobId) {
    const insertAll = Effect.fnUntraced(function* <A>(
      what: string,
      parts: ReadonlyArray<A>,
      insert: (jobId: JobId, parts: ReadonlyArray<A>) => Statement,
    ) {
      let stored = 0
      // One batch of the reader may exceed the limit of one insert.
      for (const some of Arr.chunksOf(parts, maxParts)) {
        const [count] = yield* session.run(insert(jobId, some))
        stored += count ?? 0
      }
      return stored === parts.length ? stored : yield* wrongCount(what, parts.length, stored)
    })
    return {
      rejects:
        this.#leftOut.rejects + (yield* insertAll("rejects", this.#rejects, keptTables.rejects.insert)),
      skipped:
        this.#leftOut.skipped + (yield* insertAll("skipped lines", this.#skipped, keptTables.skipped.insert)),
    }
  })
}
