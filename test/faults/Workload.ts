import { createHash } from "node:crypto"
import { gzipSync } from "node:zlib"
import * as Random from "./Random.ts"

/** What the source does to one request for a file. */
export type SourceFault =
  /** Ends the connection in good order (`fin`) or resets it (`rst`) after this many bytes of the body. */
  | { readonly kind: "fin" | "rst"; readonly afterBytes: number }
  /** Sends no more after this many bytes, and keeps the connection. */
  | { readonly kind: "stall"; readonly afterBytes: number }
  /** Ends the answer in good order, some bytes short of what it has declared. */
  | { readonly kind: "truncate"; readonly afterBytes: number }
  /** Answers the status instead of the file. */
  | { readonly kind: "status"; readonly status: 500 | 503 }
  /** Breaks off, and serves another version of the file from then on. */
  | { readonly kind: "changed"; readonly afterBytes: number }

/** One file and how it is served; made from the seed and its number alone. */
export interface Spec {
  readonly number: number
  readonly rows: number
  readonly isGzip: boolean
  /** Of gzip: a byte of the data is not what it was, which its checksum tells. */
  readonly isCorrupt: boolean
  /** Its versions are told apart by their dates, which no answer to a range repeats; else by entity tags. */
  readonly isDated: boolean
  /** Behind every so many rows stands a record that is none, to be set aside; `null`: behind no row. */
  readonly badEvery: number | null
  /** Milliseconds that the whole body takes at least. */
  readonly servedOver: number
  /** What befalls the first requests, one after the other; the later ones are served. */
  readonly faults: ReadonlyArray<SourceFault>
  /** The share of the body after which the job is cancelled; `null` when it is not. */
  readonly cancelAfter: number | null
}

const bytesPerRow = 58

const sourceFault = (random: Random.Random, size: number): SourceFault => {
  const afterBytes = random.between(0, Math.max(0, size - 1))
  const kind = random.weighted({ fin: 3, rst: 3, stall: 2, truncate: 2, status: 2, changed: 2 })
  return kind === "status" ? { kind, status: random.pick([500, 503]) } : { kind, afterBytes }
}

/** The n-th file of a run. */
export const specOf = (seed: number, number: number): Spec => {
  const random = Random.make(seed, "file", number)
  const size = random.chance(0.02) ? 0 : random.magnitude(1_000, 5_000_000)
  const rows = Math.round(size / bytesPerRow)
  const isGzip = random.chance(0.25)
  const faults = random.chance(0.3)
    ? Array.from({ length: random.between(1, 2) }, () => sourceFault(random, size))
    : []
  return {
    number,
    rows,
    isGzip,
    isCorrupt: isGzip && rows > 0 && random.chance(0.05),
    isDated: random.chance(0.5),
    badEvery: random.chance(0.25) ? random.between(15, 500) : null,
    servedOver: random.chance(0.5) ? random.between(100, 1800) : 0,
    faults,
    cancelAfter: random.chance(0.08) ? random.next() : null,
  }
}

/** A file that is served at once, and of which nothing is wrong but the bad records asked for. */
export const plainSpec = (number: number, rows: number, badEvery: number | null = null): Spec => ({
  number,
  rows,
  isGzip: false,
  isCorrupt: false,
  isDated: false,
  badEvery,
  servedOver: 0,
  faults: [],
  cancelAfter: null,
})

/** The names the columns get. */
export const columns = ["id", "name", 'say "hi"', "note"]

/** The version of the file that its n-th request, from 0, gets. */
export const versionAt = ({ faults }: Spec, request: number): number =>
  1 + faults.slice(0, request).filter(({ kind }) => kind === "changed").length

/** One row's cells: quotes, a line break, characters of several bytes, an empty cell and none at all. */
const cells = (
  number: number,
  version: number,
  row: number,
): readonly [string, string, string, string | null] => [
  String(row),
  `job ${number} v${version} – ünïcödé`,
  row % 7 === 0 ? `say "${row}",\nand more` : "",
  row % 3 === 0 ? null : `n${(row * 2654435761) % 9973}`,
]

/** The rows of a version, in the file's order. */
export function* rowsOf({ number, rows }: Spec, version: number) {
  for (let row = 1; row <= rows; row++) yield cells(number, version, row)
}

const csvOf = (spec: Spec, version: number): string => {
  const lines = ['id,name,"say ""hi""",note\n']
  for (const [id, name, say, note] of rowsOf(spec, version))
    lines.push(
      `${id},${name},"${say.replaceAll('"', '""')}",${note ?? ""}\n`,
      ...(spec.badEvery !== null && Number(id) % spec.badEvery === 0 ? [`bad,${id}\n`] : []),
    )
  return lines.join("")
}

/** The bytes that are sent. All versions of a file have the same length before they are packed. */
export const bodyOf = (spec: Spec, version: number): Buffer => {
  const csv = Buffer.from(csvOf(spec, version))
  if (!spec.isGzip) return csv
  const packed = gzipSync(csv, { level: 1 })
  // The checksum at the end tells it, wherever in the data it is.
  if (spec.isCorrupt) packed[packed.length - 8]! ^= 0x55
  return packed
}

/** How many of its records must be set aside. */
export const rejectsOf = ({ badEvery, rows }: Spec): number =>
  badEvery === null ? 0 : Math.floor(rows / badEvery)

/**
 * What the table must hold: its rows' number and the digest that `digestQuery` computes in the database. Only a
 * request that nothing befalls can be loaded, so it is the last version in any case.
 */
export const expectedOf = (spec: Spec): { readonly rows: number; readonly digest: string } => {
  const version = versionAt(spec, spec.faults.length)
  const digest = createHash("md5")
  for (const [id, name, say, note] of rowsOf(spec, version))
    digest.update(`${id === "1" ? "" : "\n"}${id}|${name}|${say}|${note ?? "~"}`)
  return { rows: spec.rows, digest: digest.digest("hex") }
}

/** Rows and digest of a table, whatever the order of its rows. */
export const digestQuery = (table: string): string => `
  select count(*)::int as rows,
    md5(coalesce(string_agg(concat_ws('|', id, name, "say ""hi""", coalesce(note, '~')), E'\\n' order by id::int), '')) as digest
  from ${table}`
