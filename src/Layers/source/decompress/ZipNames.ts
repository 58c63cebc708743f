/** What an entry is, by its name: nothing else is known before its data arrive. */
export type ZipEntryKind = "csv" | "ignored" | "office"

/** Files that operating systems add to folders. */
const systemFile = /(?:^|\/)(?:__MACOSX\/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/i

const documentation =
  /(?:^|\/)(?:read[ _-]?me|licen[cs]e|copying|copyright|notice|change[ _-]?log|terms[ _-]of[ _-]use)[^/]*$/i

/** Extensions that are never CSV. Any other can be: `.txt`, `.dat`, `.out`, none. */
const otherFile =
  /\.(?:pdf|docx?|xlsx?|xlsm|xlsb|pptx?|od[st]|rtf|md|html?|xml|xsd|xsl|rels|vml|bin|json|geojson|ya?ml|toml|ini|sql|png|jpe?g|gif|svg|webp|shp|shx|dbf|prj|cpg|sb[nx]|parquet|avro|orc|sqlite|db|zip|7z|rar|tar|py|r|js|sh|exe|dll|class|css|sas7bdat|dta|sav|url|lnk|log)$/i

/** An entry of every OOXML file (ECMA-376 part 2, 6.2.3), and the first entry of every OpenDocument file. */
const officePart = /^(?:\[Content_Types\]\.xml|mimetype)$/i

const isFolder = (name: string): boolean => name.endsWith("/") || name.endsWith("\\")

/** Whether the text matches a pattern with `*` and `?`. Takes at most the product of both lengths in steps. */
const matchesPattern = (text: string, pattern: string): boolean => {
  let at = 0
  let inPattern = 0
  /** Where to continue if the text differs: after the last `*`, which then takes one character more. */
  let star = -1
  let taken = 0
  while (at < text.length) {
    if (pattern[inPattern] === "*") {
      star = inPattern++
      taken = at
    } else if (pattern[inPattern] === "?" || pattern[inPattern] === text[at]) {
      inPattern++
      at++
    } else if (star !== -1) {
      inPattern = star + 1
      at = ++taken
    } else return false
  }
  return /^\**$/.test(pattern.slice(inPattern))
}

/** A name in one spelling: file systems differ in case, slashes and Unicode normal form (macOS decomposes `é`). */
const comparable = (name: string): string => name.replaceAll("\\", "/").toLowerCase().normalize("NFC")

/** Whether an entry is a file that the user chose (the option `zipEntry`): with all, some or none of its folders. */
export const isChosen = (name: string, zipEntry: string): boolean => {
  const path = comparable(name)
  const pattern = comparable(zipEntry)
  return (
    !isFolder(name) &&
    !systemFile.test(name) &&
    (matchesPattern(path, pattern) || matchesPattern(path, `*/${pattern}`))
  )
}

/** @param zipEntry the user's choice; `null` for the only CSV file */
export const kindOf = (name: string, zipEntry: string | null): ZipEntryKind => {
  if (zipEntry !== null) return isChosen(name, zipEntry) ? "csv" : "ignored"
  if (officePart.test(name)) return "office"
  if (isFolder(name)) return "ignored"
  return systemFile.test(name) || documentation.test(name) || otherFile.test(name) ? "ignored" : "csv"
}

const maxNameLength = 100
const maxNames = 20

/** A name for an error message: quoted, printable, and shortened. */
export const quoted = (name: string): string => {
  const printable = name.slice(0, maxNameLength).replace(/\p{C}/gu, "\uFFFD")
  return `"${printable}${name.length > maxNameLength ? "…" : ""}"`
}

/** Names for an error message. Keeps the first few and counts the rest. */
export class NameList {
  count = 0
  /** Two names are equal, or differ only in case or Unicode normal form, so no option can choose one. */
  hasEqual = false
  readonly #first: Array<string> = []
  readonly #seen = new Set<string>()

  add(name: string): void {
    this.count++
    if (this.#seen.has(comparable(name))) this.hasEqual = true
    if (this.#seen.size < maxNames) this.#seen.add(comparable(name))
    if (this.#first.length < maxNames) this.#first.push(quoted(name))
  }

  toString(): string {
    const left = this.count - this.#first.length
    return left > 0 ? `${this.#first.join(", ")} and ${left} more` : this.#first.join(", ")
  }
}
