import { carriageReturn, comma, lineFeed, tab } from "../../Bytes/Ascii.ts"
import { isValidUtf8 } from "./guess/isUtf8.ts"

/** Characters of the structure of a text. Tables in any script have at least line ends. */
const structural = new Set([tab, lineFeed, carriageReturn, comma])

/** Code units of a text, as one byte order reads it. */
interface Units {
  /** Structural characters, and the units that only share their low byte with one. */
  structural: number
  sameLowByte: number
  /** Units with a high byte of 0, and those that are U+0000, which no text has. */
  narrow: number
  nul: number
}

/** @param low offset of the low byte in a unit */
const countUnits = (bytes: Uint8Array, low: 0 | 1): Units => {
  const units = { structural: 0, sameLowByte: 0, narrow: 0, nul: 0 }
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    const lowByte = bytes[i + low]!
    const isNarrow = bytes[i + 1 - low] === 0
    if (isNarrow) units.narrow++
    if (isNarrow && lowByte === 0) units.nul++
    if (!structural.has(lowByte)) continue
    if (isNarrow) units.structural++
    else units.sameLowByte++
  }
  return units
}

/** A damaged text may contain a few units that contradict its byte order. */
const most = 8

/**
 * Recognises UTF-16 without a byte order mark. In a text of any script, tabs, commas and line ends are units with a high
 * byte of 0, all in the same byte order. Other encodings have NULs only by accident, and then most of their line ends and
 * delimiters are not next to one. Their share matters, not the share of NULs: in Chinese prose, 1 unit of 300 may be ASCII.
 *
 * @param bytes a prefix of fixed size, or the whole file
 */
export const sniffUtf16 = (bytes: Uint8Array): "utf-16le" | "utf-16be" | null => {
  if (bytes.length < 4 || !bytes.includes(0)) return null
  // Some scripts in UTF-16 are valid UTF-8 too, such as Cyrillic. A text in UTF-8 with NULs is valid as well.
  const leastShare = isValidUtf8(bytes) ? 1 / 2 : 1 / most
  const little = countUnits(bytes, 0)
  const big = countUnits(bytes, 1)
  const isText = (units: Units, others: Units): boolean =>
    units.structural === 0
      ? others.structural === 0 && others.narrow === 0 && units.narrow > 0.7 * (bytes.length >> 1)
      : units.structural >= leastShare * (units.structural + units.sameLowByte) &&
        units.structural > most * others.structural &&
        units.structural > most * units.nul
  if (isText(little, big)) return "utf-16le"
  return isText(big, little) ? "utf-16be" : null
}
