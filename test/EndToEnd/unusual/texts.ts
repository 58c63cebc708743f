export const latin = (text: string): Uint8Array => Buffer.from(text, "latin1")
export const utf16le = (text: string): Uint8Array => Buffer.from(text, "utf16le")
export const utf16be = (text: string): Uint8Array => Buffer.from(text, "utf16le").swap16()
export const joined = (...parts: ReadonlyArray<Uint8Array>): Uint8Array => Buffer.concat(parts)
export const byteOrderMark = "\ufeff"

export const people = {
  columns: ["id", "name", "city"],
  rows: [
    ["1", "Ada", "London"],
    ["2", "Blaise", "Clermont"],
    ["3", "Carl", "Brunswick"],
    ["4", "Dorothy", "Boston"],
  ],
} as const

/** The people in any dialect. Every record has a line ending. */
export const written = (delimiter: string, end = "\n", quote = ""): string =>
  [people.columns, ...people.rows]
    .map((cells) => cells.map((cell) => `${quote}${cell}${quote}`).join(delimiter) + end)
    .join("")

export const accented = {
  columns: ["Straße", "Größe"],
  rows: [
    ["Müllerstraße", "groß"],
    ["Römerweg", "mäßig"],
    ["Übergasse", "schön"],
  ],
} as const
export const accentedText = [accented.columns, ...accented.rows]
  .map((cells) => `${cells.join(",")}\n`)
  .join("")

export const numbered = (from: number, to: number): ReadonlyArray<ReadonlyArray<string>> =>
  Array.from({ length: to - from + 1 }, (_, n) => [String(from + n), `name ${from + n}`])
export const numberedText = (from: number, to: number): string =>
  numbered(from, to)
    .map((cells) => `${cells.join(",")}\n`)
    .join("")
export const quotedText = (from: number, to: number): string =>
  numbered(from, to)
    .map((cells) => `${cells.map((cell) => `"${cell}"`).join(",")}\n`)
    .join("")
