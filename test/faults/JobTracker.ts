import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import type { Fleet } from "./Fleet.ts"
import type { Violation } from "./Invariants.ts"
import type { PostgresServer } from "./PostgresServer.ts"
import type { Samples } from "./Samples.ts"
import { numberOf } from "./Source.ts"
import { optionsOf, type Spec } from "./Workload.ts"

/** A job with a 202 response. */
export interface TrackedJob {
  readonly jobId: string
  readonly spec: Spec
  /** Whether it must complete in spite of all faults, unless it is cancelled. */
  readonly mustComplete: boolean
  /** `confirmed`: the cancel had a 200 response. */
  cancel: "none" | "requested" | "confirmed"
  finalState: string | null
  readonly ended: Deferred.Deferred<string>
  /** The worker and the retry count of the latest attempt, and whether it is known to have failed or to have been released. */
  holder: string | undefined
  retryCount: number
  hasEnded: boolean
}

/** A fault that ends a job's attempt, and its time. */
interface LostAttempt {
  readonly fault: string
  readonly at: number
  readonly retryCount: number
}

interface JobState {
  readonly id: string
  readonly final_state: string | null
  readonly retry_count: number | null
  readonly ended: boolean
  readonly begun_at: number | null
}

/** Posts and cancels the jobs of a run, and tracks them to their end. */
export interface JobTracker {
  readonly entries: ReadonlyMap<string, TrackedJob>
  /** Jobs that have not ended. */
  readonly open: () => ReadonlyArray<TrackedJob>
  /** The id of the job for this file, known before the 202 response. */
  readonly idOf: (number: number) => string | undefined
  /** Posts the file, and repeats the request until the response is 202. */
  readonly post: (spec: Spec, url: string, mustComplete?: boolean) => Effect.Effect<TrackedJob>
  /** Expects delays of the replica, or of all replicas, for this long. */
  readonly expectDelay: (millis: number, holder?: string) => void
  /**
   * Requests a cancel. After a 200 response, measures the time until nothing of the load is left, unless a fault holds the
   * load. Returns the status.
   */
  readonly cancel: (entry: TrackedJob, isHeld?: boolean) => Effect.Effect<number>
  /** Expects a retry of the running attempts of the replica, or of all replicas, and measures the time until then. */
  readonly expectRetry: (fault: string, holder?: string) => void
  /** Unexpected responses of the API. */
  readonly violations: ReadonlyArray<Violation>
  readonly counts: { posts: number; repeatedPosts: number; cancels: number; begins: number }
}

/** The response, or `undefined` if there is none. */
const send = (request: HttpClientRequest.HttpClientRequest) =>
  HttpClient.execute(request).pipe(
    Effect.flatMap((response) => Effect.map(response.text, (text) => ({ status: response.status, text }))),
    Effect.timeout("10 seconds"),
    Effect.provide(FetchHttpClient.layer),
    Effect.option,
    Effect.map((answer) => (answer._tag === "Some" ? answer.value : undefined)),
  )

const jobIdIn = (text: string): string => {
  const body: unknown = JSON.parse(text)
  return typeof body === "object" && body !== null && "jobId" in body ? String(body.jobId) : ""
}

const everyReplica = "every replica"

const callers = 3

/** Measurements that outlive a fleet. */
export interface Measurements {
  /** From a fault to the start of the next attempt, by fault. */
  readonly recovery: Samples
  /** From the response to a cancel until nothing of the load is left. */
  readonly cancelToGone: Samples
}

export const make = Effect.fnUntraced(function* (
  fleet: Fleet,
  postgres: Pick<PostgresServer, "query">,
  options: {
    readonly seed: number
    readonly measurements: Measurements
    /** The server of the tables, if it is another one. */
    readonly tables?: Pick<PostgresServer, "query">
    /** Between two tries of a POST. */
    readonly postInterval?: Duration.Input
  },
) {
  const { measurements, seed } = options
  const { cancelToGone, recovery } = measurements
  const entries = new Map<string, TrackedJob>()
  const ids = new Map<number, string>()
  const losses = new Map<string, LostAttempt>()
  /** The latest attempt by job. A worker may start a job before its 202 response. */
  const latestAttempts = new Map<string, { readonly holder: string; readonly retryCount: number }>()
  const counts = { posts: 0, repeatedPosts: 0, cancels: 0, begins: 0 }
  const violations: Array<Violation> = []
  const delayedUntil = new Map<string, number>()
  const isDelayed = (holder: string, since: number) =>
    [holder, fleet.api.name, everyReplica].some((name) => (delayedUntil.get(name) ?? 0) >= since)
  const open = () => [...entries.values()].filter(({ finalState }) => finalState === null)

  fleet.api.proxy.onInsert(({ jobId, url }) => {
    const number = numberOf(url)
    if (number !== undefined) ids.set(number, jobId)
  })
  for (const { proxy, name } of fleet.workers)
    proxy.onBegin(({ jobId, retryCount }) => {
      counts.begins += 1
      latestAttempts.set(jobId, { holder: name, retryCount })
      const entry = entries.get(jobId)
      if (entry === undefined) return
      entry.holder = name
      entry.retryCount = retryCount
      entry.hasEnded = false
    })

  const update = ({
    begun_at: begunAt,
    ended,
    final_state: finalState,
    id,
    retry_count: retryCount,
  }: JobState) => {
    const entry = entries.get(id)
    if (entry === undefined) return
    entry.hasEnded = ended && retryCount === entry.retryCount
    const loss = losses.get(id)
    if (loss !== undefined && retryCount !== null && retryCount > loss.retryCount && begunAt !== null) {
      recovery.add(loss.fault, Math.max(0, begunAt - loss.at))
      losses.delete(id)
    }
    if (finalState === null) return
    losses.delete(id)
    entry.finalState = finalState
    Deferred.doneUnsafe(entry.ended, Effect.succeed(finalState))
  }

  const openJobs = Effect.suspend(() =>
    postgres.query<JobState>(
      `select id::text, final_state, retry_count, coalesce(attempts -> -1 ? 'outcome', false) as ended,
        (extract(epoch from attempt_started_at) * 1000)::float8 as begun_at
      from sluice.job where id = any($1::uuid[])`,
      [open().map(({ jobId }) => jobId)],
    ),
  )
  yield* openJobs.pipe(
    Effect.map((rows) => rows.forEach(update)),
    // If this loop failed, no job would be seen to end.
    Effect.catchCause((cause) => Effect.logError("cannot read the jobs", cause)),
    Effect.andThen(Effect.sleep("40 millis")),
    Effect.forever,
    Effect.forkScoped,
  )

  /** The cause of the API's last failed request. */
  const lastFailure = () =>
    String(fleet.api.log().findLast(({ message }) => message === "request failed")?.["cause"] ?? "")

  /** Sends the request, and records an unexpected status. There may always be no response. */
  const expecting = (statuses: ReadonlyArray<number>) => (request: HttpClientRequest.HttpClientRequest) =>
    Effect.tap(send(request), (answer) =>
      Effect.sync(() => {
        if (answer === undefined || statuses.includes(answer.status)) return
        violations.push({
          rule: "the API returned an unexpected response",
          jobId: null,
          detail: `${answer.status} to ${request.method}: ${answer.text} ${lastFailure()}`,
        })
      }),
    )

  const post = Effect.fnUntraced(function* (spec: Spec, url: string, mustComplete = false) {
    let tries = 0
    const once = Effect.suspend(() => {
      tries += 1
      return expecting([202, 503])(
        HttpClientRequest.post(`${fleet.api.origin()}/download_file`).pipe(
          HttpClientRequest.setHeader("idempotency-key", `faults-${seed}-${spec.number}`),
          // Several callers, whose jobs the queue shares out.
          HttpClientRequest.setHeader("x-forwarded-for", `192.0.2.${1 + (spec.number % callers)}`),
          HttpClientRequest.bodyUrlParams(new URLSearchParams({ fileUrl: url, ...optionsOf(spec) })),
        ),
      )
    })
    const answer = yield* Effect.repeat(once, {
      until: (answer) => answer?.status === 202,
      schedule: Schedule.spaced(options.postInterval ?? "100 millis"),
    })
    const jobId = jobIdIn(answer?.text ?? "{}")
    const entry: TrackedJob = {
      jobId,
      spec,
      mustComplete,
      cancel: "none",
      finalState: null,
      ended: Deferred.makeUnsafe<string>(),
      holder: latestAttempts.get(jobId)?.holder,
      retryCount: latestAttempts.get(jobId)?.retryCount ?? 0,
      hasEnded: false,
    }
    counts.posts += 1
    if (tries > 1) counts.repeatedPosts += 1
    entries.set(jobId, entry)
    ids.set(spec.number, jobId)
    return entry
  })

  const leftOf = (jobId: string) =>
    (options.tables ?? postgres).query<{ what: string }>(
      `select concat_ws(' ', pid, state, wait_event, left(query, 60)) as what from pg_stat_activity
        where application_name = 'sluice load' and state <> 'idle' and query like $1
      union all
      select relname::text from pg_class where relkind = 'r' and relname like $2`,
      [`%"load ${jobId} %`, `load ${jobId} %`],
    )

  const cancel = Effect.fnUntraced(function* (entry: TrackedJob, isHeld = false) {
    if (entry.cancel === "none") entry.cancel = "requested"
    const since = Date.now()
    const { holder } = entry
    const answer = yield* expecting([200, 409, 503])(
      HttpClientRequest.get(`${fleet.api.origin()}/job_cancel?jobId=${entry.jobId}`),
    )
    const respondedAt = Date.now()
    if (answer?.status !== 200) return answer?.status ?? 0
    entry.cancel = "confirmed"
    counts.cancels += 1
    if (isHeld) return 200
    let lastLeft = ""
    yield* leftOf(entry.jobId).pipe(
      Effect.tap((left) =>
        Effect.sync(() => {
          if (left.length > 0) lastLeft = left.map(({ what }) => what).join("; ")
        }),
      ),
      Effect.repeat({
        until: (left) => left.length === 0,
        schedule: Schedule.spaced("10 millis").pipe(Schedule.upTo({ duration: "60 seconds" })),
      }),
    )
    const millis = Date.now() - respondedAt
    const name =
      holder === undefined
        ? "of a waiting job"
        : isDelayed(holder, since)
          ? "of a running job, during another fault"
          : "of a running job"
    cancelToGone.add(name, millis)
    if (millis > 1000)
      yield* Effect.logInfo(`a cancel ${name} (${holder}) took ${millis} ms; last left: ${lastLeft}`)
    return 200
  })

  return {
    entries,
    open,
    idOf: (number) => ids.get(number),
    post,
    cancel,
    expectRetry: (fault, holder) => {
      const at = Date.now()
      for (const entry of open())
        if (entry.holder !== undefined && !entry.hasEnded && (holder ?? entry.holder) === entry.holder)
          losses.set(entry.jobId, { fault, at, retryCount: entry.retryCount })
    },
    expectDelay: (millis, holder = everyReplica) => {
      const until = Date.now() + millis
      delayedUntil.set(holder, Math.max(delayedUntil.get(holder) ?? 0, until))
    },
    counts,
    violations,
  } satisfies JobTracker
})
