import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { flow } from "effect/Function"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { randomUUID } from "node:crypto"
import { JobChanges } from "../../Domain/job/changes/JobChanges.ts"
import { JobId } from "../../Domain/job/Job.ts"
import { JobQueue } from "../../Domain/job/JobQueue.ts"
import { IdempotencyKeyReused } from "../../Domain/job/Jobs.ts"
import { SourceId } from "../../Domain/job/SourceId.ts"
import type { ChangedSource } from "../../Domain/refresh/SourceChange.ts"
import { type RefreshedSource, shownRuns } from "../../Domain/refresh/RefreshedSource.ts"
import type { RefreshSchedule } from "../../Domain/refresh/RefreshSchedule.ts"
import { SourceNotFound, type SourceRequest, Sources } from "../../Domain/refresh/Sources.ts"
import { isSameSchedule } from "../../Domain/refresh/WrittenSchedule.ts"
import { ApiKeys } from "../../Domain/service/ApiKeys.ts"
import { Caller, openOwner, reachableOwner } from "../../Domain/service/Caller.ts"
import { Limits } from "../../Domain/service/Limits.ts"
import { SourceUrl } from "../../Domain/source/SourceUrl.ts"
import { UrlMasking } from "../../Domain/source/masking/UrlMasking.ts"
import { SourceHosts } from "../process/SourceHosts.ts"
import { AppConfig } from "../process/AppConfig.ts"
import * as JobSecrets from "./jobs/JobSecrets.ts"
import * as JobStatements from "./jobs/JobStatements.ts"
import { TargetDatabases } from "./jobs/TargetDatabases.ts"
import { storedRequest } from "./jobs/creation/storedRequest.ts"
import { insertForRun } from "./jobs/WebhookStatements.ts"
import { orUnavailable } from "./postgres/Database.ts"
import { run, type Statement } from "./postgres/Statement.ts"
import { inTransaction } from "./postgres/Transaction.ts"
import { changeSource, forgetSecret } from "./refresh/changeSource.ts"
import { dueRuns } from "./refresh/dueRuns.ts"
import { nextRunOf } from "./refresh/nextRunOf.ts"
import { sendRun } from "./refresh/sendRun.ts"
import { accessTo, type SourceAccess } from "./refresh/SourceAccess.ts"
import { decodeLocked, RunRow, SourceRow, toRun, toSource } from "./refresh/SourceRow.ts"
import * as SourceRules from "./refresh/SourceRules.ts"
import * as SourceStatements from "./refresh/SourceStatements.ts"
import { isAllowed } from "./target/allowedSchemas.ts"

/** Only this service writes these rows, so a row that does not decode is a bug. */
const decodeRow = Schema.decodeUnknownSync(SourceRow)
const decodeRuns = Schema.decodeUnknownSync(Schema.Array(RunRow))
const decodeIds = Schema.decodeUnknownSync(Schema.Array(Schema.Struct({ id: JobId })))
const decodeTime = Schema.decodeUnknownSync(Schema.Struct({ now: Schema.Date }))

const secondsOf = (schedule: RefreshSchedule | null): number | null =>
  schedule?._tag === "Every" ? Duration.toSeconds(schedule.interval) : null

/** `Sources` on Postgres. */
export const layer = Layer.effect(
  Sources,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const queue = yield* JobQueue
    const changes = yield* JobChanges
    const limits = yield* Limits
    const masking = yield* UrlMasking
    const secrets = yield* JobSecrets.JobSecrets
    const { targetSchema, targetSchemas } = yield* AppConfig
    const hosts = yield* SourceHosts
    const { requireAllowed, requireNoConflict, requireRoom } = yield* SourceRules.make(sql)
    const statements = JobStatements.make(sql, targetSchema)
    const targets = yield* TargetDatabases
    const keys = yield* ApiKeys
    const startedAt = yield* Clock.currentTimeMillis
    const changed = yield* Latch.make(false)

    const send = Effect.fnUntraced(function* (source: SourceRow) {
      const jobId = yield* sendRun(statements, source, {
        isAllowed: (schema) => isAllowed(schema, targetSchema, targetSchemas),
        host: hosts.limitedHost(source.file_url),
        targets,
      })
      if (source.callback_url !== null) yield* run(sql, insertForRun(jobId, source.id))
      yield* sql.afterCommit(Effect.andThen(queue.announce, changes.announce(jobId)))
      return jobId
    })

    /**
     * Whether the source's key is no longer valid. Another process may have newer keys: one that was started with fewer does not
     * know the key of a source that was created since.
     */
    const isRevoked = ({ created_at, owner }: SourceRow) =>
      owner === openOwner || created_at.getTime() > startedAt
        ? Effect.succeed(false)
        : Effect.map(keys.isHeld(owner), (isHeld) => !isHeld)

    /** Each source with at most `limit` of its latest runs, which one statement reads. */
    const eachWithRuns = Effect.fnUntraced(function* (sources: ReadonlyArray<SourceRow>, limit: number) {
      const statement = SourceStatements.runs(
        sources.map(({ id }) => id),
        limit,
      )
      const runs = Map.groupBy(decodeRuns(yield* run(sql, statement)), (row) => row.source_id)
      return sources.map((row) => ({ ...toSource(row), runs: (runs.get(row.id) ?? []).map(toRun) }))
    })
    const withRuns = (row: SourceRow) =>
      Effect.map(eachWithRuns([row], shownRuns), ([source]) => source ?? { ...toSource(row), runs: [] })

    /** The source that the statement returns, if the caller may reach it. */
    const selected = Effect.fnUntraced(function* (
      sourceId: SourceId,
      statementFor: (source: SourceAccess) => Statement,
    ) {
      const [row] = yield* run(sql, statementFor(yield* accessTo(sourceId)))
      return row === undefined ? yield* new SourceNotFound({ sourceId }) : row
    })

    const unfinishedRun = Effect.fnUntraced(function* (sourceId: SourceId) {
      const [job] = decodeIds(yield* run(sql, SourceStatements.unfinishedRun(sourceId)))
      return job?.id ?? null
    })

    const insert = Effect.fnUntraced(function* (request: SourceRequest, interval: number | null) {
      const caller = yield* Caller
      const { idempotencyKey, options, schedule } = request
      const { now } = decodeTime((yield* run(sql, SourceStatements.lockOwner(caller.owner)))[0])
      const id = SourceId.make(randomUUID())
      const callbackId = JobSecrets.CallbackId.make(randomUUID())
      const stored = storedRequest(id, request, { masking, secrets, callbackId }, schedule)
      if (idempotencyKey !== undefined) {
        const [found] = yield* run(sql, SourceStatements.selectByKey(caller.owner, idempotencyKey))
        if (found !== undefined) {
          const earlier = decodeRow(found)
          return stored.requestHashes.includes(earlier.request_hash ?? "")
            ? earlier
            : yield* new IdempotencyKeyReused({ idempotencyKey })
        }
      }
      const { mode, schema = targetSchema, tableName } = options
      yield* requireNoConflict(
        id,
        { owner: caller.owner, schema, table: String(tableName), target: options.target },
        mode,
      )
      yield* requireRoom(caller.id)
      const [inserted] = yield* run(
        sql,
        SourceStatements.insert({
          ...stored,
          id,
          callbackId,
          owner: caller.owner,
          caller: caller.id,
          schema,
          schedule,
          interval,
          nextRunAt: nextRunOf({ id, ...schedule, unchanged_runs: 0 }, null, now),
        }),
      )
      const source = decodeRow(inserted)
      yield* send(source)
      return source
    })

    const create = Effect.fn("Sources.create")(function* (request: SourceRequest) {
      const schedule = yield* requireAllowed(request.schedule, request.options.callbackUrl)
      const source = yield* inTransaction(sql, insert(request, secondsOf(schedule)))
      yield* changed.open
      yield* Effect.annotateCurrentSpan({ "sluice.source.id": source.id })
      return yield* withRuns(source)
    }, orUnavailable("create a source"))

    const find = Effect.fn("Sources.find")(
      function* (sourceId: SourceId) {
        const row = yield* selected(sourceId, SourceStatements.select)
        return Option.some(yield* withRuns(decodeRow(row)))
      },
      Effect.catchTag("SourceNotFound", () => Effect.succeedNone),
      orUnavailable("find a source"),
    )

    const list: Sources["Service"]["list"] = Effect.fn("Sources.list")(function* ({ after, limit, runs }) {
      const rows = yield* run(sql, SourceStatements.list(yield* reachableOwner, after, limit))
      const page = rows.slice(0, limit).map((row) => decodeRow(row))
      const sources = runs === 0 ? page.map(toSource) : yield* eachWithRuns(page, runs)
      const last = sources.at(-1)
      return {
        sources,
        next:
          rows.length > limit && last !== undefined
            ? ([last.schema, last.table, last.sourceId] as const)
            : null,
      }
    }, orUnavailable("list sources"))

    const remove = Effect.fn("Sources.remove")(function* (sourceId: SourceId) {
      yield* selected(sourceId, SourceStatements.remove)
      return yield* unfinishedRun(sourceId)
    }, orUnavailable("remove a source"))

    const refreshLocked = Effect.fnUntraced(function* (sourceId: SourceId) {
      const source = decodeLocked(yield* selected(sourceId, SourceStatements.lock))
      const unfinished = yield* unfinishedRun(sourceId)
      if (unfinished !== null) return unfinished
      // The source is locked first, as by runs that are due.
      const jobId = yield* limits.create(source.caller, send(source))
      if (source.state === "stopped")
        yield* run(sql, SourceStatements.restart(sourceId, nextRunOf(source, null, source.now)))
      return jobId
    })
    const refresh = Effect.fn("Sources.refresh")(function* (sourceId: SourceId) {
      return yield* Effect.ensuring(inTransaction(sql, refreshLocked(sourceId)), changed.open)
    }, orUnavailable("refresh a source"))

    const changeLocked = Effect.fnUntraced(function* <E, R>(
      sourceId: SourceId,
      decide: (source: RefreshedSource) => Effect.Effect<ChangedSource, E, R>,
    ) {
      const source = decodeLocked(yield* selected(sourceId, SourceStatements.lock))
      const { changesCallback, fileUrl, options, schedule } = yield* decide(toSource(source))
      const interval = secondsOf(yield* requireAllowed(schedule, options.callbackUrl))
      const { owner, target_schema: schema, table_name: table } = source
      yield* run(sql, SourceStatements.lockOwner(owner))
      yield* requireNoConflict(
        sourceId,
        { owner, schema, table, target: source.options.target },
        options.mode,
      )
      const callbackId = JobSecrets.CallbackId.make(randomUUID())
      // A URL that stays is not stored again. Masked, it can be longer than one in a request.
      const url = fileUrl ?? SourceUrl.make(source.file_url, { disableChecks: true })
      const request = { fileUrl: url, options }
      const stored = storedRequest(sourceId, request, { masking, secrets, callbackId })
      if (fileUrl !== undefined) yield* run(sql, forgetSecret(sourceId))
      const isPlannedAnew = source.state === "active" && !isSameSchedule(source, schedule)
      const [changed] = yield* run(
        sql,
        changeSource(source, {
          ...stored,
          schedule,
          interval,
          nextRunAt: isPlannedAnew
            ? nextRunOf({ ...source, ...schedule }, null, source.now)
            : source.next_run_at,
          changesSecret: fileUrl !== undefined,
          callbackId: changesCallback ? callbackId : null,
        }),
      )
      return decodeRow(changed)
    })
    const change: Sources["Service"]["change"] = Effect.fn("Sources.change")(function* (sourceId, decide) {
      const source = yield* Effect.ensuring(inTransaction(sql, changeLocked(sourceId, decide)), changed.open)
      return yield* withRuns(source)
    }, orUnavailable("change a source"))

    const changeState = (statementFor: (source: SourceAccess) => Statement) =>
      Effect.fnUntraced(function* (sourceId: SourceId) {
        const row = yield* selected(sourceId, statementFor)
        yield* changed.open
        return yield* withRuns(decodeRow(row))
      }, orUnavailable("change a source"))

    return Sources.of({
      create,
      find,
      list,
      remove,
      change,
      refresh,
      pause: Effect.fn("Sources.pause")(changeState(SourceStatements.pause)),
      resume: Effect.fn("Sources.resume")(changeState(SourceStatements.resume)),
      runDue: flow(
        dueRuns(sql, limits, targets.silent, isRevoked, send),
        orUnavailable("create the runs that are due"),
      ),
      awaitChange: Effect.andThen(changed.await, Effect.asVoid(changed.close)),
    })
  }),
).pipe(Layer.provide(JobSecrets.layer))
