import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { QueryResult } from "pg"
import type { Db } from "pg-boss"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"
import type { Statement } from "../postgres/Statement.ts"
import { binaryHeader, binaryTrailer } from "./BinaryFraming.ts"
import { type CopyChunk, copyIn } from "./CopyIn.ts"
import { type LoadConnection, LoadConnections } from "./LoadConnections.ts"
import { toLoadError } from "./LoadFailure.ts"
import { describeFailure } from "../../process/describeFailure.ts"

/** One connection of a load. What fails on it is told as the load's error. */
export interface LoadSession {
  /**
   * Runs one statement with parameters, or several without, separated by semicolons, in one round trip. Returns the
   * number of rows that each statement touched.
   */
  readonly run: (statements: string | Statement) => Effect.Effect<ReadonlyArray<number | null>, LoadError>
  /** Waits for what a driver does on the connection; when interrupted the server is told to cancel it. */
  readonly attempt: <A>(statement: () => Promise<A>) => Effect.Effect<A, LoadError>
  /** Copies rows in COPY's binary format, framed here; answers how many the server took. */
  readonly copy: (
    statement: string,
    rows: Stream.Stream<CopyChunk, LoadError>,
  ) => Effect.Effect<number, LoadError>
  /** For pg-boss to run its statements on this connection. */
  readonly db: Db
  /**
   * Commits; nothing is committed when it fails, unless the connection is lost. An interruption does not cancel it:
   * a COMMIT that takes long had better succeed.
   */
  readonly commit: Effect.Effect<void, LoadError>
  /** Gives up the transaction, within 2 s; one that the server does not roll back in time goes with its connection. */
  readonly rollBack: Effect.Effect<void>
}

/** A server that does not roll back in time is left: closing the connection rolls back as well. */
const rollback = (connection: LoadConnection): Effect.Effect<void> =>
  Effect.tryPromise(() => connection.client.query("rollback")).pipe(
    Effect.timeout("2 seconds"),
    Effect.asVoid,
    Effect.catch((error) =>
      Effect.logDebug("a load's connection is closed instead of rolled back").pipe(
        Effect.annotateLogs(describeFailure(error)),
        Effect.tap(Effect.sync(() => connection.markBroken())),
      ),
    ),
  )

/** Waits for the end of a statement whose fiber was interrupted; a server that does not answer is left. */
const ended = (connection: LoadConnection, running: Promise<unknown>): Effect.Effect<void> =>
  Effect.exit(Effect.tryPromise(() => running)).pipe(
    Effect.asVoid,
    Effect.timeoutOrElse({ duration: "1 second", orElse: () => connection.destroy }),
  )

/**
 * Cancels it before, so that the rollback need not queue behind it: nothing else ends an ALTER TABLE that rewrites
 * gigabytes. A request that may still be on its way would cancel a statement of whichever load has the connection
 * next, so nobody gets it.
 */
const cancelled = (connection: LoadConnection, running: Promise<unknown>): Effect.Effect<void> =>
  connection.requestCancel.pipe(
    Effect.timeoutOrElse({ duration: "1 second", orElse: () => Effect.succeed(false) }),
    Effect.tap((isTold) => Effect.sync(() => (isTold ? undefined : connection.markBroken()))),
    Effect.andThen(ended(connection, running)),
  )

/** pg answers one result, or an array of them where there were several statements. */
const rowCounts = (results: QueryResult | ReadonlyArray<QueryResult>): ReadonlyArray<number | null> =>
  [results].flat().map((result) => result.rowCount)

const make = (connection: LoadConnection, table: string): LoadSession => {
  const { client } = connection
  /** Waits for an answer; interrupted, it runs `left` instead. */
  const answer = <A>(
    statement: () => Promise<A>,
    left: (running: Promise<unknown>) => Effect.Effect<void>,
  ): Effect.Effect<A, LoadError> =>
    Effect.callback((resume) => {
      const running = statement()
      running.then(
        (answer) => resume(Effect.succeed(answer)),
        (cause: unknown) => resume(Effect.fail(toLoadError(cause, table))),
      )
      return left(running)
    })
  const attempt = <A>(statement: () => Promise<A>) =>
    answer(statement, (running) => cancelled(connection, running))
  return {
    attempt,
    run: (statements) =>
      Effect.map(
        attempt(() =>
          typeof statements === "string"
            ? client.query(statements)
            : client.query(statements.text, [...statements.parameters]),
        ),
        rowCounts,
      ),
    copy: (statement, rows) =>
      copyIn(
        client,
        statement,
        Stream.make(binaryHeader).pipe(Stream.concat(rows), Stream.concat(Stream.make(binaryTrailer))),
      ).pipe(Effect.catchTag("CopyFailed", ({ cause }) => Effect.fail(toLoadError(cause, table)))),
    db: {
      executeSql: async (text, values) => await client.query(text, values),
    },
    commit: answer(
      () => client.query("commit"),
      (running) => ended(connection, running),
    ).pipe(
      Effect.filterOrFail(
        // A transaction in which a statement has failed is rolled back by COMMIT, without an error.
        ({ command }) => command === "COMMIT",
        () => loadError("internal_error", "The load's transaction had failed before its COMMIT."),
      ),
      Effect.asVoid,
    ),
    rollBack: rollback(connection),
  }
}

/** Runs the effect in transactions that it begins and commits itself; rolls them all back unless it succeeds. */
export const inTransactions = <A, E, R>(
  sessions: ReadonlyArray<LoadSession>,
  effect: Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R> =>
  Effect.onExit(effect, (exit) =>
    Exit.isSuccess(exit)
      ? Effect.void
      : Effect.forEach(sessions, ({ rollBack }) => rollBack, { concurrency: "unbounded", discard: true }),
  )

/**
 * Takes a load connection for as long as the scope lasts.
 *
 * @param table the table's name, for error messages
 */
export const open = (table: string): Effect.Effect<LoadSession, LoadError, Scope.Scope | LoadConnections> =>
  LoadConnections.use(({ checkout }) => checkout).pipe(
    Effect.mapError((error) =>
      loadError("database_unavailable", `The database did not answer: ${error.message}.`, { cause: error }),
    ),
    Effect.map((connection) => make(connection, table)),
  )
