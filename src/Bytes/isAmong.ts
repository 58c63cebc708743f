const isEqual = (bytes: Uint8Array, from: number, to: number, other: Uint8Array): boolean => {
  if (to - from !== other.length) return false
  for (let at = 0; at < other.length; at++) if (bytes[from + at] !== other[at]) return false
  return true
}

/** Whether `bytes[from, to)` is one of the texts. */
export const isAmong = (
  bytes: Uint8Array,
  from: number,
  to: number,
  texts: ReadonlyArray<Uint8Array>,
): boolean => {
  for (const text of texts) if (isEqual(bytes, from, to, text)) return true
  return false
}
