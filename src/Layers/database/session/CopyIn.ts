import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Socket } from "node:net"
import type { ClientBase, Connection, Submittable } from "pg"
import type { CopyBatch } from "../../../Domain/load/CopyBatch.ts"

/** The server refused the COPY, or the connection broke; `cause` is what pg reported. */
export class CopyFailed extends Schema.TaggedError<CopyFailed>()("CopyFailed", { cause: Schema.Defect() }) {}

/** What pg's connection can do for COPY beyond its published type (pg 8, lib/connection.js). */
interface CopyConnection extends Connection {
  readonly stream: Socket
  readonly sendCopyFail: (message: string) => void
  readonly endCopyFrom: () => void
}

/** A piece of the data. The bytes are let go, by `release`, when the system has taken them over. */
export type CopyChunk = Pick<CopyBatch, "bytes" | "release">

/** Message type byte of CopyData (Postgres documentation, 54.7, "Message Formats"). */
const copyDataType = 0x64

/**
 * A connection may go dead without a word; the system would notice only after a quarter of an hour, and the job would
 * look as if it were running. No server that is well takes nothing for so long.
 */
const patience = Duration.minutes(2)

/**
 * A COPY FROM STDIN as pg's query queue sees it: pg calls the `handle…` methods as the server answers,
 * Effect drives the writes.
 */
class CopyIn implements Submittable {
  readonly text: string
  connection!: CopyConnection
  rows = 0
  failure: CopyFailed | undefined
  /** Ends a wait for the socket to drain, which a dead connection would never do. */
  wake: (() => void) | undefined
  /** The server asks for data. */
  readonly started = Deferred.makeUnsafe<void, CopyFailed>()
  /** The server is ready for the next query: the rows are in, or nothing is. */
  readonly finished = Deferred.makeUnsafe<number, CopyFailed>()

  readonly longestSilence: Duration.Duration

  constructor(text: string, longestSilence: Duration.Duration) {
    this.text = text
    this.longestSilence = longestSilence
  }
  submit(connection: Connection): void {
    this.connection = connection as CopyConnection
    this.connection.query(this.text)
  }
  callback(): void {}
  handleCopyInResponse(): void {
    Deferred.doneUnsafe(this.started, Exit.void)
  }
  handleCommandComplete(message: { readonly text?: string }): void {
    this.rows = Number(/^COPY (\d+)/.exec(message.text ?? "")?.[1] ?? 0)
  }
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

  /** Fails with the COPY: a source that is silent gives no write that could. */
  get failed(): Effect.Effect<never, CopyFailed> {
    return Effect.andThen(Deferred.await(this.finished), Effect.never)
  }

  /** Sends CopyData and waits while the socket is full. */
  write(chunks: ReadonlyArray<CopyChunk>): Effect.Effect<void, CopyFailed> {
    return Effect.callback((resume) => {
      if (this.failure) return resume(Effect.fail(this.failure))
      const socket = this.connection.stream
      let roomLeft = true
      socket.cork()
      for (const chunk of chunks) {
        const header = Buffer.allocUnsafe(5)
        header[0] = copyDataType
        header.writeUInt32BE(chunk.bytes.byteLength + 4, 1)
        socket.write(header)
        roomLeft = socket.write(chunk.bytes, chunk.release)
      }
      socket.uncork()
      if (roomLeft) return resume(Effect.void)
      const forget = () => {
        clearTimeout(silence)
        socket.off("drain", settle)
        this.wake = undefined
      }
      const settle = () => {
        forget()
        resume(this.failure ? Effect.fail(this.failure) : Effect.void)
      }
      const silence = setTimeout(() => this.giveUp(), Duration.toMillis(this.longestSilence))
      this.wake = settle
      socket.once("drain", settle)
      return Effect.sync(forget)
    })
  }

  /** Sends the end and waits for the number of rows. */
  get end(): Effect.Effect<number, CopyFailed> {
    return Effect.suspend(() => {
      this.connection.endCopyFrom()
      return Deferred.await(this.finished)
    }).pipe(
      Effect.timeoutOrElse({
        duration: this.longestSilence,
        orElse: () =>
          Effect.suspend(() => {
            this.giveUp()
            return Deferred.await(this.finished)
          }),
      }),
    )
  }

  /** Takes the connection for dead. */
  giveUp(): void {
    this.handleError(new Error(`the server has taken nothing for ${Duration.format(this.longestSilence)}`))
    this.connection.stream.destroy()
  }

  /** Tells the server to forget the COPY and waits until it has; a server that does not answer is left. */
  abandon(reason: string): Effect.Effect<void> {
    return Effect.suspend(() => {
      // Not submitted yet: the connection was lost before.
      if (this.connection === undefined) return Effect.void
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

/**
 * Streams bytes into `COPY … FROM STDIN` on a checked-out client and answers the number of rows taken. When
 * `chunks` fails or is interrupted the server is sent CopyFail and its answer awaited, so that the client can
 * roll back. The transaction is the caller's.
 *
 * The writes go to pg's socket directly: a Node stream between the two would hide the server's refusal from
 * the writer until all that it had buffered is gone.
 *
 * @param longestSilence how long a server may take nothing of what waits for it, before its connection is taken for dead
 */
export const copyIn = <E, R>(
  client: ClientBase,
  text: string,
  chunks: Stream.Stream<CopyChunk, E, R>,
  longestSilence: Duration.Duration = patience,
): Effect.Effect<number, E | CopyFailed, R> =>
  Effect.suspend(() => {
    const copy = new CopyIn(text, longestSilence)
    client.query(copy)
    return Deferred.await(copy.started).pipe(
      Effect.andThen(
        Effect.raceFirst(
          Stream.runForEachArray(chunks, (some) => copy.write(some)),
          copy.failed,
        ),
      ),
      Effect.andThen(copy.end),
      Effect.onExit((exit) =>
        Exit.isSuccess(exit) || Deferred.isDoneUnsafe(copy.finished)
          ? Effect.void
          : copy.abandon(Cause.hasInterruptsOnly(exit.cause) ? "cancelled" : "the source failed"),
      ),
    )
  })
