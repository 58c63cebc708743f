import type { Encoding } from "../../../Domain/load/Encoding.ts"

/** A possible encoding. */
export interface Candidate {
  readonly encoding: Encoding
  /** The log-likelihood of the sample in it. */
  readonly score: number
  /** How rare the encoding is, as a negative log-likelihood, which the score contains. */
  readonly rarity: number
  /** Whether every byte of the sample decodes. */
  readonly decodes: boolean
  /** The characters of the sample; equal if two encodings give the same text. */
  readonly text: string
}
