import { usualDelimiters } from "../detect/table/Candidate.ts"

/** Lines from which quoted rows are detected. */
const maxLines = 200

/** A line that is one quoted field. */
const quotedLine = /^"(?:[^"]|"")*"$/

const countOf = (line: string, delimiter: string): number =>
  line.replaceAll(/"(?:[^"]|"")*"/g, "").split(delimiter).length - 1

/**
 * Whether most lines of a text are one quoted field, and all lines have as many delimiters inside. One comma in each line is
 * prose, unless there are quotes around a part.
 */
export const hasQuotedRows = (text: string, isWhole: boolean): boolean => {
  if (!/^"|\n"/.test(text)) return false
  const lines = text.split(/\r\n?|\n/, maxLines)
  const whole = (isWhole || lines.length === maxLines ? lines : lines.slice(0, -1)).filter(
    (line) => line !== "",
  )
  const quoted = whole.filter((line) => quotedLine.test(line))
  if (whole.length < 2 || 2 * quoted.length < whole.length) return false
  const unwrapped = whole.map((line) =>
    quotedLine.test(line) ? line.slice(1, -1).replaceAll('""', '"') : line,
  )
  const hasQuotes = unwrapped.some((line) => line.includes('"'))
  return usualDelimiters.some((delimiter) => {
    const count = countOf(unwrapped[0]!, delimiter)
    const isEvidence = count > 1 || (count === 1 && (hasQuotes || delimiter !== ","))
    return isEvidence && unwrapped.every((line) => countOf(line, delimiter) === count)
  })
}
