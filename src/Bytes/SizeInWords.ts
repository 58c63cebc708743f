import * as ByteSize from "effect/ByteSize"

/** A size for people and for programs: `11 bytes (11 B)`. */
export const sizeInWords = (bytes: number | bigint): string =>
  `${bytes} bytes (${ByteSize.format(ByteSize.bytes(bytes), { precision: 1 })})`
