import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { ClientBase, QueryResult } from "pg"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"
import type { TextFormat } from "../../../Domain/load/TextFormat.ts"
import { describeFailure } from "../../process/describeFailure.ts"
import { attemptTablePrefix } from "../postgres/attemptTablePrefix.ts"
import { statementSummary } from "../postgres/statementSummary.ts"
import type { Statement } from "../postgres/Statement.ts"
import { copyAtOnce, type CopyChunk, copyIn, sizeOf } from "./CopyIn.ts"
import { type CopyInto, copyStatement, framed, framedAtOnce } from "./copyFormats.ts"
import { toLoadError } from "./toLoadError.ts"
import { withUsualPlans } from "./planSettings.ts"
import { connectionAttributes, databaseSpan } from "./databaseSpan.ts"
import { type LoadConnection, LoadConnections } from "./LoadConnections.ts"

/** The table that a load is for. */
interface UserTable {
  readonly schema: string
  readonly table: string
  /** Of the load, if there is one. */
  readonly claim?: { readonly jobId: string }
}

/** One connection of a load. All failures are load errors. */
export interface LoadSession {
  /** The statements that begin a transaction. */
  readonly begin: string
  /**
   * Runs one statement with parameters, or several without, separated by semicolons, in one round trip. Returns the
   * number of rows that each statement touched. An interruption cancels the statement on the server.
   */
  readonly run: (statements: string | Statement) => Effect.Effect<ReadonlyArray<number | null>, LoadError>
  /** Runs one statement and returns its rows. */
  readonly select: (statement: Statement) => Effect.Effect<ReadonlyArray<Record<string, unknown>>, LoadError>
  /** Sends the statements together with the next ones, so that they cost no round trip of their own. */
  readonly later: (statements: string) => Effect.Effect<void>
  /** The same for PREPARE, unless this connection has the statement. */
  readonly prepareLater: (name: string, statement: string) => Effect.Effect<void>
  /**
   * Copies rows to a table. Returns how many the server stored.
   *
   * @param format of all rows; `null`: COPY's binary format, without its header and trailer
   */
  readonly copy: (
    into: CopyInto,
    format: TextFormat | null,
    rows: Stream.Stream<CopyChunk, LoadError>,
  ) => Effect.Effect<number, LoadError>
  /**
   * Copies rows that are there already, in one message and one transaction with the statements that were left for later and with
   * those after it. Nothing waits for the worker in between. Returns how many rows the server stored. As with `commit`, an
   * interruption does not cancel it.
   */
  readonly copyAtOnce: (
    into: CopyInto,
    format: TextFormat | null,
    rows: ReadonlyArray<CopyChunk>,
    after: string,
  ) => Effect.Effect<number, LoadError>
  /**
   * Commits, after the statements that were left for later. If it fails, nothing is committed, unless the connection was
   * lost. An interruption does not cancel it: a slow COMMIT should rather succeed.
   */
  readonly commit: Effect.Effect<void, LoadError>
  /** Rolls back, or closes the connection when the server does not do so within 2 s. */
  readonly rollBack: Effect.Effect<void>
}

/** Closing the connection rolls back as well, so a server that hangs is not waited for. */
const rollback = (connection: LoadConnection): Effect.Effect<void> =>
  Effect.tryPromise(() => connection.client.query("rollback")).pipe(
    Effect.timeout("2 seconds"),
    Effect.asVoid,
    Effect.catch((error) =>
      Effect.logDebug("closing a load connection that could not be rolled back").pipe(
        Effect.annotateLogs(describeFailure(error)),
        Effect.tap(Effect.sync(() => connection.markBroken())),
      ),
    ),
  )

/** Waits for the end of a statement after an interruption. Closes the connection if the server does not respond. */
const awaitEnd = (connection: LoadConnection, running: Promise<unknown>): Effect.Effect<void> =>
  Effect.exit(Effect.tryPromise(() => running)).pipe(
    Effect.asVoid,
    Effect.timeoutOrElse({ duration: "1 second", orElse: () => connection.destroy }),
  )

/**
 * Cancels a statement and waits for its end, so that the rollback need not wait for it: nothing else stops an ALTER
 * TABLE that rewrites gigabytes. If the cancel request may still be on its way, the connection is not reused, because
 * the request would cancel a statement of another load.
 */
const cancel = (connection: LoadConnection, running: Promise<unknown>): Effect.Effect<void> =>
  connection.requestCancel.pipe(
    Effect.timeoutOrElse({ duration: "1 second", orElse: () => Effect.succeed(false) }),
    Effect.tap((isDelivered) => Effect.sync(() => (isDelivered ? undefined : connection.markBroken()))),
    Effect.andThen(awaitEnd(connection, running)),
  )

/** pg returns one result, or an array of results for several statements. */
const rowCounts = (results: QueryResult | ReadonlyArray<QueryResult>): ReadonlyArray<number | null> =>
  [results].flat().map((result) => result.rowCount)

/** The table in the span of a statement: the user's, also while the rows are in the attempt's. */
const collectionOf = (target: string | undefined, userTable: string): string | undefined =>
  target?.includes(`"${attemptTablePrefix}`) === true ? userTable : target

/** Names of the statements that each connection has prepared. */
const prepared = new WeakMap<ClientBase, Set<string>>()

const make = (
  connection: LoadConnection,
  { schema, table }: UserTable,
  queriesRows: boolean,
): LoadSession => {
  const { client } = connection
  const pending: Array<string> = []
  /** One message with all pending statements and this one. */
  const withPending = (statement: string) => [...pending.splice(0), statement].join("; ")
  const spanOf = (text: string) => {
    const { operation, target } = statementSummary(text)
    return databaseSpan(client, operation, collectionOf(target, `${schema}.${table}`))
  }
  const waitFor = <A>(
    statement: () => Promise<A>,
    onInterrupt: (running: Promise<unknown>) => Effect.Effect<void>,
  ): Effect.Effect<A, LoadError> =>
    Effect.callback((resume) => {
      const running = statement()
      running.then(
        (result) => resume(Effect.succeed(result)),
        (cause: unknown) => resume(Effect.fail(toLoadError(cause, table))),
      )
      return onInterrupt(running)
    })
  const attempt = <A>(statement: () => Promise<A>) =>
    waitFor(statement, (running) => cancel(connection, running))
  /** One message cannot have parameters and several statements. */
  const query = async ({ parameters, text }: Statement) => {
    if (pending.length > 0) await client.query(pending.splice(0).join("; "))
    return await client.query<Record<string, unknown>>(text, [...parameters])
  }
  return {
    begin: queriesRows ? `begin; ${withUsualPlans}` : "begin",
    later: (statements) => Effect.sync(() => void pending.push(statements)),
    prepareLater: (name, statement) =>
      Effect.sync(() => {
        const names = prepared.get(client) ?? new Set()
        prepared.set(client, names)
        if (names.has(name)) return
        names.add(name)
        pending.push(`prepare ${name} as ${statement}`)
      }),
    run: (statements) =>
      attempt(async () => {
        if (typeof statements === "string") return await client.query(withPending(statements))
        return await query(statements)
      }).pipe(Effect.map(rowCounts), spanOf(typeof statements === "string" ? statements : statements.text)),
    select: (statement) =>
      attempt(() => query(statement)).pipe(
        Effect.map(({ rows }) => rows),
        spanOf(statement.text),
      ),
    copy: (copyInto, format, rows) => {
      const statement = copyStatement(copyInto, format)
      let bytes = 0
      const counted = Stream.mapArray(rows, (chunks) => {
        for (const chunk of chunks) bytes += sizeOf(chunk)
        return chunks
      })
      return copyIn(client, withPending(statement), framed(format, counted)).pipe(
        Effect.catchTag("CopyFailed", ({ cause }) => Effect.fail(toLoadError(cause, table))),
        Effect.tap((count) => Effect.annotateCurrentSpan({ "sluice.rows": count })),
        Effect.onExit(() => Effect.annotateCurrentSpan({ "sluice.bytes": bytes })),
        spanOf(statement),
      )
    },
    copyAtOnce: (copyInto, format, rows, after) => {
      const statement = copyStatement(copyInto, format)
      const bytes = rows.reduce((sum, chunk) => sum + sizeOf(chunk), 0)
      return Effect.suspend(() =>
        copyAtOnce(client, `${withPending(statement)}; ${after}`, framedAtOnce(format, rows)),
      ).pipe(
        // It is not known which statements were prepared.
        Effect.onError(() => Effect.sync(() => connection.markBroken())),
        Effect.catchTag("CopyFailed", ({ cause }) => Effect.fail(toLoadError(cause, table))),
        Effect.tap((count) => Effect.annotateCurrentSpan({ "sluice.rows": count, "sluice.bytes": bytes })),
        spanOf(statement),
      )
    },
    commit: waitFor(
      async () => [await client.query(withPending("commit"))].flat(),
      (running) => awaitEnd(connection, running),
    ).pipe(
      // It is not known which statements were prepared.
      Effect.onError(() => Effect.sync(() => connection.markBroken())),
      Effect.filterOrFail(
        // COMMIT of a failed transaction rolls back without an error.
        (results) => results.at(-1)?.command === "COMMIT",
        () => loadError("internal_error", "The load's transaction had failed before its COMMIT."),
      ),
      Effect.asVoid,
      databaseSpan(client, "COMMIT"),
    ),
    rollBack: databaseSpan(client, "ROLLBACK")(rollback(connection)),
  }
}

/** Runs an effect that begins and commits transactions on the sessions. Rolls all of them back unless it succeeds. */
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
 * Checks out a load connection for the duration of the scope.
 *
 * @param table the user's, for error messages and spans
 * @param queriesRows whether its transactions query rows of users
 */
export const open = (
  table: UserTable,
  queriesRows = false,
): Effect.Effect<LoadSession, LoadError, Scope.Scope | LoadConnections> =>
  LoadConnections.use(({ checkout }) => checkout(table.claim?.jobId)).pipe(
    Effect.mapError((error) =>
      loadError("database_unavailable", `The database did not respond: ${error.message}.`, { cause: error }),
    ),
    Effect.tap(({ client }) => Effect.annotateCurrentSpan(connectionAttributes(client))),
    Effect.withSpan("connect", { kind: "client", attributes: { "db.system.name": "postgresql" } }),
    Effect.map((connection) => make(connection, table, queriesRows)),
  )
