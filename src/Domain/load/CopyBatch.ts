import type { Reject } from "./Reject.ts"

/**
 * Whole rows in COPY's binary format, without its header and trailer (Postgres documentation, COPY), and the
 * records between them that were set aside. Rows and rejects together are the file's next records, without a
 * gap: `rows + rejects.length` of them, at least one.
 */
export interface CopyBatch {
  /** Text is UTF-8. The bytes are the receiver's until it calls `release`. */
  readonly bytes: Uint8Array
  readonly rows: number
  /** Number of its first record in the file, from 1, be it a row or a reject. */
  readonly firstRecord: number
  /** In the file's order. */
  readonly rejects: ReadonlyArray<Reject>
  /** Gives the bytes' memory back to the sender, who will write over it. Not to call it costs only memory. */
  readonly release: () => void
}
