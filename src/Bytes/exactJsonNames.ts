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

/** No text has this by chance, and no caller knows it. */
const mark = `${crypto.getRandomValues(new Uint32Array(4)).join("-")}:`

/** The place of the quote that ends the string which begins at `start`. */
const endOfString = (text: string, start: number): number => {
  for (let end = start; ;) {
    end = text.indexOf('"', end + 1)
    let escapes = 0
    while (text[end - 1 - escapes] === "\\") escapes++
    if (escapes % 2 === 0) return end
  }
}

/**
 * The text of JSON with the mark and a number in place of each name that has an escape, and these names. Takes linear time, also for
 * a text of millions of escapes.
 */
const numberNames = (text: string) => {
  const names: Array<string> = []
  const parts: Array<string> = []
  let copied = 0
  let escape = -1
  for (let start = text.indexOf('"'); start >= 0;) {
    const end = endOfString(text, start)
    if (escape < start) escape = text.indexOf("\\", start)
    if (escape < 0) break
    let next = end + 1
    while (/\s/.test(text.charAt(next))) next++
    if (escape < end && text[next] === ":") {
      parts.push(text.slice(copied, start), `"${mark}${names.length}"`)
      names.push(String(parse(text.slice(start, end + 1))))
      copied = end + 1
    }
    start = text.indexOf('"', next)
  }
  return { names, numbered: parts.join("") + text.slice(copied) }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null

/** Gives the object the names that it has in the text, in their order. */
const renamed = (value: unknown, nameOf: (name: string) => string): unknown => {
  if (!isObject(value) || Array.isArray(value)) return value
  const entries = Object.entries(value)
  if (!entries.some(([name]) => name.startsWith(mark))) return value
  for (const [name] of entries) delete value[name]
  for (const [name, item] of entries)
    // Not by assignment, which does nothing or worse for `__proto__`.
    Object.defineProperty(value, nameOf(name), {
      value: item,
      configurable: true,
      enumerable: true,
      writable: true,
    })
  return value
}

/** `JSON.parse`, with the names that the text has. */
const parseExactly: typeof JSON.parse = (value: unknown, reviver?: Reviver): unknown => {
  const text = String(value)
  if (!text.includes("\\")) return parse(text, reviver)
  // Refuses what is no JSON, before anything else reads it.
  const found: unknown = parse(text)
  const { names, numbered } = numberNames(text)
  if (names.length === 0) return reviver === undefined ? found : parse(text, reviver)
  const nameOf = (name: string): string =>
    name.startsWith(mark) ? (names[Number(name.slice(mark.length))] ?? name) : name
  if (reviver !== undefined)
    return parse(
      numbered,
      function (this: unknown, name: string, item: unknown, ...context: ReadonlyArray<unknown>) {
        return reviver.call(this, nameOf(name), renamed(item, nameOf), ...context)
      },
    )
  const whole: unknown = parse(numbered)
  // A list of its own, because values may be nested deeper than functions can be.
  const rest = [whole]
  for (let item = rest.pop(); item !== undefined; item = rest.pop()) {
    renamed(item, nameOf)
    if (isObject(item)) for (const each of Object.values(item)) if (isObject(each)) rest.push(each)
  }
  return whole
}

if (isMistaken()) JSON.parse = parseExactly
