import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import * as zlib from "node:zlib"
import { natural } from "../../Csv/anyTable.ts"
import { zipFile } from "../../support/ZipFile.ts"

/** A compressed file as a server sends it. */
export interface CompressedFile {
  readonly bytes: Uint8Array
  /** Content codings, in decoding order. */
  readonly codings: ReadonlyArray<string>
  /** The expected `compression` of the job. */
  readonly compression: string | null
}

type Compress = (file: Uint8Array, at: number) => Uint8Array

type Kind = Omit<CompressedFile, "bytes"> & { readonly compress: Compress }

const whole =
  (compress: (file: Uint8Array) => Uint8Array): Compress =>
  (file) =>
    compress(file)

/** Splits the file at `at` and compresses the first part, an empty part and the second part separately. */
const members =
  (compress: (part: Uint8Array) => Uint8Array): Compress =>
  (file, at) => {
    const cut = at % (file.length + 1)
    return Buffer.concat(
      [file.subarray(0, cut), new Uint8Array(0), file.subarray(cut)].map((part) => compress(part)),
    )
  }

const kinds: Readonly<Record<string, Kind>> = {
  none: { compress: (file: Uint8Array) => file, codings: [], compression: null },
  gzip: { compress: whole(zlib.gzipSync), codings: [], compression: "gzip" },
  "gzip of several members": { compress: members(zlib.gzipSync), codings: [], compression: "gzip" },
  "gzip by the server": { compress: whole(zlib.gzipSync), codings: ["gzip"], compression: "gzip" },
  "deflate by the server": {
    compress: whole(zlib.deflateSync),
    codings: ["deflate"],
    compression: "deflate",
  },
  "raw deflate by the server": {
    compress: whole(zlib.deflateRawSync),
    codings: ["deflate"],
    compression: "deflate",
  },
  "br by the server": { compress: whole(zlib.brotliCompressSync), codings: ["br"], compression: "br" },
  zstd: { compress: whole(zlib.zstdCompressSync), codings: [], compression: "zstd" },
  "zstd of several frames": { compress: members(zlib.zstdCompressSync), codings: [], compression: "zstd" },
  "zstd by the server": { compress: whole(zlib.zstdCompressSync), codings: ["zstd"], compression: "zstd" },
  zip: {
    compress: (file: Uint8Array) => zipFile([{ name: "data.csv", body: file }]),
    codings: [],
    compression: "zip",
  },
  "zip with data descriptor": {
    compress: (file: Uint8Array) => zipFile([{ name: "data.csv", body: file, descriptor: "plain" }]),
    codings: [],
    compression: "zip",
  },
  "zip, stored": {
    compress: (file: Uint8Array) => zipFile([{ name: "data.csv", body: file, method: 0 }]),
    codings: [],
    compression: "zip",
  },
  "gzip in zip, and again by the server": {
    compress: (file: Uint8Array) =>
      zlib.gzipSync(zipFile([{ name: "data.csv.gz", body: zlib.gzipSync(file) }])),
    codings: ["gzip"],
    compression: "gzip+zip+gzip",
  },
}

/** Any supported compression, and where to split a file for several members or frames. */
export const anyCompression = Arbitrary.all({
  kind: Arbitrary.schema(Schema.Literals(Object.keys(kinds))),
  at: natural,
})

export const compressed = (
  file: Uint8Array,
  { at, kind }: typeof anyCompression extends Arbitrary.Arbitrary<infer A> ? A : never,
): CompressedFile => {
  const { codings, compress, compression } = kinds[kind]!
  return { bytes: compress(file, at), codings, compression }
}
