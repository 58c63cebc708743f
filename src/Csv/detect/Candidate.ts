import { backslash, carriageReturn, lineFeed, space } from "../../Bytes/Ascii.ts"
import type { Dialect } from "../record/Dialect.ts"

/** A dialect that a file may be in. Signs are bytes; -1: there is none. */
export interface Candidate {
  readonly delimiter: number
  readonly quote: number
  readonly escape: number
  readonly skipInitialSpace: boolean
  readonly recordEnd: Dialect["recordEnd"]
}

const byteOf = (sign: string | null): number => (sign === null ? -1 : sign.charCodeAt(0))

/** Signs that are known and not to be guessed; `undefined`: guess. */
export interface KnownSigns {
  readonly delimiter?: string | undefined
  readonly quote?: string | null | undefined
  readonly escape?: string | undefined
  /** `null`: no line is a comment. */
  readonly comment?: string | null | undefined
}

/** Whether the byte is the sign of comments, and so can mean nothing else. */
const isTaken = (byte: number, { comment }: KnownSigns): boolean =>
  comment != null && byte === byteOf(comment)

const delimiters = [",", ";", "\t", "|", ":"].map(byteOf)
const quotes = ['"', "'"].map(byteOf)

/** Which bytes occur in the sample, and which stand directly before a quote. */
interface Occurrences {
  readonly bytes: Uint8Array
  readonly counts: Uint32Array
}

export const occurrences = (bytes: Uint8Array): Occurrences => {
  const counts = new Uint32Array(256)
  for (let i = 0; i < bytes.length; i++) counts[bytes[i]!]!++
  return { bytes, counts }
}

const hasPair = ({ bytes, counts }: Occurrences, first: number, second: number): boolean => {
  if (counts[first] === 0 || counts[second] === 0) return false
  for (let i = bytes.indexOf(second, 1); i > 0; i = bytes.indexOf(second, i + 1))
    if (bytes[i - 1] === first) return true
  return false
}

/** Whether a quote follows a delimiter and blanks somewhere. */
const hasQuoteBehindBlank = (found: Occurrences, delimiter: number, quote: number): boolean => {
  const { bytes } = found
  if (!hasPair(found, space, quote)) return false
  for (let i = bytes.indexOf(quote, 2); i > 0; i = bytes.indexOf(quote, i + 1)) {
    let before = i - 1
    while (before > 0 && bytes[before] === space) before--
    if (before < i - 1 && bytes[before] === delimiter) return true
  }
  return false
}

/** Whether blanks and a delimiter follow a quote somewhere, and the quote does not follow a blank. */
const hasQuoteBeforeBlank = (found: Occurrences, delimiter: number, quote: number): boolean => {
  const { bytes } = found
  if (!hasPair(found, quote, space)) return false
  for (let i = bytes.indexOf(quote, 1); i > 0; i = bytes.indexOf(quote, i + 1)) {
    let behind = i + 1
    while (bytes[behind] === space) behind++
    if (behind > i + 1 && bytes[behind] === delimiter && bytes[i - 1] !== space) return true
  }
  return false
}

const escapesOf = (found: Occurrences, quote: number, known: KnownSigns): ReadonlyArray<number> => {
  if (known.escape !== undefined) return [byteOf(known.escape)]
  return hasPair(found, backslash, quote) ? [quote, backslash] : [quote]
}

/** The delimiters to try; the first is the standard one. */
export const delimitersToTry = ({ counts }: Occurrences, known: KnownSigns): ReadonlyArray<number> =>
  known.delimiter !== undefined
    ? [byteOf(known.delimiter)]
    : [...delimiters.filter((delimiter) => counts[delimiter]! > 0 && !isTaken(delimiter, known)), -1]

/** The dialects to try with a delimiter: those whose signs occur. The first is the most usual one. */
export const candidatesWith = (
  found: Occurrences,
  delimiter: number,
  known: KnownSigns,
): ReadonlyArray<Candidate> => {
  const usual = byteOf('"')
  const tried =
    known.quote !== undefined
      ? [byteOf(known.quote)]
      : [...quotes.filter((quote) => quote === usual || found.counts[quote]! > 0), -1].filter(
          (quote) => quote === -1 || (quote !== delimiter && !isTaken(quote, known)),
        )
  const hasQuotes = quotes.some((quote) => found.counts[quote]! > 0)
  const recordEnds: ReadonlyArray<Dialect["recordEnd"]> =
    found.counts[carriageReturn]! > 0 &&
    found.counts[lineFeed]! >= found.counts[carriageReturn]! &&
    !hasPair(found, carriageReturn, lineFeed)
      ? ["any", "lf"]
      : ["any"]
  return tried.flatMap((quote) => {
    if (quote === -1 && known.quote === undefined && !hasQuotes && delimiter !== usual) return []
    const hasSpaces =
      quote !== -1 &&
      (hasQuoteBehindBlank(found, delimiter, quote) || hasQuoteBeforeBlank(found, delimiter, quote))
    const spaces = hasSpaces ? [false, true] : [false]
    const escapes = quote === -1 ? [usual] : escapesOf(found, quote, known)
    return escapes.flatMap((escape) =>
      spaces.flatMap((skipInitialSpace) =>
        recordEnds.map((recordEnd) => ({ delimiter, quote, escape, skipInitialSpace, recordEnd })),
      ),
    )
  })
}
