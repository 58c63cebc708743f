/** The beginning of a text. */
export interface Sample {
  /** At most the size asked for, however the bytes have arrived. */
  readonly bytes: Uint8Array
  /** Whether this is the whole text. */
  readonly isWhole: boolean
}
