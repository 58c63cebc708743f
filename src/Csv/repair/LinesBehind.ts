import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"
import { lineEnd } from "../record/ByteKinds.ts"
import { RecordLexer } from "./RecordLexer.ts"
import type { ScanRules } from "../record/ScanRules.ts"

/** How many physical lines, each read by itself, are what. Blank lines are not counted. */
export interface LineCounts {
  /** Records with the table's number of fields. */
  readonly records: number
  /** Lines at whose end a quote is open: the beginning of a record perhaps. */
  readonly open: number
  /** Lines that are neither. */
  readonly others: number
}

/**
 * Reads the lines that begin in `bytes[from, to)` and end there, or at `to` itself, each as if a record began with it.
 *
 * @param most lines to look at
 */
export const linesBehind = (
  rules: ScanRules,
  bytes: Uint8Array,
  from: number,
  to: number,
  { columns, most }: { readonly columns: number; readonly most: number },
): LineCounts => {
  const counts = { records: 0, open: 0, others: 0 }
  let start = from
  for (let n = 0; n < most && start < to;) {
    if (bytes[start] === lineFeed && bytes[start - 1] === carriageReturn) start++
    const end = lineEnd(bytes, start, to, rules.unquoted)
    if (end > start) {
      const lexer = new RecordLexer(rules)
      lexer.advance(bytes, start, end)
      if (lexer.isOpen) counts.open++
      else if (lexer.fields === columns && !lexer.isMalformed) counts.records++
      else counts.others++
      n++
    }
    start = end + 1
  }
  return counts
}
