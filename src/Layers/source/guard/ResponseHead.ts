/** Status line with any version, a three-digit status, and a reason that nobody reads. */
const statusLine = /^HTTP\/(\d)(?:\.(\d))?[ \t]+(\d{3})(?![^ \t])/
const strictStatusLine = /^HTTP\/1\.[01] \d{3}(?: [^\r]*)?$/
/** RFC 9110, 5.6.2. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

interface Field {
  /** In lower case. */
  readonly name: string
  line: string
}

/** Replaces the control characters of ASCII, which a field must not contain (RFC 9110, 5.5), by blanks. */
const withoutControls = (line: string): string =>
  line.replaceAll(/\p{Cc}/gu, (character) => (character === "\t" || character > "\x7f" ? character : " "))

/** The fields of a head. Joins folded lines (RFC 9112, 5.2) and drops lines that are no field. */
const parseFields = (lines: ReadonlyArray<string>): ReadonlyArray<Field> => {
  const fields: Array<Field> = []
  for (const raw of lines) {
    const line = withoutControls(raw)
    const last = fields.at(-1)
    if (/^[ \t]/.test(line)) {
      if (last !== undefined) last.line += ` ${line.trim()}`
      continue
    }
    const colon = line.indexOf(":")
    const name = line.slice(0, Math.max(0, colon)).trimEnd()
    if (token.test(name)) fields.push({ name: name.toLowerCase(), line: name + line.slice(colon) })
  }
  return fields
}

const valueOf = ({ line, name }: Field): string => line.slice(name.length + 1).trim()

/** Makes the choice of RFC 9112, 6.3, if several fields declare the end of the body. */
const withOneLength = (fields: ReadonlyArray<Field>): ReadonlyArray<Field> => {
  const lengths = fields.filter(({ name }) => name === "content-length")
  const isChunked = fields.some(
    (field) => field.name === "transfer-encoding" && /(?:^|,)[ \t]*chunked$/i.test(valueOf(field)),
  )
  if (isChunked) return fields.filter((field) => !lengths.includes(field))
  const [value, ...others] = new Set(lengths.flatMap((field) => valueOf(field).split(/[ \t]*,[ \t]*/)))
  if (value === undefined || others.length > 0) return fields
  const kept = lengths[0]!
  if (valueOf(kept) !== value) kept.line = `Content-Length: ${value}`
  return fields.filter((field) => field === kept || !lengths.includes(field))
}

/**
 * The head of a response as strict HTTP/1.1, from the status line to the empty line, in Latin-1. A head that is strict
 * already is returned as it is. Any other says `Connection: close`, so that nothing after the response can be taken for
 * another one.
 *
 * Does as curl and browsers do: lines may end in LF, control characters become blanks, lines that are no field are
 * dropped, a repeated `Content-Length` counts once, and a chunked body makes it void. Different lengths are left for the
 * parser to refuse.
 */
export const strictHead = (head: string): string => {
  const [first = "", ...lines] = head.replace(/\r?\n\r?\n$/, "").split(/\r?\n/)
  const [, major, minor, status] = statusLine.exec(first) ?? []
  const start =
    status === undefined || strictStatusLine.test(first)
      ? first
      : `HTTP/1.${major === "1" && minor === "0" ? 0 : 1} ${status} `
  const fields = withOneLength(parseFields(lines))
  const join = (lines: ReadonlyArray<string>) => [start, ...lines, "", ""].join("\r\n")
  const strict = join(fields.map(({ line }) => line))
  if (strict === head) return head
  const others = fields.filter(({ name }) => name !== "connection")
  return join([...others.map(({ line }) => line), "Connection: close"])
}
