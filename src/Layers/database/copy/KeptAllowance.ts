import * as ByteSize from "effect/ByteSize"
import type { BatchFile } from "../../../Domain/load/CopyBatch.ts"
import { warningInFile } from "../../../Domain/load/inFile.ts"
import { type LoadWarning, loadWarning } from "../../../Domain/load/LoadWarning.ts"

/** About what a row of Postgres takes besides its texts. */
const rowOverhead = 100

/** Limits the rejects and skipped lines that one load stores, in bytes. All are counted. */
export class KeptAllowance {
  /** Those that are not stored. */
  readonly #leftOut = { rejects: 0, skipped: 0 }
  readonly #limit: number
  #bytes = 0
  #first: { readonly line: number; readonly file: BatchFile | undefined } | null = null

  constructor(limit: ByteSize.ByteSize) {
    this.#limit = ByteSize.toNumberUnsafe(limit)
  }

  /** Whether this one may be stored. After one that may not, none may. */
  takes(
    kind: "rejects" | "skipped",
    { file, line }: { readonly line: number; readonly file: BatchFile | undefined },
    ...texts: ReadonlyArray<string>
  ): boolean {
    this.#bytes += texts.reduce((sum, text) => sum + Buffer.byteLength(text), rowOverhead)
    if (this.#bytes <= this.#limit) return true
    this.#leftOut[kind] += 1
    this.#first ??= { line, file }
    return false
  }

  /** A warning if some were left out. */
  get warnings(): ReadonlyArray<LoadWarning> {
    const { rejects, skipped } = this.#leftOut
    if (this.#first === null) return []
    const { file, line } = this.#first
    const warning = loadWarning(
      "rejects_not_kept",
      `From line ${line} on, ${rejects} rejects and ${skipped} skipped lines are counted but not kept, because those before take the most that MAX_REJECTS_KEPT allows.`,
      line,
    )
    return [file === undefined ? warning : warningInFile(warning, file.url)]
  }
}
