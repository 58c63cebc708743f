import * as Effect from "effect/Effect"
import type { CsvOptions } from "../../Domain/load/options/CsvOptions.ts"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import type { LoadWarning } from "../../Domain/load/LoadWarning.ts"
import {
  type Detected,
  detectDialect,
  firstLook,
  type LineEnding,
  usualComment,
} from "../detect/detectDialect.ts"
import { type Dialect, standard } from "../record/Dialect.ts"
import { type HeaderLayout, type HeaderRepair, plainLayout } from "../record/HeaderLayout.ts"
import { lastLinesStart } from "../record/lastLinesStart.ts"
import { firstLinesEnd } from "../record/firstLinesEnd.ts"
import type { Sample } from "../record/Sample.ts"
import type { Lookahead } from "./Lookahead.ts"

/** Size of the largest sample in bytes. */
const sampleSize = 1024 * 1024

/** How a file is read: the user's options, and what was detected for the rest. */
export interface FileFormat {
  readonly dialect: Dialect
  readonly layout: HeaderLayout
  /** `null`: the header has as many cells as the records. */
  readonly headerRepair: HeaderRepair | null
  /** Lines before the header. */
  readonly skipLines: number
  /** Records that the header consists of. */
  readonly headerRows: number
  /** Whether the line below the header is skipped, because it has units. */
  readonly unitsRow: boolean
  /** That line, from 1, if it was detected; else `null`. */
  readonly unitsLine: number | null
  /** Line ending of the records in the sample; `null`: there was none, or nothing was detected. */
  readonly lineEnding: LineEnding | null
  readonly warnings: ReadonlyArray<LoadWarning>
}

/** The format of a file in a known dialect, with its header in the first line. */
export const formatOf = (dialect: Dialect): FileFormat => ({
  dialect,
  layout: plainLayout,
  headerRepair: null,
  skipLines: 0,
  headerRows: 1,
  unitsRow: false,
  unitsLine: null,
  lineEnding: null,
  warnings: [],
})

/** A character that already has another meaning cannot start comments. */
const commentOf = ({ comment, delimiter, escape, quote }: CsvOptions): string | null | undefined =>
  comment === undefined && [delimiter, quote, escape].includes(usualComment) ? null : comment

/** The lines of a sample that the user does not skip. The end of the file may not be in the sample. */
const tableOf = ({ bytes, isWhole }: Sample, { skipFooter = 0, skipLines = 0 }: CsvOptions): Uint8Array => {
  const end = isWhole && skipFooter > 0 ? lastLinesStart(bytes, skipFooter) : bytes.length
  return bytes.subarray(firstLinesEnd(bytes, skipLines), end)
}

/** Whether the user described the header, which then starts in the first line that is not skipped. */
const isHeaderGiven = ({ headerRows = 1, skipLines, unitsRow = false }: CsvOptions): boolean =>
  skipLines !== undefined || headerRows > 1 || unitsRow

const detect = (sample: Sample, larger: Effect.Effect<Sample, LoadError> | undefined, options: CsvOptions) =>
  detectDialect(
    tableOf(sample, options),
    {
      isWhole: sample.isWhole,
      delimiter: options.delimiter,
      quote: options.quote,
      escape: options.escape,
      comment: commentOf(options),
      hasPreamble: !isHeaderGiven(options),
      linesBefore: options.skipLines,
      hasHeader: options.header,
      headerRows: options.headerRows,
      unitsRow: options.unitsRow,
    },
    larger && Effect.map(larger, (text) => ({ ...text, bytes: tableOf(text, options) })),
  )

const combined = (detected: Detected, options: CsvOptions): FileFormat => {
  const hasHeader = options.header === "auto" ? detected.hasHeader : (options.header ?? true)
  return {
    dialect: {
      delimiter: detected.delimiter,
      quote: detected.quote,
      escape: detected.escape,
      recordEnd: detected.recordEnd,
      skipInitialSpace: detected.skipInitialSpace,
      comment: detected.comment,
      nulls: standard.nulls,
      nullValues: options.nullValues ?? standard.nullValues,
    },
    skipLines: options.skipLines ?? detected.skipLines,
    headerRows: hasHeader ? detected.headerRows : 1,
    unitsRow: hasHeader && (options.unitsRow ?? detected.unitsLine !== null),
    unitsLine: hasHeader ? detected.unitsLine : null,
    layout: {
      hasHeader,
      columns: detected.columns,
      width: detected.width,
      surplus: detected.headerRepair?.surplus ?? "last",
      optionalColumns: detected.optionalColumns,
    },
    headerRepair: hasHeader ? detected.headerRepair : null,
    lineEnding: detected.lineEnding,
    warnings: detected.warnings,
  }
}

/**
 * Detects the format of a file from its first 64 KiB if they leave no doubt, else from its first megabyte; from less if
 * the file or the time for sampling ends before. Leaves the text unread.
 */
export const detectFormat = Effect.fnUntraced(function* (text: Lookahead, options: CsvOptions) {
  const first = yield* text.peek(firstLook)
  const larger = first.bytes.length < firstLook ? undefined : text.peek(sampleSize)
  // Of many skipped lines, the first bytes may hold nothing else.
  const isTableLater = larger !== undefined && tableOf(first, options).length < firstLook / 2
  const detected = isTableLater ? detect(yield* larger, undefined, options) : detect(first, larger, options)
  return combined(yield* detected, options)
})
