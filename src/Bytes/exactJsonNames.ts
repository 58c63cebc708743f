/**
 * Imported by every process for what it does: replaces `JSON.parse` where it mistakes names. V8 12.8 and later may take a name
 * with an escape for another one that an earlier text had in the same place: `\t` after `\\` becomes a backslash
 * (https://github.com/nodejs/node/issues/63785). So the header cell that one caller names in `columns` could become
 * the one that another caller named before.
 */
const parse = JSON.parse

type Reviver = (this: unknown, name: string, value: unknown, ...context: ReadonlyArray<unknown>) => unknown

const isMistaken = (): boolean => {
  parse(String.raw`{"sluice":0,"\\":0}`)
  return String.raw`{"sluice":0,"\t":0}` !== JSON.stringify(parse(String.raw`{"sluice":0,"\t":0}`))
}

/** The strings of a JSON text, each with the colon behind it if it is a name. */
const strings = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/gs

/** No text has this by chance, and no caller knows it. */
const mark = `${crypto.getRandomValues(new Uint32Array(4)).join("-")}:`

/** `JSON.parse` of the text with a number in place of each name that has an escape. */
const parseExactly: typeof JSON.parse = (value: unknown, reviver?: Reviver): unknown => {
  const text = String(value)
  const names: Array<string> = []
  const numbered = text.includes("\\")
    ? text.replace(strings, (string, colon?: string) => {
        if (colon === undefined || !string.includes("\\")) return string
        names.push(String(parse(string.slice(0, -colon.length))))
        return `"${mark}${names.length - 1}"${colon}`
      })
    : text
  if (names.length === 0) return parse(text, reviver)
  const nameOf = (name: string): string =>
    name.startsWith(mark) ? (names[Number(name.slice(mark.length))] ?? name) : name
  const restore = (found: unknown): unknown => {
    if (typeof found !== "object" || found === null || Array.isArray(found)) return found
    const entries = Object.entries(found)
    return entries.some(([name]) => name.startsWith(mark))
      ? Object.fromEntries(entries.map(([name, item]) => [nameOf(name), item]))
      : found
  }
  try {
    return parse(
      numbered,
      function (this: unknown, name: string, found: unknown, ...context: ReadonlyArray<unknown>) {
        const restored = restore(found)
        return reviver === undefined ? restored : reviver.call(this, nameOf(name), restored, ...context)
      },
    )
  } catch (error) {
    // An error about the text has to show the text.
    if (error instanceof SyntaxError) parse(text)
    throw error
  }
}

if (isMistaken()) JSON.parse = parseExactly
