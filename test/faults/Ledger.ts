import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import type { Fleet } from "./Fleet.ts"
import type { Violation } from "./Invariants.ts"
import type { PostgresServer } from "./PostgresServer.ts"
import type { Samples } from "./Samples.ts"
import { numberOf } from "./Source.ts"
import type { Spec } from "./Workload.ts"

/** What the suite knows of a job it was promised by a 202. */
export interface Entry {
  readonly jobId: string
  readonly spec: Spec
  /** Whether no fault that is dealt to it excuses any other end than `completed`. */
  readonly mustComplete: boolean
  /** `answered`: a 200 has promised that it is cancelled. */
  cancel: "none" | "asked" | "answered"
  finalState: string | null
  readonly ended: Deferred.Deferred<string>
  /** The latest attempt that was begun: by which replica, and when anybody has noticed that it failed. */
  holder: string | undefined
  retryCount: number
  hasFailed: boolean
}

/** A fault that takes a job's attempt away, and when. */
interface Loss {
  readonly fault: string
  readonly at: number
  readonly retryCount: number
}

interface Look {
  readonly id: string
  readonly final_state: string | null
  readonly retry_count: number | null
  readonly failed: boolean
  readonly begun_at: number | null
}

/** The jobs of a run: posted, cancelled, watched to their end. */
export interface Ledger {
  readonly entries: ReadonlyMap<string, Entry>
  /** Those that have not ended, as far as is known. */
  readonly open: () => ReadonlyArray<Entry>
  /** The id of the job for the file of this number, from before its 202. */
  readonly idOf: (number: number) => string | undefined
  /** Posts the file until a 202 comes, whatever becomes of the API meanwhile. */
  readonly post: (spec: Spec, url: string, mustComplete?: boolean) => Effect.Effect<Entry>
  /** Says that the replica, or everybody, cannot be expected to answer at once for so long. */
  readonly disturb: (millis: number, holder?: string) => void
  /**
   * Asks to cancel and, when that is promised, measures until nothing of the load is left, unless the suite itself
   * holds the load.
   */
  readonly cancel: (entry: Entry, isHeld?: boolean) => Effect.Effect<number>
  /** Says that the fault takes the running attempts of the replica, or of everybody, away. */
  readonly lose: (fault: string, holder?: string) => void
  /** Answers of the API that should not have been. */
  readonly violations: ReadonlyArray<Violation>
  readonly counts: { posts: number; repeatedPosts: number; cancels: number; begins: number }
}

/** Any answer, or `undefined` where none came. */
const ask = (request: HttpClientRequest.HttpClientRequest) =>
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

const everybody = "everybody"

/** Measurements that outlive a fleet. */
export interface Measurements {
  /** From a fault to the beginning of the next attempt, by fault. */
  readonly recovery: Samples
  /** From the answer to a cancel to the end of all that the load was. */
  readonly cancelToGone: Samples
}

export const make = Effect.fnUntraced(function* (
  fleet: Fleet,
  postgres: PostgresServer,
  options: { readonly seed: number; readonly measurements: Measurements },
) {
  const { measurements, seed } = options
  const { cancelToGone, recovery } = measurements
  const entries = new Map<string, Entry>()
  const ids = new Map<number, string>()
  const losses = new Map<string, Loss>()
  /** By job: a worker may begin before the 202 has come. */
  const begun = new Map<string, { readonly holder: string; readonly retryCount: number }>()
  const counts = { posts: 0, repeatedPosts: 0, cancels: 0, begins: 0 }
  const violations: Array<Violation> = []
  const disturbedUntil = new Map<string, number>()
  const isDisturbed = (holder: string, since: number) =>
    [holder, fleet.api.name, everybody].some((name) => (disturbedUntil.get(name) ?? 0) >= since)
  const open = () => [...entries.values()].filter(({ finalState }) => finalState === null)

  fleet.api.line.onInsert(({ jobId, url }) => {
    const number = numberOf(url)
    if (number !== undefined) ids.set(number, jobId)
  })
  for (const { line, name } of fleet.workers)
    line.onBegin(({ jobId, retryCount }) => {
      counts.begins += 1
      begun.set(jobId, { holder: name, retryCount })
      const entry = entries.get(jobId)
      if (entry === undefined) return
      entry.holder = name
      entry.retryCount = retryCount
      entry.hasFailed = false
    })

  const see = ({ begun_at: begunAt, failed, final_state: finalState, id, retry_count: retryCount }: Look) => {
    const entry = entries.get(id)
    if (entry === undefined) return
    entry.hasFailed = failed && retryCount === entry.retryCount
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

  const look = Effect.suspend(() =>
    postgres.query<Look>(
      `select id::text, final_state, retry_count, error is not null as failed,
        (extract(epoch from attempt_started_at) * 1000)::float8 as begun_at
      from sluice.job where id = any($1::uuid[])`,
      [open().map(({ jobId }) => jobId)],
    ),
  )
  yield* look.pipe(
    Effect.map((rows) => rows.forEach(see)),
    // Without it nothing would ever be seen to end.
    Effect.catchCause((cause) => Effect.logError("the jobs could not be looked at", cause)),
    Effect.andThen(Effect.sleep("40 millis")),
    Effect.forever,
    Effect.forkScoped,
  )

  /** What the API has last logged of a request that it failed. */
  const whyFailed = () =>
    String(fleet.api.log().findLast(({ message }) => message === "request failed")?.["cause"] ?? "")

  /** Asks, and takes note of an answer that is none of the statuses; none at all may always come. */
  const asked = (statuses: ReadonlyArray<number>) => (request: HttpClientRequest.HttpClientRequest) =>
    Effect.tap(ask(request), (answer) =>
      Effect.sync(() => {
        if (answer === undefined || statuses.includes(answer.status)) return
        violations.push({
          rule: "the API answered what it must not",
          jobId: null,
          detail: `${answer.status} to ${request.method}: ${answer.text} ${whyFailed()}`,
        })
      }),
    )

  const post = Effect.fnUntraced(function* (spec: Spec, url: string, mustComplete = false) {
    let tries = 0
    const once = Effect.suspend(() => {
      tries += 1
      return asked([202, 503])(
        HttpClientRequest.post(`${fleet.api.origin()}/download_file`).pipe(
          HttpClientRequest.setHeader("idempotency-key", `faults-${seed}-${spec.number}`),
          HttpClientRequest.bodyUrlParams(new URLSearchParams({ fileUrl: url })),
        ),
      )
    })
    const answer = yield* Effect.repeat(once, {
      until: (answer) => answer?.status === 202,
      schedule: Schedule.spaced("100 millis"),
    })
    const jobId = jobIdIn(answer?.text ?? "{}")
    const entry: Entry = {
      jobId,
      spec,
      mustComplete,
      cancel: "none",
      finalState: null,
      ended: Deferred.makeUnsafe<string>(),
      holder: begun.get(jobId)?.holder,
      retryCount: begun.get(jobId)?.retryCount ?? 0,
      hasFailed: false,
    }
    counts.posts += 1
    if (tries > 1) counts.repeatedPosts += 1
    entries.set(jobId, entry)
    ids.set(spec.number, jobId)
    return entry
  })

  const leftOf = (jobId: string) =>
    postgres.query<{ what: string }>(
      `select concat_ws(' ', pid, state, wait_event, left(query, 60)) as what from pg_stat_activity
        where application_name = 'sluice load' and state <> 'idle' and query like $1
      union all
      select relname::text from pg_class where relkind = 'r' and relname like $2`,
      [`%"load ${jobId} %`, `load ${jobId} %`],
    )

  const cancel = Effect.fnUntraced(function* (entry: Entry, isHeld = false) {
    if (entry.cancel === "none") entry.cancel = "asked"
    const since = Date.now()
    const { holder } = entry
    const answer = yield* asked([200, 409, 503])(
      HttpClientRequest.get(`${fleet.api.origin()}/job_cancel?jobId=${entry.jobId}`),
    )
    const answered = Date.now()
    if (answer?.status !== 200) return answer?.status ?? 0
    entry.cancel = "answered"
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
    const millis = Date.now() - answered
    const name =
      holder === undefined
        ? "of a job that waits"
        : isDisturbed(holder, since)
          ? "of a running job, while its worker, line or database stands still"
          : "of a running job"
    cancelToGone.add(name, millis)
    if (millis > 1000)
      yield* Effect.logInfo(`a cancel ${name} (${holder}) took ${millis} ms; last was left: ${lastLeft}`)
    return 200
  })

  return {
    entries,
    open,
    idOf: (number) => ids.get(number),
    post,
    cancel,
    lose: (fault, holder) => {
      const at = Date.now()
      for (const entry of open())
        if (entry.holder !== undefined && !entry.hasFailed && (holder ?? entry.holder) === entry.holder)
          losses.set(entry.jobId, { fault, at, retryCount: entry.retryCount })
    },
    disturb: (millis, holder = everybody) => {
      const until = Date.now() + millis
      disturbedUntil.set(holder, Math.max(disturbedUntil.get(holder) ?? 0, until))
    },
    counts,
    violations,
  } satisfies Ledger
})
