import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { LoadError } from "../load/LoadError.ts"
import type { SourceOptions } from "../load/options/SourceOptions.ts"
import type { FileUnchanged, FileVersion, KnownVersion } from "./FileVersion.ts"
import type { SourceUrl } from "./SourceUrl.ts"

/** A file whose server has responded and started to send it. */
export interface OpenedSource {
  /** `Content-Length` in bytes, compressed or not; `null` if the server did not declare it. */
  readonly bytesTotal: number | null
  /** The `Content-Type` header, or `null`. */
  readonly contentType: string | null
  /** The file name of the `Content-Disposition` header, without folders; `null` if there is none. */
  readonly fileName: string | null
  /** The decompressed file. Can be read once. Ends without an error only after the whole file has arrived. */
  readonly bytes: Stream.Stream<Uint8Array, LoadError>
  /** Bytes received so far, before decompression. */
  readonly bytesReceived: () => number
  /** How often the download was resumed on another connection so far. */
  readonly resumes: () => number
  /**
   * The file's compression, outermost first: `gzip`, `br`, `zip+gzip`; `null` if it has none. Known once the first of
   * `bytes` has arrived.
   */
  readonly compression: () => string | null
}

/** A file that may have been loaded before. */
export interface VersionedSource extends OpenedSource {
  /** The version of the file, once the last of `bytes` has been read; before, `null`. */
  readonly version: () => FileVersion | null
}

/** Downloads files, within the operator's address policy, size limits and timeouts. */
export class CsvSource extends Context.Service<
  CsvSource,
  {
    /** Requests the file. Its connection is closed with the scope. */
    readonly open: (
      url: SourceUrl,
      options: SourceOptions,
    ) => Effect.Effect<OpenedSource, LoadError, Scope.Scope>
    /** Requests the file unless its server says that it is still the known version. */
    readonly openIfChanged: (
      url: SourceUrl,
      options: SourceOptions,
      known: KnownVersion,
    ) => Effect.Effect<VersionedSource, LoadError | FileUnchanged, Scope.Scope>
  }
>()("sluice/Domain/CsvSource") {}
