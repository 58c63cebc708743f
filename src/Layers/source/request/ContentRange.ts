/** Which bytes of a file an answer holds. */
export interface ContentRange {
  readonly first: number
  /** The last byte itself, not the one behind it. */
  readonly last: number
  /** Size of the whole file; `null` when the server leaves it open. */
  readonly size: number | null
}

const syntax = /^bytes +(\d{1,16})-(\d{1,16})\/(\d{1,16}|\*)$/i

/** Reads a `Content-Range` of a 206 (RFC 9110, 14.4); `null` when it is missing, malformed or impossible. */
export const parseContentRange = (header: string | undefined): ContentRange | null => {
  const match = syntax.exec(header?.trim() ?? "")
  if (match === null) return null
  const first = Number(match[1])
  const last = Number(match[2])
  const size = match[3] === "*" ? null : Number(match[3])
  if (!Number.isSafeInteger(last) || (size !== null && !Number.isSafeInteger(size))) return null
  if (last < first || (size !== null && last >= size)) return null
  return { first, last, size }
}
