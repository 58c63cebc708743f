import * as Data from "effect/Data"
import * as Schema from "effect/Schema"

/** What a server says about the version of a file that it sends (RFC 9110, 8.8). */
const validators = {
  /** `ETag`, or `null`. */
  etag: Schema.NullOr(Schema.String),
  /** `Last-Modified`, or `null`. */
  lastModified: Schema.NullOr(Schema.String),
  /** The place that they are about, after redirects: a hash of its URL without the query. `null`: not known. */
  location: Schema.NullOr(Schema.String),
}

/** A version of a file that was read to its end. */
export const FileVersion = Schema.Struct({
  ...validators,
  /** SHA-256 of the decompressed bytes, in hexadecimal digits. */
  contentHash: Schema.String,
})
export type FileVersion = typeof FileVersion.Type

/** What is known of the version that a table has. Unknown parts are `null`. */
export const KnownVersion = Schema.Struct({
  ...validators,
  contentHash: Schema.NullOr(Schema.String),
})
export type KnownVersion = typeof KnownVersion.Type

/** The file is the same as at its last load. */
export class FileUnchanged extends Data.TaggedError("FileUnchanged")<{
  /** The version that was read; `null` if the server said that the file has not changed, and sent none. */
  readonly version: FileVersion | null
}> {}
