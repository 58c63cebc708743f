/** Whole strings, and the punctuation around them. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g

/**
 * Names that the object of a JSON text has more than once. `JSON.parse` silently keeps the last value of each
 * (RFC 8259 §4).
 *
 * @throws SyntaxError if the text is not JSON
 */
export const repeatedNames = (text: string): ReadonlyArray<string> => {
  JSON.parse(text)
  const seen = new Set<string>()
  const repeated = new Set<string>()
  let depth = 0
  let latest = '""'
  for (const [match] of text.matchAll(token)) {
    if (match === "{" || match === "[") depth++
    else if (match === "}" || match === "]") depth--
    else if (match !== ":") latest = match
    else if (depth === 1) {
      const name = String(JSON.parse(latest))
      if (seen.has(name)) repeated.add(name)
      seen.add(name)
    }
  }
  return [...repeated]
}
