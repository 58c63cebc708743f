import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { LoadError } from "../load/LoadError.ts"
import type { SourceUrl } from "./SourceUrl.ts"

/** A file whose server has answered and begun to send. */
export interface OpenedSource {
  /** Size in bytes as declared by the server and as sent, compressed or not; `null` when it is not declared. */
  readonly bytesTotal: number | null
  /** `Content-Type` as sent, or `null`. */
  readonly contentType: string | null
  /** The file, decompressed, once. It ends without an error only when the whole file has arrived. */
  readonly bytes: Stream.Stream<Uint8Array, LoadError>
  /** Bytes received so far, as sent: of the compressed file when it is compressed. */
  readonly bytesReceived: () => number
  /** How often the download broke off and was gone on with, on another connection, so far. */
  readonly resumes: () => number
  /**
   * How the file was compressed, the outermost first: `gzip`, `br`, `zip+gzip`; `null` when it was not. Known
   * when the first of `bytes` has come.
   */
  readonly compression: () => string | null
}

/** Fetches files from the network, within the operator's address policy, sizes and timeouts. */
export class CsvSource extends Context.Service<
  CsvSource,
  {
    /** Asks for the file; the answer's connection is closed with the scope. */
    readonly open: (url: SourceUrl) => Effect.Effect<OpenedSource, LoadError, Scope.Scope>
  }
>()("sluice/Domain/CsvSource") {}
