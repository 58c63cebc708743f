import type { NonEmptyReadonlyArray } from "effect/Array"
import * as ByteSize from "effect/ByteSize"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import { Headers } from "effect/http"
import { loadError, type LoadError } from "../../Domain/load/LoadError.ts"
import { type SentFile, UploadSource } from "../../Domain/source/UploadSource.ts"
import { AppConfig } from "../process/AppConfig.ts"
import { expansionFloor } from "./CsvSourceHttp.ts"
import { decompress } from "./decompress/decompress.ts"
import { LeastRate, RateWindow } from "./download/LeastRate.ts"
import { responseCodings } from "./request/ContentEncoding.ts"

/** In messages, in place of the host of a download. */
const host = "your upload"

type Bytes = Pull.Pull<NonEmptyReadonlyArray<Uint8Array>, LoadError>

/** Receives uploads with the limits of downloads: size, rate, silence, and size when decompressed. */
export const layer = Layer.effect(
  UploadSource,
  Effect.gen(function* () {
    const config = yield* AppConfig
    const rateWindow = yield* RateWindow
    const maxFileSize = Number(config.maxFileSize)

    const tooLarge = (size: number) =>
      loadError(
        "source_too_large",
        `The upload has ${size} bytes or more, which is over MAX_FILE_SIZE (${ByteSize.format(config.maxFileSize)}).`,
      )

    const limited = (bytes: Bytes, count: (chunk: number) => number): Bytes => {
      const leastRate = new LeastRate(Number(config.sourceLeastRate), rateWindow)
      const isSilent = Effect.suspend(() =>
        Effect.fail(
          loadError(
            "source_timeout",
            `The client sent nothing for ${Duration.format(config.sourceIdleTimeout)}, after ${count(0)} bytes. Send the file again.`,
          ),
        ),
      )
      return Effect.suspend(() => {
        const waitingSince = performance.now()
        return Effect.timeoutOrElse(bytes, {
          duration: config.sourceIdleTimeout,
          orElse: () => isSilent,
        }).pipe(
          Effect.flatMap((chunks) => {
            const before = count(0)
            for (const chunk of chunks) count(chunk.byteLength)
            const received = count(0)
            if (received > maxFileSize) return Effect.fail(tooLarge(received))
            const rate = leastRate.tooSlow(performance.now() - waitingSince, received - before)
            return rate === null
              ? Effect.succeed(chunks)
              : Effect.fail(
                  loadError(
                    "source_too_slow",
                    `The client sent ${Math.round(rate)} bytes per second, after ${received} bytes in total: less than SOURCE_LEAST_RATE (${ByteSize.format(config.sourceLeastRate)} per second).`,
                  ),
                )
          }),
        )
      })
    }

    return UploadSource.of({
      open: Effect.fn("UploadSource.open")(function* (file: SentFile, { zipEntry = null }) {
        const { contentEncoding, contentType, size } = file
        if (size !== null && size > maxFileSize) return yield* tooLarge(size)
        const headers = Headers.fromInput(
          contentEncoding === null ? {} : { "content-encoding": contentEncoding },
        )
        const codings = yield* Effect.fromResult(responseCodings(host, { headers }))
        let received = 0
        const count = (bytes: number) => (received += bytes)
        const { bytes, compression } = decompress({
          host,
          bytes: Stream.scoped(
            Stream.fromPull(Effect.map(Stream.toPull(file.bytes), (pull) => limited(pull, count))),
          ),
          codings,
          zipEntry,
          endsWithConnection: false,
          received: () => received,
          maxDecodedSize: config.maxDecodedSize,
          expansion: { ratio: config.maxExpansion, beyond: expansionFloor },
        })
        return {
          bytesTotal: size,
          contentType,
          fileName: null,
          bytes,
          bytesReceived: () => received,
          resumes: () => 0,
          compression,
        }
      }),
    })
  }),
)
