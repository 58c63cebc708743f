/** What an entry of an archive is, by its name: the only thing to go by before its data arrive. */
export type ZipEntryKind = "data" | "ignored" | "office"

/** Parts of the archive that describe it or its files, and what systems leave behind in folders. */
const clutter = /(?:^|\/)(?:__MACOSX\/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/i

const documentation =
  /(?:^|\/)(?:read[ _-]?me|licen[cs]e|copying|copyright|notice|change[ _-]?log|terms[ _-]of[ _-]use)[^/]*$/i

/** Endings of files that are no CSV. One not listed may be: `.txt`, `.dat`, `.out`, none. */
const otherFile =
  /\.(?:pdf|docx?|xlsx?|xlsm|xlsb|pptx?|od[st]|rtf|md|html?|xml|xsd|xsl|rels|vml|bin|json|geojson|ya?ml|toml|ini|sql|png|jpe?g|gif|svg|webp|shp|shx|dbf|prj|cpg|sb[nx]|parquet|avro|orc|sqlite|db|zip|7z|rar|tar|py|r|js|sh|exe|dll|class|css|sas7bdat|dta|sav|url|lnk|log)$/i

/** The part that every OOXML file has (ECMA-376 part 2, 6.2.3), and the first of every OpenDocument file. */
const officePart = /^(?:\[Content_Types\]\.xml|mimetype)$/i

export const kindOf = (name: string): ZipEntryKind => {
  if (officePart.test(name)) return "office"
  if (name.endsWith("/") || name.endsWith("\\")) return "ignored"
  return clutter.test(name) || documentation.test(name) || otherFile.test(name) ? "ignored" : "data"
}

const longestName = 100
const mostNames = 20

/** A name for an error message: quoted, and shortened when it is long. */
export const quoted = (name: string): string => {
  const printable = name.slice(0, longestName).replace(/\p{C}/gu, "\uFFFD")
  return `"${printable}${name.length > longestName ? "…" : ""}"`
}

/** Names for an error message: the first few are kept, the others counted. */
export class Names {
  count = 0
  readonly #first: Array<string> = []

  add(name: string): void {
    this.count++
    if (this.#first.length < mostNames) this.#first.push(quoted(name))
  }

  toString(): string {
    const left = this.count - this.#first.length
    return left > 0 ? `${this.#first.join(", ")} and ${left} more` : this.#first.join(", ")
  }
}
