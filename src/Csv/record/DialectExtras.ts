import { space } from "../../Bytes/Ascii.ts"
import type { Dialect } from "./Dialect.ts"

/** Rare features of a dialect. The scanner checks for them only if the dialect has one. */
export interface DialectExtras {
  /** The byte that is ignored before a field and after a closing quote; -1: none. */
  readonly blank: number
  /** The byte that starts a comment; -1: none. */
  readonly comment: number
  /** Whether `bytes[from, to)`, an unquoted field, is one of the texts for NULL. */
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

/** `null` for a dialect without them, such as the standard one. */
export const dialectExtras = ({ comment, nullValues, skipInitialSpace }: Dialect): DialectExtras | null =>
  skipInitialSpace || comment !== null || nullValues.length > 0
    ? {
        blank: skipInitialSpace ? space : -1,
        comment: comment === null ? -1 : comment.charCodeAt(0),
        isNull: nullTest(nullValues),
      }
    : null
