/** The parser's message; `undefined` for valid JSON. */
const complaint = (text: string): string | undefined => {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Where the parser says that the text is wrong; it does so for some errors only. */
const statedAt = (message: string): number | undefined => {
  const position = /at position (\d+)/.exec(message)?.[1]
  return position === undefined ? undefined : Number(position)
}

/** Whether the text could be continued to valid JSON. */
const isBeginning = (text: string): boolean => {
  const message = complaint(text)
  if (message === undefined || /^(?:Unexpected end|Unterminated string)/.test(message)) return true
  if ((statedAt(message) ?? 0) < text.length) return false
  // The place of an error in a number can be one character too late.
  return /number$|number |xponent/.test(message) ? isBeginning(`${text}0`) : true
}

/** The number of characters at the beginning of the text that valid JSON could begin with. */
const validLength = (text: string): number => {
  let valid = 0
  let invalid = text.length + 1
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >>> 1
    if (isBeginning(text.slice(0, middle))) valid = middle
    else invalid = middle
  }
  return valid
}

const escapes: Readonly<Record<string, readonly [string, string]>> = {
  "\t": ["tab", String.raw`\t`],
  "\n": ["line break", String.raw`\n`],
  "\r": ["line break", String.raw`\r`],
}

/** What is wrong with a text that should be JSON, and where; `undefined` for valid JSON. */
export const invalidJson = (text: string): string | undefined => {
  if (complaint(text) === undefined) return undefined
  const at = validLength(text)
  const before = text.slice(0, at).split("\n")
  const line = before.length === 1 ? "" : ` of line ${before.length}`
  if (at === text.length)
    return `not valid JSON: it ends too early, after character ${before.at(-1)?.length ?? 0}${line}`
  const character = text[at] ?? ""
  const place = `at character ${(before.at(-1)?.length ?? 0) + 1}${line}`
  const [name, escape] = escapes[character] ?? []
  return name === undefined
    ? `not valid JSON: ${JSON.stringify(character)} ${place} cannot be there`
    : `not valid JSON: the ${name} ${place} must be written ${escape} in a text`
}
