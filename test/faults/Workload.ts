import { createHash } from "node:crypto"
import { gzipSync } from "node:zlib"
import type { LoadMode } from "../../src/Domain/load/options/ModeOptions.ts"
import * as Random from "./Random.ts"

/** A fault of the source in one response. */
export type SourceFault =
  /** Closes (`fin`) or resets (`rst`) the connection after this many bytes of the body. */
  | { readonly kind: "fin" | "rst"; readonly afterBytes: number }
  /** Sends nothing after this many bytes, but keeps the connection open. */
  | { readonly kind: "stall"; readonly afterBytes: number }
  /** Ends the response properly, but before its declared length. */
  | { readonly kind: "truncate"; readonly afterBytes: number }
  /** Returns the status instead of the file. */
  | { readonly kind: "status"; readonly status: 500 | 503 }
  /** Resets the connection, and serves another version of the file from then on. */
  | { readonly kind: "changed"; readonly afterBytes: number }

/** A file and how it is served. Depends only on the seed and the number. */
export interface Spec {
  readonly number: number
  readonly rows: number
  readonly isGzip: boolean
  /** For gzip: the checksum does not match. */
  readonly isCorrupt: boolean
  /** Whether its validator is a date, which a 206 does not repeat, instead of an entity tag. */
  readonly isDated: boolean
  /** The number of rows between bad records; `null` for no bad records. A file with bad records begins with a comment. */
  readonly badEvery: number | null
  /**
   * The row from which on the column `note` has texts, and before whole numbers, in a file that is loaded with `types=infer`:
   * after the first rows, it widens the column of a table that is being filled. `null`: all columns are text.
   */
  readonly widensAt: number | null
  /** What the job does with its table. Several files share one, except those of `create`. */
  readonly mode: LoadMode
  /** The name of the table; `null`: Sluice chooses it. */
  readonly table: string | null
  /** Minimum duration of the body in milliseconds. */
  readonly servedOver: number
  /** The faults of the first requests, in order. Later requests have none. */
  readonly faults: ReadonlyArray<SourceFault>
  /** The share of the body after which the job is cancelled; `null` for no cancel. */
  readonly cancelAfter: number | null
}

const bytesPerRow = 58

const sourceFault = (random: Random.Random, size: number): SourceFault => {
  const afterBytes = random.between(0, Math.max(0, size - 1))
  const kind = random.weighted({ fin: 3, rst: 3, stall: 2, truncate: 2, status: 2, changed: 2 })
  return kind === "status" ? { kind, status: random.pick([500, 503]) } : { kind, afterBytes }
}

const modes = { create: 6, append: 2, upsert: 2, replace: 1 } as const

/** The mode and table of a file. Columns that are typed widen only in a table of their own. */
const target = (random: Random.Random, isTyped: boolean): Pick<Spec, "mode" | "table"> => {
  const mode = isTyped ? "create" : random.weighted(modes)
  return { mode, table: mode === "create" ? null : `${mode}_${random.between(1, 5)}` }
}

/** The n-th file of a run. */
export const specOf = (seed: number, number: number): Spec => {
  const random = Random.make(seed, "file", number)
  const isTyped = random.chance(0.3)
  const size = random.chance(0.02) ? 0 : random.magnitude(isTyped ? 500_000 : 1_000, 5_000_000)
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
    widensAt: isTyped ? random.between(1, Math.max(1, rows)) : null,
    servedOver: random.chance(0.5) ? random.between(100, 1800) : 0,
    faults,
    cancelAfter: random.chance(0.08) ? random.next() : null,
    ...target(random, isTyped),
  }
}

/** A file that is served without faults. */
export const plainSpec = (number: number, rows: number, badEvery: number | null = null): Spec => ({
  number,
  rows,
  isGzip: false,
  isCorrupt: false,
  isDated: false,
  badEvery,
  widensAt: null,
  servedOver: 0,
  faults: [],
  cancelAfter: null,
  mode: "create",
  table: null,
})

/** The names of the columns. */
export const columns = ["id", "name", 'say "hi"', "note"]

/** The version of the file that the n-th request, from 0, receives. */
export const versionAt = ({ faults }: Spec, request: number): number =>
  1 + faults.slice(0, request).filter(({ kind }) => kind === "changed").length

/** The cells of one row. Some have quotes, a line break or multi-byte characters; some are empty or NULL. */
const cells = (
  { number, widensAt }: Spec,
  version: number,
  row: number,
): readonly [string, string, string, string | null] => [
  String(row),
  `job ${number} v${version} – ünïcödé`,
  row % 7 === 0 ? `say "${row}",\nand more` : "",
  row % 3 === 0 ? null : `${row < (widensAt ?? 0) ? "" : "n"}${(row * 2654435761) % 9973}`,
]

/** The rows of a version, in order. */
export function* rowsOf(spec: Spec, version: number) {
  for (let row = 1; row <= spec.rows; row++) yield cells(spec, version, row)
}

/** The options of the job. */
export const optionsOf = ({ mode, table, widensAt }: Spec): Readonly<Record<string, string>> => ({
  ...(widensAt === null ? {} : { types: "infer" }),
  ...(table === null ? {} : { mode, tableName: table }),
  ...(mode === "upsert" ? { key: "name,id" } : {}),
  ...(mode === "replace" ? { allowEmpty: "true" } : {}),
})

/** SQL: the rows of a file in its table, which may have those of others. */
export const rowsIn = (table: string, { number }: Spec): string =>
  `(select * from ${table} where name like 'job ${number} v%') as rows_of_file`

/** The expected number of rejects. */
export const rejectsOf = ({ badEvery, rows }: Spec): number =>
  badEvery === null ? 0 : Math.floor(rows / badEvery)

/** The expected number of skipped lines. */
export const skippedOf = (spec: Spec): number => (rejectsOf(spec) > 0 ? 1 : 0)

const csvOf = (spec: Spec, version: number): string => {
  const comment = skippedOf(spec) > 0 ? ["# daily\n"] : []
  const lines = [...comment, 'id,name,"say ""hi""",note\n']
  for (const [id, name, say, note] of rowsOf(spec, version))
    lines.push(
      `${id},${name},"${say.replaceAll('"', '""')}",${note ?? ""}\n`,
      ...(spec.badEvery !== null && Number(id) % spec.badEvery === 0 ? [`bad,${id}\n`] : []),
    )
  return lines.join("")
}

/** The body. All versions of a file have the same length before compression. */
export const bodyOf = (spec: Spec, version: number): Buffer => {
  const csv = Buffer.from(csvOf(spec, version))
  if (!spec.isGzip) return csv
  const compressed = gzipSync(csv, { level: 1 })
  // The first byte of the checksum.
  if (spec.isCorrupt) compressed[compressed.length - 8]! ^= 0x55
  return compressed
}

/**
 * The expected number of rows of the table, and the digest that `digestQuery` computes. Only a response without a fault can
 * be loaded, so it is always the last version.
 */
export const expectedOf = (spec: Spec): { readonly rows: number; readonly digest: string } => {
  const version = versionAt(spec, spec.faults.length)
  const digest = createHash("md5")
  for (const [id, name, say, note] of rowsOf(spec, version))
    digest.update(`${id === "1" ? "" : "\n"}${id}|${name}|${say}|${note ?? "~"}`)
  return { rows: spec.rows, digest: digest.digest("hex") }
}

/** SQL: number of rows and digest of a table, independent of the order of rows. */
export const digestQuery = (table: string): string => `
  select count(*)::int as rows,
    md5(coalesce(string_agg(concat_ws('|', id, name, "say ""hi""", coalesce(note::text, '~')), E'\\n' order by id::int), '')) as digest
  from ${table}`
