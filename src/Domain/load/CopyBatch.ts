import type { Reject } from "./Reject.ts"

/**
 * Whole rows in COPY's binary format, without its header and trailer (Postgres documentation, COPY), and the rejects
 * between them. Rows and rejects together are the file's next records without a gap: `rows + rejects.length` of them, at
 * least one.
 */
export interface CopyBatch {
  /** Text is UTF-8. The receiver owns the bytes until it calls `release`. */
  readonly bytes: Uint8Array
  readonly rows: number
  /** Number in the file of the first record, row or reject, from 1. */
  readonly firstRecord: number
  /** In the file's order. */
  readonly rejects: ReadonlyArray<Reject>
  /** Returns the memory of the bytes to the sender, which reuses it. Calling it is optional and saves memory. */
  readonly release: () => void
}
