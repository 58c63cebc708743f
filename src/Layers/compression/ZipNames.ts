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

/** Names for an error message: quoted, shortened where they are long, and not too many. */
export const inWords = (names: ReadonlyArray<string>): string => {
  const shown = names.slice(0, mostNames).map((name) => {
    const printable = name.replace(/\p{C}/gu, "\uFFFD")
    return `"${printable.length > longestName ? `${printable.slice(0, longestName)}…` : printable}"`
  })
  const left = names.length - shown.length
  return left > 0 ? `${shown.join(", ")} and ${left} more` : shown.join(", ")
}
