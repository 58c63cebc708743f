import type { Steps } from "../../../Bytes/Steps.ts"
import type { Encoding } from "../../../Domain/load/Encoding.ts"
import { type CharacterTable, characterTable } from "./CharacterTable.ts"
import type { Word } from "./collectWords.ts"
import type { Candidate } from "./Candidate.ts"
import { type AsciiScores, bestLanguage } from "./LanguageScores.ts"
import { positions } from "./positions.ts"

/**
 * How rare each encoding is, as a negative log-likelihood. Where several give the same letters, the most usual one is
 * chosen, and a few letters are no evidence for a rare one.
 */
const rarity: ReadonlyArray<readonly [encoding: Encoding, cost: number]> = [
  ["windows-1252", 0],
  ["windows-1250", 2.5],
  ["windows-1251", 2],
  ["windows-1253", 2.5],
  ["windows-1254", 3],
  ["windows-1255", 2.5],
  ["windows-1256", 2.5],
  ["windows-1257", 3],
  ["windows-1258", 4],
  ["windows-874", 2.5],
  ["iso-8859-15", 3],
  ["iso-8859-2", 3.5],
  ["iso-8859-5", 4],
  ["iso-8859-6", 4],
  ["iso-8859-7", 3.5],
  ["iso-8859-8", 3.5],
  ["iso-8859-3", 5],
  ["iso-8859-4", 5],
  ["iso-8859-10", 6],
  ["iso-8859-13", 5],
  ["iso-8859-14", 6],
  ["iso-8859-16", 6],
  ["koi8-r", 3],
  ["koi8-u", 3.5],
  ["macintosh", 4],
  ["x-mac-cyrillic", 5],
  ["ibm850", 4],
  ["ibm437", 4.5],
  ["ibm852", 4.5],
  ["ibm855", 5],
  ["ibm866", 3.5],
]

let tables: ReadonlyArray<readonly [table: CharacterTable, cost: number]> | null = null

const bytesIn = (bytes: Uint8Array): ReadonlySet<number> => {
  const present = new Uint8Array(256)
  for (let i = 0; i < bytes.length; i++) present[bytes[i]!] = 1
  return new Set(Array.from(present.keys()).filter((byte) => present[byte] === 1))
}

/** Each single-byte encoding, with the log-likelihood of the words in it. */
export function* scoreSingleByte(
  bytes: Uint8Array,
  words: ReadonlyArray<Word>,
  ascii: AsciiScores,
): Steps<ReadonlyArray<Candidate>> {
  tables ??= rarity.map(([encoding, cost]) => [characterTable(encoding), cost])
  const present = Array.from(bytesIn(bytes))
  const candidates: Array<Candidate> = []
  for (const [table, cost] of tables) {
    candidates.push({
      encoding: table.encoding,
      score: bestLanguage(words, ascii, table) + positions(words, table) - cost,
      rarity: cost,
      decodes: present.every((byte) => table.characters[byte] !== null),
      text: present.map((byte) => table.characters[byte] ?? "\ufffd").join(""),
    })
    yield
  }
  return candidates
}
