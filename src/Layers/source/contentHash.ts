import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"

/** The stream with the SHA-256 of its bytes, which is known once it has ended; before, `null`. */
export const hashing = <E, R>(bytes: Stream.Stream<Uint8Array, E, R>) => {
  const hash = createHash("sha256")
  let digest: string | null = null
  return {
    bytes: bytes.pipe(
      Stream.mapArray((chunks) => {
        for (const chunk of chunks) hash.update(chunk)
        return chunks
      }),
      Stream.onEnd(
        Effect.sync(() => {
          digest = hash.digest("hex")
        }),
      ),
    ),
    contentHash: () => digest,
  }
}
