import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"
import { lineEnd } from "../record/ByteKinds.ts"
import type { ScanRules } from "../record/ScanRules.ts"
import { RecordLexer } from "./RecordLexer.ts"

/** Numbers of physical lines of each kind, without blank lines. */
interface LineCounts {
  /** Records with the table's number of fields. */
  readonly records: number
  /** Lines that end inside quotes, so they may be the start of a record. */
  readonly open: number
  readonly others: number
}

/** Counts the lines of `bytes[from, to)` by kind, reading each as if a record started with it. */
export const classifyLines = (
  rules: ScanRules,
  bytes: Uint8Array,
  from: number,
  to: number,
  { columns, maxLines }: { readonly columns: number; readonly maxLines: number },
): LineCounts => {
  const counts = { records: 0, open: 0, others: 0 }
  let start = from
  for (let n = 0; n < maxLines && start < to;) {
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
