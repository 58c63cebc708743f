import { quoteLiteral } from "../../../Domain/load/columns/SqlIdentifier.ts"
import type { ColumnType } from "../../../Domain/load/columns/ColumnType.ts"
import { isClock, readTime, typeOfTime } from "../TimeKind.ts"
import { DateReader } from "./DateReader.ts"
import type { Reading } from "./Reading.ts"

/** Formats of which one must be left: ISO 8601, times of day, and the formats of `readers`, from `firstFormat` on. */
const iso = 1
const clock = 2
/** Kinds of ISO 8601 seen. */
const sawDate = 4
const sawTimestamp = 8
const sawOffset = 16
const formatShift = 5
const sawKinds = sawDate | sawTimestamp | sawOffset

const separators = ["/", ".", "-"]
const clocks = ["", " HH24:MI", " HH24:MI:SS"]

/**
 * Formats that are recognized without `dateFormat`. Those with day and month as numbers come first, in pairs, because a column
 * may fit both.
 */
const numericFormats = separators.flatMap((sign) =>
  clocks.flatMap((time) => [`DD${sign}MM${sign}YYYY${time}`, `MM${sign}DD${sign}YYYY${time}`]),
)
const namedFormats = ["DD Mon YYYY", "DD-Mon-YYYY", "Mon DD, YYYY", "DD Month YYYY", "Month DD, YYYY"]

const kindOf = (type: ColumnType): number =>
  type === "date" ? sawDate : type === "timestamp" ? sawTimestamp : sawOffset

const isoType = (facts: number): ColumnType => {
  if ((facts & sawOffset) !== 0) return (facts & (sawDate | sawTimestamp)) === 0 ? "timestamptz" : "text"
  if ((facts & sawTimestamp) !== 0) return "timestamp"
  return (facts & sawDate) === 0 ? "text" : "date"
}

/**
 * Dates and times of ISO 8601 with any separator, seconds and offset in each value, times of day, and dates of one other
 * format: the given one, or the one that is left of the usual ones. A column of which no day is above 12 has two.
 *
 * @param dateFormat the format that the user gives
 */
export const lenientTime = (dateFormat: string | undefined): Reading => {
  const formats = dateFormat === undefined ? [...numericFormats, ...namedFormats] : [dateFormat]
  const readers = formats.map((format) => new DateReader(format))
  const anyFormat = ((1 << readers.length) - 1) << formatShift
  const isPair = dateFormat === undefined ? numericFormats.length : 0

  const indexesOf = (facts: number): ReadonlyArray<number> =>
    readers.flatMap((_, index) => ((facts & (1 << (formatShift + index))) === 0 ? [] : [index]))
  const isAmbiguous = (facts: number): boolean => {
    const [first, second] = indexesOf(facts)
    return first !== undefined && second !== undefined && second < isPair
  }
  const readerOf = (facts: number): DateReader | undefined => {
    const [first] = indexesOf(facts)
    return first === undefined ? undefined : readers[first]
  }

  return {
    begin: ({ facts, kind }) => {
      if (kind === null) return iso | clock | anyFormat
      return kind === "time" ? iso | kindOf(typeOfTime(facts)) : 0
    },
    look: (bytes, from, to, facts) => {
      let left = facts & sawKinds
      if ((facts & iso) !== 0) {
        const found = readTime(bytes, from, to)
        if (found !== 0) left |= iso | kindOf(typeOfTime(found))
      }
      if ((facts & clock) !== 0 && isClock(bytes, from, to)) left |= clock
      for (let open = facts & anyFormat; open !== 0; open &= open - 1) {
        const bit = open & -open
        if (readers[31 - Math.clz32(bit) - formatShift]!.read(bytes, from, to)) left |= bit
      }
      return (left & (iso | clock | anyFormat)) === 0 ? 0 : left
    },
    type: (facts) => {
      if (isAmbiguous(facts)) return "text"
      return readerOf(facts)?.type ?? ((facts & clock) === 0 ? isoType(facts) : "time")
    },
    convert: (facts, name) => {
      const type = (facts & clock) === 0 ? isoType(facts) : "time"
      return readerOf(facts)?.convert(name, quoteLiteral) ?? `${name}::${type}`
    },
    undecided: (facts) => (isAmbiguous(facts) ? "dateFormat" : null),
  }
}
