import { point, spacesEnd, spacesStart } from "../../../Bytes/Ascii.ts"
import type { ColumnType } from "../../../Domain/load/columns/ColumnType.ts"
import type { LoadOptions } from "../../../Domain/load/options/LoadOptions.ts"
import { encodeAs, typeCodes } from "../encode/encodeAs.ts"
import { writeDate, writeTime, writeTimestamp } from "../encode/encodeTime.ts"
import { DateReader } from "./DateReader.ts"
import { DecimalSign, maxNumberBytes, scanned, scanNumber, writeScanned } from "./scanNumber.ts"

const scratch = new Uint8Array(maxNumberBytes)

/** Types that have dates or times of a format of this type. */
const writers: Partial<Record<number, (out: DataView, at: number) => number>> = {
  [typeCodes.date]: writeDate,
  [typeCodes.time]: writeTime,
  [typeCodes.timestamp]: writeTimestamp,
  [typeCodes.timestamptz]: writeTimestamp,
}
const formatTypes: Partial<Record<number, ReadonlyArray<ColumnType>>> = {
  [typeCodes.date]: ["date"],
  [typeCodes.time]: ["time"],
  [typeCodes.timestamp]: ["timestamp", "date"],
  [typeCodes.timestamptz]: ["timestamptz"],
}

const isNumberCode = (typeCode: number): boolean => typeCode <= typeCodes["double precision"]

/** Encodes the values of columns whose types the user gives, as they are written according to the options. */
export class GivenNotation {
  readonly #numbers: boolean
  readonly #decimalSign: number
  readonly #dates: DateReader | null

  constructor({ dateFormat, decimal, types }: Pick<LoadOptions, "dateFormat" | "decimal" | "types">) {
    this.#numbers = types === "lenient" || decimal !== undefined
    this.#decimalSign = decimal === "," ? DecimalSign.comma : DecimalSign.point
    this.#dates = dateFormat === undefined ? null : new DateReader(dateFormat)
  }

  /** Whether the options do not change how values of the type are read. */
  isPlain(typeCode: number): boolean {
    if (isNumberCode(typeCode)) return !this.#numbers
    return this.#dates === null || formatTypes[typeCode]?.includes(this.#dates.type) !== true
  }

  /** Writes a value and returns its end; -1 if it does not have the type. See `Encoder`. */
  encode(typeCode: number, bytes: Uint8Array, from: number, to: number, out: DataView, at: number): number {
    if (this.isPlain(typeCode)) return encodeAs(typeCode, bytes, from, to, out, at)
    if (isNumberCode(typeCode)) return this.#encodeNumber(typeCode, bytes, from, to, out, at)
    const write = writers[typeCode]
    if (write !== undefined) {
      const begin = spacesEnd(bytes, from, to)
      if (this.#dates?.read(bytes, begin, spacesStart(bytes, begin, to))) return write(out, at)
    }
    return encodeAs(typeCode, bytes, from, to, out, at)
  }

  #encodeNumber(
    typeCode: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    out: DataView,
    at: number,
  ): number {
    const isComma = this.#decimalSign === DecimalSign.comma
    const isNumber = scanNumber(bytes, from, to)
    if (isNumber && (scanned.signs & this.#decimalSign) !== 0)
      return encodeAs(typeCode, scratch, 0, writeScanned(bytes, from, isComma, scratch), out, at)
    // What else Postgres reads, such as 007 and NaN, unless its point would separate thousands.
    return isComma && bytes.subarray(from, to).includes(point)
      ? -1
      : encodeAs(typeCode, bytes, from, to, out, at)
  }
}
