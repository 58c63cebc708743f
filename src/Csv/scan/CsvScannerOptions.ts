import type { OnBadRow } from "../../Domain/load/options/LoadOptions.ts"
import type { Dialect } from "../record/Dialect.ts"
import type { HeaderLayout } from "../record/HeaderLayout.ts"

export interface CsvScannerOptions {
  readonly dialect: Dialect
  /** Largest record in bytes, without its line ending. */
  readonly maxRecordSize: number
  /** Offset of the first chunk in the file. */
  readonly offset: number
  /** Lines before the header. */
  readonly skipLines?: number
  /** A line that starts with the comment character and has the table's width is a record. */
  readonly keepsFullComments?: boolean
  /** Records that the header consists of, if there is one; the default is 1. */
  readonly headerRows?: number
  /** The line after the header is skipped. */
  readonly unitsRow?: boolean
  /** Whether there is a header, and how wide. */
  readonly layout?: HeaderLayout
  /** Another table in the file is known, so none is looked for. */
  readonly knowsOtherTable?: boolean
  /** Batches can find the records of their rows in the file. */
  readonly findsRows?: boolean
  /** What to do with records that cannot be loaded; the default is to fail. */
  readonly onBadRow?: OnBadRow
  /** Bytes from which the SIMD path is used; `Infinity`: never. */
  readonly vectorFrom?: number
}
