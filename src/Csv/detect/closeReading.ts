import { colon, tab } from "../../Bytes/Ascii.ts"
import { type LoadWarning, loadWarning } from "../../Domain/load/LoadWarning.ts"
import { type ChosenReading, closeBits } from "./chooseReading.ts"
import { hasTypedColumn } from "./header/recordCells.ts"
import type { ComparedCandidate } from "./compareDelimiters.ts"

/** A reading as the options name it. */
interface NamedReading {
  /** -1 for one column. */
  readonly delimiter: number
  /** Line of the header in the sample, from 0. */
  readonly line: number
}

const lineOf = ({ sample }: ChosenReading, header: number): number => sample.records[header]!.line

/** Numbers and prose have commas, times and links have colons: one column and `:` are no rivals of another delimiter. */
const isRival = ({ candidate, chosen }: ComparedCandidate, delimiter: number): boolean =>
  candidate.delimiter !== delimiter &&
  candidate.delimiter !== -1 &&
  candidate.delimiter !== colon &&
  chosen !== null &&
  chosen.reading.records > 1

/**
 * Whether the first lines may be the name and values of the only column: they are directly above lists of texts, as a name
 * is above `a|b`.
 */
const mayBeOneColumn = ({ reading, sample }: ChosenReading): boolean => {
  const { records } = sample
  const lists = records.findIndex(({ width }) => width > 1)
  return (
    lists > 0 &&
    lists >= reading.header &&
    lists <= reading.header + 1 &&
    !records[lists]!.isAfterBlank &&
    !hasTypedColumn(sample, reading)
  )
}

/** The cheapest reading with another delimiter or header; `null` if none is close. */
const rivalOf = (
  delimiter: number,
  chosen: ChosenReading,
  compared: ReadonlyArray<ComparedCandidate>,
): NamedReading | null => {
  const { reading, rival } = chosen
  const own = compared.find(({ candidate }) => candidate.delimiter === delimiter)
  const other = compared.find((one) => isRival(one, delimiter))
  const byDelimiter = own === undefined || other === undefined ? Infinity : other.bits - own.bits
  const byHeader = rival === null ? Infinity : rival.bits - reading.bits
  const whole = compared.find(({ candidate }) => candidate.delimiter === -1)?.chosen
  if (whole?.reading.header === 0 && delimiter !== tab && mayBeOneColumn(chosen))
    return { delimiter: -1, line: lineOf(whole, 0) }
  if (Math.min(byDelimiter, byHeader) >= closeBits) return null
  if (byHeader <= byDelimiter)
    return rival === null ? null : { delimiter, line: lineOf(chosen, rival.header) }
  const { candidate, chosen: otherwise } = other!
  return otherwise === null
    ? null
    : { delimiter: candidate.delimiter, line: lineOf(otherwise, otherwise.reading.header) }
}

const delimiterName = (delimiter: number): string =>
  delimiter === -1 ? "one column" : delimiter === tab ? "tabs" : String.fromCharCode(delimiter)

/**
 * The warning that another delimiter or header is almost as likely; `null` if none is. What the user gives has no rival.
 *
 * @param linesBefore lines of the file before the sample
 */
export const closeReading = (
  delimiter: number,
  chosen: ChosenReading,
  compared: ReadonlyArray<ComparedCandidate>,
  linesBefore: number,
): LoadWarning | null => {
  const rival = rivalOf(delimiter, chosen, compared)
  if (rival === null) return null
  const line = lineOf(chosen, chosen.reading.header)
  const name = (reading: NamedReading): string =>
    `${delimiterName(reading.delimiter)} and the header in line ${linesBefore + reading.line + 1}`
  const options = [
    ...(rival.delimiter === delimiter ? [] : [rival.delimiter === -1 ? "delimiter=none" : "delimiter"]),
    ...(rival.line === line ? [] : ["skipLines"]),
  ]
  return loadWarning(
    "close_reading",
    `Read with ${name({ delimiter, line })}. With ${name(rival)} is almost as likely. To choose, give ${options.join(" and ")}.`,
    linesBefore + line + 1,
  )
}
