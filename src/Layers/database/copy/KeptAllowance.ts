import * as ByteSize from "effect/ByteSize"
import { type LoadWarning, loadWarning } from "../../../Domain/load/LoadWarning.ts"

/** About what a row of Postgres takes besides its texts. */
const rowOverhead = 100

/** Limits the rejects and skipped lines that one load stores, in bytes. All are counted. */
export class KeptAllowance {
  /** Those that are not stored. */
  readonly #leftOut = { rejects: 0, skipped: 0 }
  readonly #limit: number
  #bytes = 0
  #firstLine: number | null = null

  constructor(limit: ByteSize.ByteSize) {
    this.#limit = ByteSize.toNumberUnsafe(limit)
  }

  /** Whether this one may be stored. After one that may not, none may. */
  takes(kind: "rejects" | "skipped", line: number, ...texts: ReadonlyArray<string>): boolean {
    this.#bytes += texts.reduce((sum, text) => sum + Buffer.byteLength(text), rowOverhead)
    if (this.#bytes <= this.#limit) return true
    this.#leftOut[kind] += 1
    this.#firstLine ??= line
    return false
  }

  /** A warning if some were left out. */
  get warnings(): ReadonlyArray<LoadWarning> {
    const { rejects, skipped } = this.#leftOut
    return this.#firstLine === null
      ? []
      : [
          loadWarning(
            "rejects_not_kept",
            `From line ${this.#firstLine} on, ${rejects} rejects and ${skipped} skipped lines are counted but not kept, because those before take the most that MAX_REJECTS_KEPT allows.`,
            this.#firstLine,
          ),
        ]
  }
}
