import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import * as zlib from "node:zlib"
import { natural } from "../../Csv/anyTable.ts"
import { zipFile } from "../../support/ZipFile.ts"

/** A file on its way, and how it is packed. */
export interface Packed {
  readonly bytes: Uint8Array
  /** What the server says: `Content-Encoding`, in the order in which it is undone. */
  readonly codings: ReadonlyArray<string>
  /** What the job will tell. */
  readonly compression: string | null
}

type Pack = (file: Uint8Array, at: number) => Uint8Array

type Kind = Omit<Packed, "bytes"> & { readonly pack: Pack }

const whole =
  (pack: (file: Uint8Array) => Uint8Array): Pack =>
  (file) =>
    pack(file)

/** One after another, the parts of a file that is cut at this place, and nothing at all. */
const members =
  (pack: (part: Uint8Array) => Uint8Array): Pack =>
  (file, at) => {
    const cut = at % (file.length + 1)
    return Buffer.concat(
      [file.subarray(0, cut), new Uint8Array(0), file.subarray(cut)].map((part) => pack(part)),
    )
  }

const kinds: Readonly<Record<string, Kind>> = {
  "not at all": { pack: (file: Uint8Array) => file, codings: [], compression: null },
  gzip: { pack: whole(zlib.gzipSync), codings: [], compression: "gzip" },
  "gzip of several members": { pack: members(zlib.gzipSync), codings: [], compression: "gzip" },
  "gzip by the server": { pack: whole(zlib.gzipSync), codings: ["gzip"], compression: "gzip" },
  "deflate by the server": { pack: whole(zlib.deflateSync), codings: ["deflate"], compression: "deflate" },
  "raw deflate by the server": {
    pack: whole(zlib.deflateRawSync),
    codings: ["deflate"],
    compression: "deflate",
  },
  "br by the server": { pack: whole(zlib.brotliCompressSync), codings: ["br"], compression: "br" },
  zstd: { pack: whole(zlib.zstdCompressSync), codings: [], compression: "zstd" },
  "zstd of several frames": { pack: members(zlib.zstdCompressSync), codings: [], compression: "zstd" },
  "zstd by the server": { pack: whole(zlib.zstdCompressSync), codings: ["zstd"], compression: "zstd" },
  zip: {
    pack: (file: Uint8Array) => zipFile([{ name: "data.csv", body: file }]),
    codings: [],
    compression: "zip",
  },
  "zip, its sizes behind the data": {
    pack: (file: Uint8Array) => zipFile([{ name: "data.csv", body: file, descriptor: "plain" }]),
    codings: [],
    compression: "zip",
  },
  "zip, stored": {
    pack: (file: Uint8Array) => zipFile([{ name: "data.csv", body: file, method: 0 }]),
    codings: [],
    compression: "zip",
  },
  "gzip in zip, and again by the server": {
    pack: (file: Uint8Array) => zlib.gzipSync(zipFile([{ name: "data.csv.gz", body: zlib.gzipSync(file) }])),
    codings: ["gzip"],
    compression: "gzip+zip+gzip",
  },
}

/** Any way in which a file may be packed, and a place where it is cut for that. */
export const anyPacking = Arbitrary.all({
  kind: Arbitrary.schema(Schema.Literals(Object.keys(kinds))),
  at: natural,
})

export const packed = (
  file: Uint8Array,
  { at, kind }: typeof anyPacking extends Arbitrary.Arbitrary<infer A> ? A : never,
): Packed => {
  const { codings, compression, pack } = kinds[kind]!
  return { bytes: pack(file, at), codings, compression }
}
