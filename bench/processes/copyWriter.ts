import { text } from "node:stream/consumers"
import { pipeline } from "node:stream/promises"
import * as NodeSink from "@effect/platform-node/NodeSink"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Client } from "pg"
import { from as copyFrom } from "pg-copy-streams"
import type { CopyBatch } from "../../src/Domain/load/CopyBatch.ts"
import { binaryHeader, binaryTrailer } from "../../src/Layers/database/session/CopyIn.ts"
import { copyIn } from "../../src/Layers/database/session/CopyIn.ts"
import { messageOf } from "../../src/Layers/process/describeFailure.ts"
import { BenchFailure } from "../BenchFailure.ts"
import { type CopyWriterReport, CopyWriterSpec, type Writer } from "./CopyWriterSpec.ts"
import { backendPid, connect, measured } from "./measuredLoad.ts"
import { binaryCopy, readPieces, scanned } from "./scannedFile.ts"

/** Loads a file with Sluice's scanner and one of several COPY writers, over one connection. */
const spec = Schema.decodeSync(Schema.fromJsonString(CopyWriterSpec))(await text(process.stdin))

const failed = (cause: unknown) => new BenchFailure({ message: messageOf(cause), cause })

const writeWith: Record<
  Writer,
  (client: Client, statement: string, batches: AsyncIterable<CopyBatch>) => Promise<unknown>
> = {
  CopyIn: (client, statement, batches) =>
    Stream.make(binaryHeader).pipe(
      Stream.concat(Stream.fromAsyncIterable(batches, failed)),
      Stream.concat(Stream.make(binaryTrailer)),
      (chunks) => Effect.runPromise(copyIn(client, statement, chunks)),
    ),
  "pg-copy-streams": (client, statement, batches) =>
    pipeline(binaryCopy(batches), client.query(copyFrom(statement))),
  "pg-copy-streams in NodeSink": (client, statement, batches) =>
    Stream.fromAsyncIterable(binaryCopy(batches), failed).pipe(
      Stream.run(
        NodeSink.fromWritable({ evaluate: () => client.query(copyFrom(statement)), onError: failed }),
      ),
      Effect.runPromise,
    ),
}

const client = await connect(spec.databaseUrl)
// A terminated connection reports its end here as well.
client.on("error", () => undefined)
const admin = await connect(spec.databaseUrl)
const backend = await backendPid(client)

/** Milliseconds since 1970, with fractions. */
const now = (): number => performance.timeOrigin + performance.now()

let terminatedAt: number | null = null

async function* piecesWithEvent(): AsyncGenerator<Uint8Array> {
  let left = spec.size / 2
  for await (const piece of readPieces(spec.source)) {
    const isHalf = left > 0 && left <= piece.length
    left -= piece.length
    if (isHalf && spec.event === "row refused") {
      const recordEnd = piece.indexOf(0x0a) + 1
      yield piece.subarray(0, recordEnd)
      yield Buffer.from(spec.refusedRecord)
      yield piece.subarray(recordEnd)
    } else {
      yield piece
      if (!isHalf || spec.event === "nothing") continue
      terminatedAt = now()
      await admin.query("select pg_terminate_backend($1)", [backend])
    }
  }
}

const load = async (): Promise<void> => {
  await client.query(`begin; ${spec.createTable}`)
  const statement = `copy ${spec.table} from stdin with (format binary)`
  await writeWith[spec.writer](client, statement, scanned(piecesWithEvent()))
  await client.query("commit")
}

let endMillis: number | null = null

/** A load that must fail; a terminated connection has nothing to roll back. */
const failingLoad = async (): Promise<void> => {
  const error = await load().then(
    () => new Error("the load succeeded"),
    (error: unknown) => error,
  )
  if (terminatedAt === null) await client.query("rollback")
  const refusedAt = /refused at ([\d.]+)/.exec(messageOf(error))?.[1]
  const eventAt = terminatedAt ?? (refusedAt === undefined ? null : 1000 * Number(refusedAt))
  if (eventAt === null) throw error
  endMillis = now() - eventAt
}

const report = await measured(client, spec.event === "nothing" ? load : failingLoad)
process.stdout.write(JSON.stringify({ ...report, endMillis } satisfies CopyWriterReport))
process.exit(0)
