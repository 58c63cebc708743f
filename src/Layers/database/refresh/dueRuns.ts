import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { JobId } from "../../../Domain/job/Job.ts"
import type { SchemaNotAllowed, TableOfOthers } from "../../../Domain/job/Jobs.ts"
import { ofAnotherKey } from "../../../Domain/load/columns/TableName.ts"
import { defaultTarget } from "../../../Domain/load/columns/target/RecordedTarget.ts"
import type { TargetUnknown } from "../../../Domain/load/columns/target/Targets.ts"
import type { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import type { LimitReached, Limits } from "../../../Domain/service/Limits.ts"
import * as Metrics from "../../../Domain/telemetry/Metrics.ts"
import { orUnavailable } from "../postgres/Database.ts"
import { run } from "../postgres/Statement.ts"
import { inTransaction } from "../postgres/Transaction.ts"
import { nextRunOf } from "./nextRunOf.ts"
import { decodeLocked, type LockedSource, type SourceRow } from "./SourceRow.ts"
import * as SourceStatements from "./SourceStatements.ts"

const Pending = Schema.Struct({
  dueIn: Schema.NullOr(Schema.Finite),
  stopped: Schema.Array(
    Schema.Struct({
      id: Schema.String,
      shown_url: Schema.String,
      table_name: Schema.String,
      failures: Schema.Int,
      stop_reason: Schema.String,
    }),
  ),
})
/** Only this service writes these rows, so a row that does not decode is a bug, or of a newer version. */
const decodePending = Schema.decodeUnknownSync(Pending)

/** Another replica has the sources that are due. */
const whileOthersRun = Duration.millis(250)

/** Seconds between two attempts to create a run that a limit forbids. */
const leastDelay = 60

/** The database of the table does not respond. A failure of the queue's own is another, and rolls back. */
class TargetSilent extends Data.TaggedError("TargetSilent") {}

type SkipReason = "unfinished" | "limit" | "target"

/**
 * Creates the runs that are due. A source is locked, its run created and its next one planned in one transaction, so no run is
 * created twice or lost, with any number of replicas and whenever one of them dies.
 *
 * @param findSilent the databases for tables that do not respond
 */
export const dueRuns = (
  sql: SqlClient.SqlClient,
  limits: (typeof Limits)["Service"],
  findSilent: Effect.Effect<ReadonlySet<string>>,
  isRevoked: (source: SourceRow) => Effect.Effect<boolean>,
  send: (
    source: SourceRow,
  ) => Effect.Effect<
    JobId,
    TableOfOthers | SchemaNotAllowed | TargetUnknown | LimitReached | ServiceUnavailable | SqlError
  >,
) => {
  const runDue = Effect.fnUntraced(function* (source: LockedSource, silent: Set<string>) {
    const next = nextRunOf(source, source.next_run_at, source.now)
    const plan = (reason: SkipReason, nextRunAt: Date | null, isLeftOut: boolean) =>
      Effect.andThen(
        run(sql, SourceStatements.planNext(source.id, nextRunAt, isLeftOut)),
        Metrics.count("sluice.source.runs_skipped", { reason }),
      )
    /** A limit delays the run until it may pass: the interval can be a day. */
    const afterLimit = (seconds: number) => {
      const again = new Date(source.now.getTime() + Math.max(seconds, leastDelay) * 1000)
      return next === null || again < next ? again : next
    }
    const stop = (reason: string) => run(sql, SourceStatements.stop(source.id, reason))
    const target = source.options.target ?? defaultTarget
    const late = plan("target", afterLimit(leastDelay), false)
    /** Processes that were started later can have a database that this one lacks. */
    const lacking = Effect.gen(function* () {
      const [found] = yield* run(sql, SourceStatements.isDeclared(target))
      yield* found?.["is_declared"] === true
        ? late
        : stop(`The operator no longer has the database ${target}.`)
    })
    if (yield* isRevoked(source))
      return yield* stop(
        `The API key ${source.owner}, which created the source, has expired or is no longer configured.`,
      )
    if ((yield* run(sql, SourceStatements.unfinishedRun(source.id))).length > 0)
      return yield* plan("unfinished", next, true)
    // Other sources need not wait for it.
    if (silent.has(target)) return yield* late
    const created = Effect.catchTag(send(source), "ServiceUnavailable", () => Effect.fail(new TargetSilent()))
    return yield* limits.create(source.caller, created).pipe(
      Effect.andThen(run(sql, SourceStatements.planNext(source.id, next, false))),
      Effect.catchTags({
        LimitReached: ({ retryAfter }) => plan("limit", afterLimit(retryAfter), false),
        TableOfOthers: ({ table }) => stop(ofAnotherKey(table)),
        TargetSilent: () => {
          silent.add(target)
          return late
        },
        TargetUnknown: () => lacking,
        SchemaNotAllowed: ({ schema }) => stop(`The operator no longer allows the schema ${schema}.`),
      }),
    )
  })

  /** A source that fails must not hold up the others, which are due after it. */
  const postpone = Effect.fnUntraced(function* (id: string, bug: unknown) {
    yield* Effect.annotateLogs(Effect.logError("cannot create a run, and tries again in a minute", bug), {
      source_id: id,
    })
    yield* run(sql, SourceStatements.postpone(id))
    return true
  })

  /** Creates the run that is due first; `false` if none is due, or other replicas have all that are. */
  const runFirst = Effect.fn("Sources.runFirst")((silent: Set<string>) => {
    let id: string | undefined
    return inTransaction(
      sql,
      Effect.gen(function* () {
        const [found] = yield* run(sql, SourceStatements.lockDue)
        if (found === undefined) return false
        id = String(found["id"])
        yield* runDue(decodeLocked(found), silent)
        return true
      }),
    ).pipe(
      orUnavailable("create a run"),
      Effect.catchDefect((bug) => (id === undefined ? Effect.die(bug) : postpone(id, bug))),
    )
  })

  return Effect.fnUntraced(function* (longest: Duration.Duration) {
    const [row] = yield* Effect.withTracerEnabled(run(sql, SourceStatements.pending), false)
    const { dueIn, stopped } = decodePending(row)
    for (const { failures, id, shown_url, stop_reason, table_name } of stopped)
      yield* Effect.annotateLogs(Effect.logError("source stopped"), {
        source_id: id,
        file_url: shown_url,
        table: table_name,
        failures,
        reason: stop_reason,
      })
    if (dueIn === null) return longest
    if (dueIn > 0) return Duration.min(longest, Duration.seconds(dueIn))
    let created = 0
    // Asked before the transactions, once for all sources of a database.
    const silent = new Set(yield* findSilent)
    while (yield* runFirst(silent)) created++
    return created > 0 ? Duration.zero : whileOthersRun
  })
}
