import type { ColumnType } from "../../../Domain/load/columns/ColumnType.ts"
import { encodeBoolean } from "./encodeBoolean.ts"
import { encodeDouble } from "./encodeDouble.ts"
import { encodeBigint, encodeInteger, encodeSmallint } from "./encodeInteger.ts"
import { encodeJson } from "./encodeJson.ts"
import { encodeNumeric } from "./encodeNumeric.ts"
import { encodeReal } from "./encodeReal.ts"
import {
  encodeDate,
  encodeTime,
  encodeTimestamp,
  encodeTimestamptz,
  writeDate,
  writeTimestamp,
} from "./encodeTime.ts"
import { encodeUuid } from "./encodeUuid.ts"

/** The types that have an encoder, as numbers. A `text` is its own binary form. */
export const typeCodes = {
  integer: 0,
  bigint: 1,
  numeric: 2,
  "double precision": 3,
  boolean: 4,
  date: 5,
  time: 6,
  timestamp: 7,
  timestamptz: 8,
  uuid: 9,
  jsonb: 10,
  smallint: 11,
  real: 12,
} as const satisfies Readonly<Record<Exclude<ColumnType, "text">, number>>

/** A `text` of at most some characters, which only `GivenNotation` encodes. */
export const charactersCode = 13

const numberCodes: ReadonlySet<number> = new Set(
  (["smallint", "integer", "bigint", "numeric", "real", "double precision"] as const).map(
    (type) => typeCodes[type],
  ),
)

/** Whether the type with this code has numbers. */
export const isNumberCode = (typeCode: number): boolean => numberCodes.has(typeCode)

/** Calls the `Encoder` of a type. By name, because V8 does not inline calls through a list. */
export const encodeAs = (
  typeCode: number,
  bytes: Uint8Array,
  from: number,
  to: number,
  out: DataView,
  at: number,
): number => {
  switch (typeCode) {
    case typeCodes.integer:
      return encodeInteger(bytes, from, to, out, at)
    case typeCodes.bigint:
      return encodeBigint(bytes, from, to, out, at)
    case typeCodes.numeric:
      return encodeNumeric(bytes, from, to, out, at)
    case typeCodes["double precision"]:
      return encodeDouble(bytes, from, to, out, at)
    case typeCodes.boolean:
      return encodeBoolean(bytes, from, to, out, at)
    case typeCodes.date:
      return encodeDate(bytes, from, to, out, at)
    case typeCodes.time:
      return encodeTime(bytes, from, to, out, at)
    case typeCodes.timestamp:
      return encodeTimestamp(bytes, from, to, out, at)
    case typeCodes.timestamptz:
      return encodeTimestamptz(bytes, from, to, out, at)
    case typeCodes.smallint:
      return encodeSmallint(bytes, from, to, out, at)
    case typeCodes.real:
      return encodeReal(bytes, from, to, out, at)
    case typeCodes.uuid:
      return encodeUuid(bytes, from, to, out, at)
    default:
      return encodeJson(bytes, from, to, out, at)
  }
}

/** The same for a value that the inference has just looked at, and that has the type. */
export const encodeInferred = (
  typeCode: number,
  bytes: Uint8Array,
  from: number,
  to: number,
  out: DataView,
  at: number,
): number => {
  switch (typeCode) {
    case typeCodes.date:
      return writeDate(out, at)
    case typeCodes.timestamp:
    case typeCodes.timestamptz:
      return writeTimestamp(out, at)
    default:
      return encodeAs(typeCode, bytes, from, to, out, at)
  }
}
