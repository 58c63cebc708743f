import { space } from "../../Bytes/Ascii.ts"
import type { Dialect } from "./Dialect.ts"

/** What few dialects have, and the scanner looks at only where there is some. */
export interface DialectExtras {
  /** The byte that is skipped before a field and behind a closing quote; -1: none. */
  readonly blank: number
  /** As a byte; -1: none. */
  readonly comment: number
  /** Whether `bytes[from, to)`, a field without quotes, is NULL though it is not empty. */
  readonly isNull: (bytes: Uint8Array, from: number, to: number) => boolean
}

const isEqual = (bytes: Uint8Array, from: number, text: Uint8Array): boolean => {
  for (let index = 0; index < text.length; index++) if (bytes[from + index] !== text[index]) return false
  return true
}

const nullTest = (values: ReadonlyArray<string>): DialectExtras["isNull"] => {
  const texts = values.map((value) => new TextEncoder().encode(value)).filter((text) => text.length > 0)
  const longest = Math.max(0, ...texts.map((text) => text.length))
  return (bytes, from, to) => {
    const length = to - from
    if (length > longest) return false
    for (const text of texts) if (text.length === length && isEqual(bytes, from, text)) return true
    return false
  }
}

/** `null` where a dialect has none of them, as the standard. */
export const dialectExtras = ({ comment, nullValues, skipInitialSpace }: Dialect): DialectExtras | null =>
  skipInitialSpace || comment !== null || nullValues.length > 0
    ? {
        blank: skipInitialSpace ? space : -1,
        comment: comment === null ? -1 : comment.charCodeAt(0),
        isNull: nullTest(nullValues),
      }
    : null
