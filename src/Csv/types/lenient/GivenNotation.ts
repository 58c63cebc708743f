import { point, spacesEnd, spacesStart } from "../../../Bytes/Ascii.ts"
import type { ColumnType } from "../../../Domain/load/columns/ColumnType.ts"
import type { ValueLimit } from "../../../Domain/load/columns/target/ValueLimit.ts"
import type { LoadOptions } from "../../../Domain/load/options/LoadOptions.ts"
import { charactersCode, encodeAs, isNumberCode, typeCodes } from "../encode/encodeAs.ts"
import { encodeCharacters } from "../encode/encodeCharacters.ts"
import { encodeLimitedNumeric } from "../encode/encodeNumeric.ts"
import { writeDate, writeTime, writeTimestamp } from "../encode/encodeTime.ts"
import { DateReader } from "./DateReader.ts"
import { knowsPlainNumbers, lenientNumber } from "./lenientNumber.ts"
import { isIso, lenientTime, type TimeReading, timeOfFormats, typesOfFormat } from "./lenientTime.ts"
import { type Notation, type Reading, rivalOf, sawEither, sawProof, type StrictFacts } from "./Reading.ts"
import { maxNumberBytes, scanned, writeScanned } from "./scanNumber.ts"

const scratch = new Uint8Array(maxNumberBytes)

/** Types that have dates or times of a format of this type. */
const writers: Partial<Record<number, (out: DataView, at: number) => number>> = {
  [typeCodes.date]: writeDate,
  [typeCodes.time]: writeTime,
  [typeCodes.timestamp]: writeTimestamp,
  [typeCodes.timestamptz]: writeTimestamp,
}
/** The types of formats whose values a given type has. */
const formatTypes: Partial<Record<number, ReadonlyArray<ColumnType>>> = {
  [typeCodes.date]: typesOfFormat("date"),
  [typeCodes.time]: typesOfFormat("time"),
  [typeCodes.timestamp]: typesOfFormat("timestamp"),
  [typeCodes.timestamptz]: typesOfFormat("timestamptz"),
}

type Options = Pick<LoadOptions, "dateFormat" | "decimal" | "types">

const numbersOf = (options: Options): ReadonlyArray<Reading> =>
  options.types === "lenient" || options.decimal !== undefined
    ? ([".", ","] as const)
        .map((decimal) => lenientNumber(decimal, options))
        .filter(({ isAllowed }) => isAllowed)
    : []

const timesOf = ({ dateFormat, types }: Options): ReadonlyArray<TimeReading> => {
  if (dateFormat !== undefined) return [timeOfFormats(new DateReader(dateFormat).order, true, [dateFormat])]
  return types === "lenient"
    ? (["day first", "month first"] as const).map((order) => lenientTime(order, undefined))
    : []
}

/** Most readings of a column, whose notations are rivals. */
const most = 2

/** Facts of a reading that has not seen a value. */
const unknown = -1
const noValue: StrictFacts = { kind: null, facts: 0 }

/** The facts about the value that is looked at, by reading. */
const found = new Int32Array(most)

/** Why a value was refused: it has two readings, or another one than the values before; `null`: it does not have the type. */
export type Refusal = "decimal" | "dateFormat" | "other" | null

/**
 * Encodes the values of columns whose types the user gives, as they are written according to the options. A column has one
 * notation, which is given, or proven by a value that cannot be read otherwise. A value with two readings is refused unless its
 * column, or else another one, has proven the notation before. So no value is taken for another one.
 */
export class GivenNotation {
  readonly #numbers: ReadonlyArray<Reading>
  readonly #times: ReadonlyArray<TimeReading>
  readonly #limits: ReadonlyArray<ValueLimit | undefined>
  /** The facts about the values of each column, by reading. */
  readonly #facts: Int32Array
  /** The facts before the values since `mark`. */
  #before: Array<readonly [at: number, facts: number]> = []
  #proven: ReadonlySet<Notation> = new Set()
  /** Whether a column may have ISO 8601 besides the given format. Otherwise a column has one format. */
  readonly #mixesFormats: boolean
  #provenBefore: ReadonlySet<Notation> = this.#proven
  /** Whether a value had the given date format. */
  hasFormat = false
  /** Why the last value was refused. */
  refusal: Refusal = null

  /** @param limits of the columns */
  constructor(columns: number, options: Options, limits: ReadonlyArray<ValueLimit | undefined> = []) {
    this.#limits = limits
    this.#numbers = numbersOf(options)
    this.#times = timesOf(options)
    this.#mixesFormats = options.dateFormat !== undefined || options.types !== "lenient"
    this.#facts = new Int32Array(most * columns).fill(unknown)
  }

  /** The notations that values have proven. */
  get proven(): ReadonlySet<Notation> {
    return this.#proven
  }

  /** Whether plain values of the type are read in the same way, and say nothing new about their column. */
  isPlain(typeCode: number, column: number): boolean {
    if (!isNumberCode(typeCode)) {
      if (this.#mixesFormats || writers[typeCode] === undefined) return true
      const facts = this.#facts[most * column]!
      return facts !== unknown && isIso(facts)
    }
    return this.#numbers.every(({ notation }, index) => {
      const facts = this.#facts[most * column + index]!
      return notation === "decimal comma" ? facts === 0 : facts !== unknown && knowsPlainNumbers(facts)
    })
  }

  /** Returns a function that forgets the values from here on. */
  save(): () => void {
    const [facts, proven] = [this.#facts.slice(), this.#proven]
    return () => {
      this.#facts.set(facts)
      this.#proven = proven
    }
  }

  /** Forgets all values. */
  forget(): void {
    this.#facts.fill(unknown)
    this.#proven = new Set()
  }

  /** Starts a row whose values `undo` can forget. */
  mark(): void {
    if (this.#before.length > 0) this.#before = []
    this.#provenBefore = this.#proven
  }

  undo(): void {
    for (const [at, facts] of this.#before.toReversed()) this.#facts[at] = facts
    this.#proven = this.#provenBefore
  }

  /** Writes a value and returns its end; -1 if it does not have the type. See `Encoder`. */
  encode(
    typeCode: number,
    column: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    out: DataView,
    at: number,
  ): number {
    this.refusal = null
    if (this.#numbers.length > 0 && isNumberCode(typeCode))
      return this.#encodeNumber(typeCode, column, bytes, from, to, out, at)
    const write = writers[typeCode]
    if (write === undefined || this.#times.length === 0)
      return this.#encodeAs(typeCode, column, bytes, from, to, out, at)
    if (this.#mixesFormats) {
      const end = encodeAs(typeCode, bytes, from, to, out, at)
      if (end !== -1) return end
    }
    const begin = spacesEnd(bytes, from, to)
    if (this.#readTime(typeCode, column, bytes, begin, spacesStart(bytes, begin, to))) return write(out, at)
    return this.refusal === null ? encodeAs(typeCode, bytes, from, to, out, at) : -1
  }

  /** Writes a value as Postgres reads it, if its column takes it. */
  #encodeAs(
    typeCode: number,
    column: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    out: DataView,
    at: number,
  ): number {
    const limit = this.#limits[column]
    if (limit?._tag === "Decimal") return encodeLimitedNumeric(limit, bytes, from, to, out, at)
    return limit === undefined || typeCode !== charactersCode
      ? encodeAs(typeCode, bytes, from, to, out, at)
      : encodeCharacters(limit.most, bytes, from, to, out, at)
  }

  #encodeNumber(
    typeCode: number,
    column: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    out: DataView,
    at: number,
  ): number {
    const reading = this.#choose(this.#numbers, column, bytes, from, to, null)
    if (reading !== null && scanned.signs !== 0) {
      const isComma = reading.notation === "decimal comma"
      return this.#encodeAs(
        typeCode,
        column,
        scratch,
        0,
        writeScanned(bytes, from, isComma, scratch),
        out,
        at,
      )
    }
    if (this.refusal !== null) return -1
    // What else Postgres reads, such as 007 and NaN, unless its point would separate thousands.
    const mayBeComma = this.#numbers.some(
      ({ notation }, index) => notation === "decimal comma" && this.#facts[most * column + index] !== 0,
    )
    return mayBeComma && bytes.subarray(from, to).includes(point)
      ? -1
      : this.#encodeAs(typeCode, column, bytes, from, to, out, at)
  }

  /** Reads a date or time into `moment`. Returns whether it has the type. */
  #readTime(typeCode: number, column: number, bytes: Uint8Array, from: number, to: number): boolean {
    const types = formatTypes[typeCode]!
    const reading = this.#choose(this.#times, column, bytes, from, to, types)
    if (reading === null) return false
    this.hasFormat = this.#mixesFormats
    return reading.read(bytes, from, to, this.#facts[most * column + this.#times.indexOf(reading)]!)
  }

  /**
   * Finds the reading of a value, and adds the value to the facts about its column. Returns `null` if it has none of these types,
   * or two readings that differ.
   */
  #choose<R extends Reading>(
    readings: ReadonlyArray<R>,
    column: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    types: ReadonlyArray<ColumnType> | null,
  ): R | null {
    const start = most * column
    let chosen: R | null = null
    let fitting = 0
    let isEither = false
    for (let index = 0; index < readings.length; index++) {
      const reading = readings[index]!
      const known = this.#known(reading, start + index)
      // Whether this value has two readings, not one before it.
      let facts = known === 0 ? 0 : reading.look(bytes, from, to, known & ~sawEither)
      if (facts !== 0 && types !== null && !types.includes(reading.type(facts))) facts = 0
      found[index] = facts
      if (facts === 0) continue
      chosen ??= reading
      fitting++
      isEither ||= (facts & sawEither) !== 0
    }
    if (chosen === null) {
      this.refusal = this.#wasReadable(readings, bytes, from, to, types) ? "other" : null
      return null
    }
    if (isEither && fitting > 1) {
      const settled = readings.find(({ notation }) => this.#settles(notation))
      this.refusal = settled !== undefined ? null : this.#numbers.includes(chosen) ? "decimal" : "dateFormat"
      if (settled === undefined) return null
      chosen = settled
    }
    for (let index = 0; index < readings.length; index++)
      this.#set(start + index, found[index]!, readings[index]!.notation)
    return chosen
  }

  #settles(notation: Notation | null): boolean {
    return notation !== null && this.#proven.has(notation) && !this.#proven.has(rivalOf[notation])
  }

  /** Whether the value would have a reading if it were the first one of its column. */
  #wasReadable(
    readings: ReadonlyArray<Reading>,
    bytes: Uint8Array,
    from: number,
    to: number,
    types: ReadonlyArray<ColumnType> | null,
  ): boolean {
    return readings.some((reading) => {
      const facts = reading.look(bytes, from, to, reading.begin(noValue))
      return facts !== 0 && (types === null || types.includes(reading.type(facts)))
    })
  }

  #known(reading: Reading, at: number): number {
    const facts = this.#facts[at]!
    return facts === unknown ? reading.begin(noValue) : facts
  }

  #set(at: number, facts: number, notation: Notation | null): void {
    const before = this.#facts[at]!
    if (before === facts) return
    this.#before.push([at, before])
    this.#facts[at] = facts
    if (notation !== null && (facts & sawProof) !== 0 && !this.#proven.has(notation))
      this.#proven = new Set([...this.#proven, notation])
  }
}
