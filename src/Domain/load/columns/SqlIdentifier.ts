/** Limit of a Postgres name in bytes of UTF-8. Postgres cuts a longer one (documentation, 4.1.1, NAMEDATALEN). */
export const maxNameBytes = 63

/** Any name as a delimited identifier: `a"b` becomes `"a""b"` (Postgres documentation, 4.1.1). */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/**
 * Any text as a string constant, for statements that take no parameters. A text with a backslash uses the escape form,
 * which does not depend on `standard_conforming_strings` (4.1.2.2).
 */
export const quoteLiteral = (text: string): string => {
  const doubled = text.replaceAll("'", "''")
  return doubled.includes("\\") ? `E'${doubled.replaceAll("\\", "\\\\")}'` : `'${doubled}'`
}

/** SQL of an array of texts. */
export const textArray = (texts: ReadonlyArray<string>): string =>
  `array[${texts.map(quoteLiteral).join(", ")}]::text[]`

const bytesOf = (codePoint: number): number =>
  codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4

/** Cuts a text to at most `bytes` bytes of UTF-8, between code points. */
export const cutToBytes = (text: string, bytes: number): string => {
  let left = bytes
  let end = 0
  for (const character of text) {
    left -= bytesOf(character.codePointAt(0)!)
    if (left < 0) return text.slice(0, end)
    end += character.length
  }
  return text
}

/**
 * Characters that change how a name looks without being seen: controls, format characters, such as those that reverse the
 * direction of a text, private and unassigned ones, separators except the space, and signs that are drawn as a blank.
 */
const invisible =
  /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\u{1d159}]/u

/** Why a text cannot be the name of a table or a column; `undefined` if it can. */
export const invalidName = (name: string): string | undefined => {
  if (name === "") return "give a name, or omit the option"
  if (cutToBytes(name, maxNameBytes) !== name) return `give a name of at most ${maxNameBytes} bytes of UTF-8`
  if (/\p{Cc}/u.test(name)) return "give a name without control characters"
  if (!name.isWellFormed()) return "give a name without lone surrogates"
  return invisible.test(name) || name.trim() !== name
    ? "give a name without invisible, private and unassigned characters, and without blanks at its ends"
    : undefined
}
