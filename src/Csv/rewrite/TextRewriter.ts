import * as Effect from "effect/Effect"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import { noBytes } from "../../Bytes/noBytes.ts"
import { OriginalOffsets } from "../encoding/OriginalOffsets.ts"
import { late, type SampledChunks } from "../sample/SampleDeadline.ts"

/** Rewrites a rare format, chunk by chunk, as one that the scanner reads. Line ends stay where they are. */
export interface TextRewriter {
  /** Takes the next chunk and does not keep a reference to it. Incomplete fields wait for the next chunk. */
  readonly push: (chunk: Uint8Array) => Uint8Array
  /** The rest of the text, at the end of the file. */
  readonly finish: () => Uint8Array
}

/** A text that is rewritten, and where its bytes were before: the start of the chunk that contains them. */
export class RewrittenText implements SampledChunks {
  readonly next: SampledChunks["next"]
  readonly nextInTime: SampledChunks["nextInTime"]
  readonly #offsets = new OriginalOffsets(() => 0)

  /** @param offset where the text starts in the file */
  constructor(text: SampledChunks, rewriter: TextRewriter, offset: number, pause: Effect.Effect<void>) {
    let inputAt = offset
    let outputAt = offset
    let isFinished = false
    const rewritten = <Late extends typeof late>(next: Effect.Effect<Uint8Array | null | Late, LoadError>) =>
      Effect.gen({ self: this }, function* () {
        while (!isFinished) {
          const chunk = yield* next
          yield* pause
          if (chunk !== null && !(chunk instanceof Uint8Array)) return chunk
          isFinished = chunk === null
          const output = chunk === null ? rewriter.finish() : rewriter.push(chunk)
          if (output.length > 0) {
            this.#offsets.add(inputAt, outputAt, noBytes)
            outputAt += output.length
          }
          inputAt += chunk?.length ?? 0
          if (output.length > 0) return output
        }
        return null
      })
    this.next = rewritten<never>(text.next)
    this.nextInTime = rewritten(text.nextInTime)
  }

  /** The offset in the text before it was rewritten. */
  originalOffset(offset: number): number {
    return this.#offsets.find(offset)
  }
}
