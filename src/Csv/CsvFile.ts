import type * as Stream from "effect/Stream"
import type { CopyBatch } from "../Domain/load/CopyBatch.ts"
import type { Findings } from "../Domain/load/Findings.ts"
import type { LoadError } from "../Domain/load/LoadError.ts"
import type { Dialect } from "./record/Dialect.ts"
import type { HeaderRepair } from "./record/HeaderLayout.ts"

/** How a file was read, as jobs and previews report it. */
export interface CsvSummary extends Pick<Findings, "dialect" | "encoding" | "repairs"> {
  /** Records in the batches so far, rows and rejects. */
  readonly records: number
}

/** A CSV file that has been read up to the end of its header. */
export interface CsvFile {
  /** The header's cells as they stand in the file, or the generated names if the file has no header. */
  readonly header: ReadonlyArray<string>
  readonly dialect: Dialect
  /** How the header was adapted to the width of the records; `null` if it was not. */
  readonly headerRepair: HeaderRepair | null
  /**
   * How the file has been read so far. Final after the last batch: until then the counts grow, and the encoding may
   * change from UTF-8 to another one when the first byte outside ASCII is read.
   */
  readonly summary: () => CsvSummary
  /** Rows and rejects, to be consumed once; no batch is empty. Rows before an error are emitted before it. */
  readonly batches: Stream.Stream<CopyBatch, LoadError>
}
