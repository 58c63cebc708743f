import * as Effect from "effect/Effect"
import { bar, carriageReturn, colon, comma, doubleQuote, lineFeed } from "../../Bytes/Ascii.ts"
import { chooseReading, type ChoiceOptions, type ChosenReading } from "./chooseReading.ts"
import { bytesPerPause } from "./tryCandidates.ts"
import type { Candidate } from "./table/Candidate.ts"
import { readSample } from "./table/readSample.ts"

/** Delimiters are compared on this many bytes. */
const comparedBytes = 32 * 1024

/** Bits of the less usual delimiters. */
const delimiterBits = (delimiter: number): number => {
  if (delimiter === comma) return 0
  if (delimiter === colon) return 10
  return delimiter === bar || delimiter === -1 ? 2 : 1
}
/** No quote, or another one, in a file with double quotes. */
const noQuoteBits = 4

export interface ComparedCandidate {
  readonly candidate: Candidate
  /** The bits of the sample in this dialect. */
  readonly bits: number
  /** `null` if the sample has no records. */
  readonly chosen: ChosenReading | null
}

/** The beginning of the sample, cut at the end of a line. */
const beginning = (bytes: Uint8Array): Uint8Array => {
  if (bytes.length <= comparedBytes) return bytes
  const look = bytes.subarray(0, comparedBytes)
  const end = Math.max(look.lastIndexOf(lineFeed), look.lastIndexOf(carriageReturn))
  return end < 0 ? look : look.subarray(0, end + 1)
}

const bitsOf = ({ delimiter, quote }: Candidate, chosen: ChosenReading, bytes: Uint8Array): number => {
  const { reading, records, sample } = chosen
  const measured = sample.records.reduce((sum, { end, start }) => sum + end - start + 1, 0)
  // Records that were not measured cost as much as the others.
  const scale = sample.records.length < records ? bytes.length / measured : 1
  const quoteBits = quote === doubleQuote || !bytes.includes(doubleQuote) ? 0 : noQuoteBits
  return reading.bits * scale + delimiterBits(delimiter) + quoteBits
}

/** Candidates by the bits that the beginning of the sample takes in them, fewest first. */
export const compareDelimiters = Effect.fnUntraced(function* (
  bytes: Uint8Array,
  candidates: ReadonlyArray<Candidate>,
  options: ChoiceOptions,
  pauseAfter: (bytes: number) => Effect.Effect<void>,
) {
  const look = beginning(bytes)
  const isWhole = options.isWhole && look.length === bytes.length
  const compared: Array<ComparedCandidate> = []
  for (const candidate of candidates) {
    const chosen = chooseReading(readSample(look, candidate, isWhole), { ...options, isWhole })
    compared.push({ candidate, chosen, bits: chosen === null ? Infinity : bitsOf(candidate, chosen, look) })
    yield* pauseAfter(bytesPerPause)
  }
  return compared.toSorted((one, other) => one.bits - other.bits)
})
