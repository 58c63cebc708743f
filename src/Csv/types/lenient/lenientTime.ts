import { quoteLiteral } from "../../../Domain/load/columns/SqlIdentifier.ts"
import type { ColumnType } from "../../../Domain/load/columns/ColumnType.ts"
import type { DayOrder } from "../../../Domain/load/options/DateFormat.ts"
import { isClock, readTime, typeOfTime } from "../TimeKind.ts"
import { DateReader, isSwapAnotherDay, isSwapNoDay } from "./DateReader.ts"
import { type Reading, sawEither, sawProof, Taken } from "./Reading.ts"
import { hasType, isAnyTime } from "./strictReading.ts"

/** Formats of which one must be left: ISO 8601, times of day, and the formats of `readers`, from `firstFormat` on. */
const iso = 1
const clock = 2
/** Kinds of ISO 8601 seen. */
const sawDate = 4
const sawTimestamp = 8
const sawOffset = 16
const formatShift = 5
const sawKinds = sawDate | sawTimestamp | sawOffset | sawEither | sawProof

const separators = ["/", ".", "-"]
const clocks = ["", " HH24:MI", " HH24:MI:SS"]
const namedFormats = ["DD Mon YYYY", "DD-Mon-YYYY", "Mon DD, YYYY", "DD Month YYYY", "Month DD, YYYY"]

/** Formats that are recognized without `dateFormat`, with day and month as numbers in this order or with a name of the month. */
const formatsOf = (order: DayOrder): ReadonlyArray<string> => [
  ...separators.flatMap((sign) =>
    clocks.map((time) => (order === "day first" ? `DD${sign}MM` : `MM${sign}DD`) + `${sign}YYYY${time}`),
  ),
  ...namedFormats,
]

const usualReaders = [...formatsOf("day first"), ...formatsOf("month first")].map(
  (format) => new DateReader(format),
)

/** As `dateFormat`, it excludes the other formats. */
const isoFormat = "YYYY-MM-DD"

const kindOf = (type: ColumnType): number =>
  type === "date" ? sawDate : type === "timestamp" ? sawTimestamp : sawOffset

const isoType = (facts: number): ColumnType => {
  if ((facts & sawOffset) !== 0) return (facts & (sawDate | sawTimestamp)) === 0 ? "timestamptz" : "text"
  if ((facts & sawTimestamp) !== 0) return "timestamp"
  return (facts & sawDate) === 0 ? "text" : "date"
}

/** Whether the values with these facts are written as in ISO 8601. */
export const isIso = (facts: number): boolean => (facts & iso) !== 0 && facts >> formatShift === 0

export interface TimeReading extends Reading {
  /** Reads a value of a format that is left into `moment`. Returns whether it has one. */
  readonly read: (bytes: Uint8Array, from: number, to: number, facts: number) => boolean
}

/** The types of formats whose values a given type has. */
export const typesOfFormat = (type: ColumnType): ReadonlyArray<ColumnType> =>
  type === "timestamp" ? ["timestamp", "date"] : [type]

/**
 * Dates and times of ISO 8601, or of any of the formats, which all have the same order of day and month.
 *
 * @param given the reader of `dateFormat`, with which a given type reads values besides those of ISO 8601
 */
export const timeOfFormats = (
  notation: DayOrder | null,
  isAllowed: boolean,
  formats: ReadonlyArray<string>,
  given: DateReader | null = null,
): TimeReading => {
  const readers = formats.map((format) => new DateReader(format))
  const anyFormat = ((1 << readers.length) - 1) << formatShift
  const anyValue = iso | clock | anyFormat

  const readerOf = (facts: number): DateReader | undefined =>
    readers[31 - Math.clz32(facts & anyFormat & -(facts & anyFormat)) - formatShift]
  const typeOf = (facts: number): ColumnType =>
    readerOf(facts)?.type ?? ((facts & clock) === 0 ? isoType(facts) : "time")

  return {
    notation,
    isAllowed,
    begin: ({ facts, isDated, kind }) => {
      if (kind === null) return anyValue
      // The given format is the first one.
      if (kind === "number") return isDated === true && isAllowed ? 1 << formatShift : 0
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
        const reader = readers[31 - Math.clz32(bit) - formatShift]!
        if (!reader.read(bytes, from, to)) continue
        left |= bit
        if (reader.order !== null)
          left |= (isSwapAnotherDay() ? sawEither : 0) | (isSwapNoDay() ? sawProof : 0)
      }
      return (left & (iso | clock | anyFormat)) === 0 ? 0 : left
    },
    read: (bytes, from, to, facts) => readerOf(facts)?.read(bytes, from, to) === true,
    take: (bytes, from, to, facts) => {
      const reader = readerOf(facts)
      const isOfFormat = (type: ColumnType, format: DateReader): boolean =>
        typesOfFormat(type).includes(format.type) && format.read(bytes, from, to)
      // The given format also applies to a type that needs none.
      const isTaken = (type: ColumnType): boolean =>
        hasType(type, bytes, from, to) || (given !== null && reader === undefined && isOfFormat(type, given))
      const isOther = () => given === null && usualReaders.some((usual) => usual.read(bytes, from, to))
      // No value has decided about the type.
      if (facts === anyValue) {
        if (isAnyTime(bytes, from, to) || given?.read(bytes, from, to) === true) return Taken.other
        return isOther() ? Taken.unlessGiven : Taken.refused
      }
      const type = typeOf(facts)
      if (type === "text") return Taken.refused
      if (isTaken(type)) return Taken.same
      // Later values may make timestamps of the dates.
      if (type === "date" && (facts & iso) !== 0 && isTaken("timestamp")) return Taken.other
      return reader === undefined && isOther() ? Taken.unlessGiven : Taken.refused
    },
    type: typeOf,
    convert: (facts, name) => readerOf(facts)?.convert(name, quoteLiteral) ?? `${name}::${typeOf(facts)}`,
    options: (facts, isPinned) => {
      const dateFormat = readerOf(facts)?.format ?? (isPinned ? isoFormat : undefined)
      return dateFormat === undefined ? {} : { dateFormat }
    },
  }
}

/**
 * Dates and times of ISO 8601 with any separator, seconds and offset in each value, times of day, and dates of one other
 * format: the given one, or the one that is left of the usual ones.
 *
 * @param order of day and month, if both are numbers
 * @param dateFormat the format that the user gives; one with the other order excludes this one
 */
export const lenientTime = (order: DayOrder, dateFormat: string | undefined): TimeReading => {
  const given = dateFormat === undefined ? null : new DateReader(dateFormat)
  const isAllowed = given === null || given.order === null || given.order === order
  const usual = formatsOf(order)
  return timeOfFormats(
    order,
    isAllowed,
    dateFormat === undefined || !isAllowed ? usual : [...new Set([dateFormat, ...usual])],
    given,
  )
}
