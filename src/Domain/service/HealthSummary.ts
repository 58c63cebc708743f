import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { ServiceUnavailable } from "./ServiceUnavailable.ts"

const count = (description: string) => Schema.Natural.annotate({ description })

/** The minutes over which ended jobs are counted. */
export const recentMinutes = 15

const Replica = Schema.Struct({
  replica: count("Number of the worker, which no other one has at the same time."),
  startedAt: Schema.NullOr(
    Schema.DateTimeUtcFromString.annotate({
      description: "When the worker started; null for one of an earlier version.",
    }),
  ),
  slots: Schema.NullOr(
    count("Jobs that it runs at a time (WORKER_CONCURRENCY); null for one of an earlier version."),
  ),
  used: count("Jobs that it runs now."),
  draining: Schema.Boolean.annotate({
    description: "Whether it is stopping: it takes no more jobs, and finishes those that it runs.",
  }),
})

/** The whole service at a glance: all callers, all processes. */
export const HealthSummary = Schema.Struct({
  queue: Schema.Struct({
    waiting: count(
      'Jobs that a free slot, also of a further worker, would start now, also those whose next attempt is due. It is sluice_queue_jobs{state="waiting"}, by which workers are scaled.',
    ),
    waitingForHost: count(
      "Due jobs that no worker may start, because their host is at its limit (SOURCE_HOST_CONCURRENCY), or asked for fewer requests.",
    ),
    waitingForTarget: count(
      "Due jobs that no worker can start, because none reaches the database of their table.",
    ),
    retrying: count("Jobs whose next attempt is not due yet."),
    active: count("Jobs that run."),
    oldestAge: Schema.Finite.annotate({
      description: "Seconds that the oldest of the waiting jobs has waited; 0 if there is none.",
    }),
  }),
  replicas: Schema.Array(Replica).annotate({ description: "The workers, oldest first." }),
  targets: Schema.Array(
    Schema.Struct({
      target: Schema.String.annotate({ description: "Its name in requests." }),
      available: Schema.Boolean.annotate({
        description: "Whether it has responded lately, to the API of this response.",
      }),
    }),
  ).annotate({ description: "The databases for tables besides that of the queue." }),
  rowsPerSecond: Schema.Finite.annotate({
    description: "Speed of the running attempts together, each averaged over its time.",
  }),
  recent: Schema.Struct({
    minutes: count("The time that these figures are about."),
    completed: count("Jobs that completed."),
    failed: count("Jobs that failed."),
    cancelled: count("Jobs that were cancelled."),
    rowsLoaded: count("Rows of the jobs that completed."),
  }),
})
export type HealthSummary = typeof HealthSummary.Type

/** Reads the summary from the database. */
export class HealthReport extends Context.Service<
  HealthReport,
  { readonly read: Effect.Effect<HealthSummary, ServiceUnavailable> }
>()("sluice/Domain/HealthReport") {}
