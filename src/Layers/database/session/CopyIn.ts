import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { ClientBase, Connection, Submittable } from "pg"
import type { CopyBatch } from "../../../Domain/load/CopyBatch.ts"
import type { UnpublishedConnection } from "./UnpublishedPg.ts"

/** The server rejected the COPY, or the connection broke. `cause` is what pg reported. */
export class CopyFailed extends Schema.TaggedError<CopyFailed>()("CopyFailed", { cause: Schema.Defect() }) {}

/** A part of the data. `release` is called when the operating system has taken the bytes. */
export type CopyChunk = Pick<CopyBatch, "bytes" | "text" | "release">

/** Size of the data in bytes. */
export const sizeOf = ({ bytes, text }: CopyChunk): number =>
  (text?.parts ?? []).reduce((size, part) => size + part.byteLength, bytes.byteLength)

const release = () => {}

/** A binary COPY starts with a signature, flags and the length of an extension (Postgres documentation, COPY). */
export const binaryHeader: CopyChunk = {
  bytes: Buffer.from(`PGCOPY\n\xff\r\n\0${"\0".repeat(8)}`, "latin1"),
  release,
}

/** A binary COPY ends with a row of -1 fields. */
export const binaryTrailer: CopyChunk = { bytes: Uint8Array.of(0xff, 0xff), release }

/** Message type byte of CopyData (Postgres documentation, 54.7, "Message Formats"). */
const copyDataType = 0x64

/**
 * A healthy server never takes this long to accept data. The operating system notices a dead connection only after a
 * quarter of an hour, and until then the job would seem to run.
 */
const defaultStallTimeout = Duration.minutes(2)

/**
 * A message with a COPY FROM STDIN, and perhaps other statements, in pg's query queue. pg calls the `handle…` methods with the
 * server's responses.
 */
class CopyIn implements Submittable {
  readonly text: string
  readonly stallTimeout: Duration.Duration
  connection!: UnpublishedConnection
  rows = 0
  failure: CopyFailed | undefined
  /** Ends a wait for the socket to drain, which a dead connection never does. */
  wake: (() => void) | undefined
  /** The server is ready for data. */
  readonly started = Deferred.makeUnsafe<void, CopyFailed>()
  /** The server is ready for the next query: the COPY has succeeded or failed as a whole. */
  readonly finished = Deferred.makeUnsafe<number, CopyFailed>()

  constructor(text: string, stallTimeout: Duration.Duration) {
    this.text = text
    this.stallTimeout = stallTimeout
  }
  submit(connection: Connection): void {
    this.connection = connection as UnpublishedConnection
    this.connection.query(this.text)
  }
  callback(): void {}
  handleCopyInResponse(): void {
    Deferred.doneUnsafe(this.started, Exit.void)
  }
  handleCommandComplete(message: { readonly text?: string }): void {
    const rows = /^COPY (\d+)/.exec(message.text ?? "")?.[1]
    if (rows !== undefined) this.rows = Number(rows)
  }
  /** Rows of other statements are not needed. */
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleReadyForQuery(): void {
    Deferred.doneUnsafe(this.finished, Exit.succeed(this.rows))
  }
  handleError(error: unknown): void {
    this.failure = new CopyFailed({ cause: error })
    const exit = Exit.fail(this.failure)
    Deferred.doneUnsafe(this.started, exit)
    Deferred.doneUnsafe(this.finished, exit)
    this.wake?.()
  }

  /** Fails when the COPY fails. While the source is silent, no write would notice. */
  get failed(): Effect.Effect<never, CopyFailed> {
    return Effect.andThen(Deferred.await(this.finished), Effect.never)
  }

  get isSubmitted(): boolean {
    return this.connection !== undefined
  }

  /** Sends CopyData and waits while the socket's buffer is full. */
  write(chunks: ReadonlyArray<CopyChunk>): Effect.Effect<void, CopyFailed> {
    return Effect.callback((resume) => {
      if (this.failure) return resume(Effect.fail(this.failure))
      const socket = this.connection.stream
      let hasSpace = true
      socket.cork()
      for (const chunk of chunks) {
        const header = Buffer.allocUnsafe(5)
        header[0] = copyDataType
        header.writeUInt32BE(sizeOf(chunk) + 4, 1)
        socket.write(header)
        for (const part of chunk.text?.parts ?? []) socket.write(part)
        hasSpace = socket.write(chunk.bytes, chunk.release)
      }
      socket.uncork()
      if (hasSpace) return resume(Effect.void)
      const cleanUp = () => {
        clearTimeout(timer)
        socket.off("drain", settle)
        this.wake = undefined
      }
      const settle = () => {
        cleanUp()
        resume(this.failure ? Effect.fail(this.failure) : Effect.void)
      }
      const timer = setTimeout(() => this.failStalled(), Duration.toMillis(this.stallTimeout))
      this.wake = settle
      socket.once("drain", settle)
      return Effect.sync(cleanUp)
    })
  }

  /** Sends the end of the data and waits for the number of rows. */
  get end(): Effect.Effect<number, CopyFailed> {
    return Effect.suspend(() => {
      this.connection.endCopyFrom()
      return Deferred.await(this.finished)
    }).pipe(
      Effect.timeoutOrElse({
        duration: this.stallTimeout,
        orElse: () =>
          Effect.suspend(() => {
            this.failStalled()
            return Deferred.await(this.finished)
          }),
      }),
    )
  }

  /** Fails the COPY and closes the connection, which is considered dead. */
  failStalled(): void {
    this.handleError(new Error(`the server has not accepted data for ${Duration.format(this.stallTimeout)}`))
    this.connection.stream.destroy()
  }

  /** Makes the server discard the COPY and waits for that. Closes the connection if the server does not respond. */
  abandon(reason: string): Effect.Effect<void> {
    return Effect.suspend(() => {
      // The connection was lost before pg submitted the COPY.
      if (!this.isSubmitted) return Effect.void
      this.connection.sendCopyFail(reason)
      return Effect.exit(Deferred.await(this.finished))
    }).pipe(
      Effect.timeoutOrElse({
        duration: "2 seconds",
        orElse: () => Effect.sync(() => this.connection.stream.destroy()),
      }),
      Effect.asVoid,
    )
  }
}

const orAbandon =
  (copy: CopyIn) =>
  <A, E, R>(running: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.onExit(running, (exit) =>
      Exit.isSuccess(exit) || Deferred.isDoneUnsafe(copy.finished)
        ? Effect.void
        : copy.abandon(Cause.hasInterruptsOnly(exit.cause) ? "cancelled" : "the source failed"),
    )

/**
 * Streams bytes into `COPY … FROM STDIN` on a checked-out client and returns the number of rows stored. If `chunks`
 * fails or is interrupted, sends CopyFail and waits for the server's response, so that the client can roll back. The
 * caller begins and ends the transaction.
 *
 * Writes directly to pg's socket. A Node stream in between would report a rejection by the server only after
 * everything that it has buffered.
 *
 * @param stallTimeout how long the server may accept no data before the connection is considered dead
 */
export const copyIn = <E, R>(
  client: ClientBase,
  text: string,
  chunks: Stream.Stream<CopyChunk, E, R>,
  stallTimeout: Duration.Duration = defaultStallTimeout,
): Effect.Effect<number, E | CopyFailed, R> =>
  Effect.suspend(() => {
    const copy = new CopyIn(text, stallTimeout)
    client.query(copy)
    return Deferred.await(copy.started).pipe(
      Effect.andThen(
        Effect.raceFirst(
          Stream.runForEachArray(chunks, (some) => copy.write(some)),
          copy.failed,
        ),
      ),
      Effect.andThen(copy.end),
      orAbandon(copy),
    )
  })

/**
 * The same for data that is there already, sent together with the statement. So the transaction of a message with several
 * statements never waits for the client. If the server refuses the message, it ignores the data.
 */
export const copyAtOnce = (
  client: ClientBase,
  text: string,
  chunks: ReadonlyArray<CopyChunk>,
): Effect.Effect<number, CopyFailed> =>
  Effect.suspend(() => {
    const copy = new CopyIn(text, defaultStallTimeout)
    client.query(copy)
    // pg reports a lost connection later.
    const submitted = copy.isSubmitted ? Effect.void : Deferred.await(copy.started)
    return submitted.pipe(Effect.andThen(copy.write(chunks)), Effect.andThen(copy.end), orAbandon(copy))
  })
