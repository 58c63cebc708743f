import type { CsvFile } from "../Csv/ReadCsv.ts"
import type { Findings } from "../Domain/load/Findings.ts"
import type { Meter } from "./Meter.ts"

const headerRepair = ({ headerRepair }: CsvFile): Findings["repairs"] =>
  headerRepair !== null && headerRepair.added > 0 ? { short_header: headerRepair.added } : {}

/** What the reader has found out about its file by now, and what became of its records. */
export const findingsOf = (file: CsvFile, meter: Meter): Findings => ({
  dialect: {
    delimiter: file.dialect.delimiter,
    quote: file.dialect.quote,
    escape: file.dialect.escape,
    comment: file.dialect.comment,
    lineEnding: file.recordEnd,
    skipsBlanks: file.dialect.skipInitialSpace,
    hasHeader: file.hasHeader,
    skippedLines: file.skippedLines,
  },
  encoding: file.encoding(),
  repairs: { ...file.repairs(), ...headerRepair(file) },
  rejects: meter.rejects,
})
