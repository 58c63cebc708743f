import { backslash, carriageReturn, lineFeed, space } from "../../../Bytes/Ascii.ts"
import { byteOf, type Dialect } from "../../record/Dialect.ts"

/** A dialect that a file may be in. Its characters are bytes, or -1 for none. */
export interface Candidate {
  readonly delimiter: number
  readonly quote: number
  readonly escape: number
  readonly skipInitialSpace: boolean
  readonly recordEnd: Dialect["recordEnd"]
}

/** The characters that the user specified; `undefined` if they are detected. */
export interface GivenCharacters {
  readonly delimiter?: string | null | undefined
  readonly quote?: string | null | undefined
  readonly escape?: string | undefined
  /** `null` if no line is a comment. */
  readonly comment?: string | null | undefined
}

/** Whether the byte starts comments, and so has no other meaning. */
const isTaken = (byte: number, { comment }: GivenCharacters): boolean =>
  comment != null && byte === byteOf(comment)

/** Colons are a delimiter too, but they are usual in times and links. */
export const usualDelimiters: ReadonlyArray<string> = [",", ";", "\t", "|"]
const delimiters = [...usualDelimiters, ":"].map(byteOf)
const quotes = ['"', "'"].map(byteOf)

/** The sample, and how often each byte occurs in it. */
export interface Occurrences {
  readonly bytes: Uint8Array
  readonly counts: Uint32Array
}

export const occurrences = (bytes: Uint8Array): Occurrences => {
  const counts = new Uint32Array(256)
  for (let i = 0; i < bytes.length; i++) counts[bytes[i]!]!++
  return { bytes, counts }
}

/** Whether `second` directly follows `first` somewhere. */
const hasPair = ({ bytes, counts }: Occurrences, first: number, second: number): boolean => {
  if (counts[first] === 0 || counts[second] === 0) return false
  for (let i = 1; i < bytes.length; i++) if (bytes[i] === second && bytes[i - 1] === first) return true
  return false
}

/**
 * The bytes with spaces between them and a quote: before one, as before an opening quote, or after one that has no space
 * before it, as after a closing quote.
 */
const spacedFromQuotes = ({ bytes }: Occurrences, quote: number): ReadonlySet<number> => {
  const found = new Set<number>()
  for (let i = 1; i < bytes.length; i++) {
    if (bytes[i] !== quote) continue
    if (bytes[i - 1] === space) {
      let before = i - 1
      while (before > 0 && bytes[before] === space) before--
      found.add(bytes[before]!)
    } else if (bytes[i + 1] === space) {
      let after = i + 1
      while (bytes[after] === space) after++
      if (after < bytes.length) found.add(bytes[after]!)
    }
  }
  return found
}

const escapesOf = (found: Occurrences, quote: number, given: GivenCharacters): ReadonlyArray<number> => {
  if (given.escape !== undefined) return [byteOf(given.escape)]
  return hasPair(found, backslash, quote) ? [quote, backslash] : [quote]
}

/** The delimiters to try, the standard one first. */
export const delimitersToTry = ({ counts }: Occurrences, given: GivenCharacters): ReadonlyArray<number> =>
  given.delimiter !== undefined
    ? [byteOf(given.delimiter)]
    : [...delimiters.filter((delimiter) => counts[delimiter]! > 0 && !isTaken(delimiter, given)), -1]

/** The dialects to try with these delimiters, the most usual ones first: those whose characters occur. */
export const candidatesOf = (
  found: Occurrences,
  delimitersTried: ReadonlyArray<number>,
  given: GivenCharacters,
): ReadonlyArray<Candidate> => {
  const usual = byteOf('"')
  const all =
    given.quote !== undefined
      ? [byteOf(given.quote)]
      : [...quotes.filter((quote) => quote === usual || found.counts[quote]! > 0), -1]
  const ways = all.map((quote) => ({
    quote,
    spaced: quote === -1 ? new Set<number>() : spacedFromQuotes(found, quote),
    escapes: quote === -1 ? [usual] : escapesOf(found, quote, given),
  }))
  const hasQuotes = quotes.some((quote) => found.counts[quote]! > 0)
  const recordEnds: ReadonlyArray<Dialect["recordEnd"]> =
    found.counts[carriageReturn]! > 0 &&
    found.counts[lineFeed]! >= found.counts[carriageReturn]! &&
    !hasPair(found, carriageReturn, lineFeed)
      ? ["any", "lf"]
      : ["any"]
  return delimitersTried.flatMap((delimiter) => {
    const tried =
      given.quote !== undefined
        ? ways
        : ways.filter(({ quote }) => quote === -1 || (quote !== delimiter && !isTaken(quote, given)))
    return tried.flatMap(({ escapes, quote, spaced }) => {
      if (quote === -1 && given.quote === undefined && !hasQuotes && tried.length > 1) return []
      const spaces = spaced.has(delimiter) ? [false, true] : [false]
      return escapes.flatMap((escape) =>
        spaces.flatMap((skipInitialSpace) =>
          recordEnds.map((recordEnd) => ({ delimiter, quote, escape, skipInitialSpace, recordEnd })),
        ),
      )
    })
  })
}
