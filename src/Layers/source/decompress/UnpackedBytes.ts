import type * as ByteSize from "effect/ByteSize"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import { ByteReader } from "./ByteReader.ts"
import { Damage } from "./Damage.ts"
import { DecodedSize } from "./DecodedSize.ts"
import { type Packing, packingOf } from "./Packing.ts"
import { chunkwise } from "../../../Bytes/NextChunk.ts"

/** How often a file is unpacked, its content codings not counted: `.csv.gz` in a ZIP archive is two. */
const mostPackings = 3

/** What is known of some bytes that may be packed. */
export interface PackedBytes {
  readonly host: string
  readonly bytes: Stream.Stream<Uint8Array, LoadError>
  /** How the server says that they are packed, outermost first. */
  readonly codings: ReadonlyArray<Packing>
  /** Whether nothing but the end of the connection ends them. */
  readonly mayBeCutOff: boolean
  /** Bytes received so far. */
  readonly received: () => number
  /** Largest result, and largest result of each step. */
  readonly maxDecodedSize: ByteSize.ByteSize
}

/**
 * The file in some bytes: what is packed, by the server's word or as the first bytes show, is unpacked, as often
 * as it takes. A step works on one chunk at a time and asks for the next when its own result has been taken.
 *
 * Besides what `bytes` fails with: `corrupt_compression`, `unsupported_compression`, `source_interrupted`,
 * `source_too_large`, and `not_csv` for an archive that does not hold one CSV file.
 */
export const unpacked = (
  packed: PackedBytes,
): {
  readonly bytes: Stream.Stream<Uint8Array, LoadError>
  /** The steps so far, outermost first: `gzip`, `zip+gzip`; `null` when there were none. */
  readonly compression: () => string | null
} => {
  const steps: Array<string> = []

  const unpack = Effect.fnUntraced(function* (input: ByteReader, packing: Packing) {
    const damage = new Damage(packed.host, packing.name, packed.mayBeCutOff && steps.length === 0)
    const size = new DecodedSize(
      packed.maxDecodedSize,
      `the ${packing.name} data at ${packed.host}`,
      packed.received,
    )
    steps.push(packing.name)
    return new ByteReader(size.bound(yield* packing.decode(input, damage, size)))
  })

  const open: Effect.Effect<ByteReader, LoadError, Scope.Scope> = Effect.gen(function* () {
    let input = new ByteReader(chunkwise(yield* Stream.toPull(packed.bytes)))
    for (const coding of packed.codings) input = yield* unpack(input, coding)
    for (let n = 0; n < mostPackings; n++) {
      const packing = yield* packingOf(input)
      if (packing === null) break
      input = yield* unpack(input, packing)
    }
    return input
  })

  const bytes = Stream.unwrap(
    Effect.map(open, (input) =>
      Stream.fromPull(
        Effect.succeed(
          Effect.flatMap(input.next, (chunk) =>
            chunk === null ? Cause.done() : Effect.succeed([chunk] as const),
          ),
        ),
      ),
    ),
  )
  return { bytes, compression: () => (steps.length === 0 ? null : steps.join("+")) }
}
