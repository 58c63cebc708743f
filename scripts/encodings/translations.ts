import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"

/** The translations in a compiled catalogue of GNU gettext. */
const catalogue = (path: string): ReadonlyArray<string> => {
  if (!existsSync(path)) return []
  const bytes = readFileSync(path)
  const isLittleEndian = bytes.readUInt32LE(0) === 0x950412de
  const at = (offset: number): number =>
    isLittleEndian ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset)
  const table = at(16)
  const texts = Array.from({ length: at(8) }, (_, n) => {
    const start = at(table + 8 * n + 4)
    return bytes.toString("utf8", start, start + at(table + 8 * n))
  })
  // The first one is the catalogue's header. Plural forms are separated by NULs.
  return texts.slice(1).flatMap((text) => text.split("\0"))
}

/** The lines of text in the first manual pages of a language. */
const manual = (directory: string): ReadonlyArray<string> => {
  if (!existsSync(directory)) return []
  const pages = readdirSync(directory)
    .filter((name) => name.endsWith(".gz"))
    .slice(0, 60)
  return pages.flatMap((page) =>
    gunzipSync(readFileSync(join(directory, page)))
      .toString("utf8")
      .split("\n")
      .filter((line) => !/^[.']/.test(line))
      .map((line) => line.replace(/\\f.|\\[-&|^]|\\\(../g, "")),
  )
}

/** Texts of a language by what they are. */
export const translations = (
  root: string,
  locale: string,
): Readonly<Record<string, ReadonlyArray<string>>> => {
  const share = join(root, "usr/share")
  const of = (...names: ReadonlyArray<string>) =>
    names.flatMap((name) => catalogue(join(share, "locale", locale, "LC_MESSAGES", `${name}.mo`)))
  return {
    names: of("iso_3166-1", "iso_3166-2", "iso_639-3", "iso_4217"),
    messages: of("gtk30", "gtk30-properties", "glib20", "coreutils", "util-linux", "vlc"),
    manuals: manual(join(share, "man", locale, "man1")),
  }
}
