import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { LoadError } from "../load/LoadError.ts"
import type { SourceOptions } from "../load/options/SourceOptions.ts"
import type { OpenedSource } from "./CsvSource.ts"

/** A file that a client sends. */
export interface SentFile {
  /** As the client sends it. Can be read once. Fails with `upload_interrupted` if the client does not send all of it. */
  readonly bytes: Stream.Stream<Uint8Array, LoadError>
  /** `Content-Length` in bytes; `null` if the client did not declare it. */
  readonly size: number | null
  readonly contentType: string | null
  readonly contentEncoding: string | null
}

/** Receives files, within the operator's limits of sizes and rates. */
export class UploadSource extends Context.Service<
  UploadSource,
  {
    readonly open: (
      file: SentFile,
      options: Pick<SourceOptions, "zipEntry">,
    ) => Effect.Effect<OpenedSource, LoadError>
  }
>()("sluice/Domain/UploadSource") {}
