import { availableParallelism } from "node:os"
import * as ByteSize from "effect/ByteSize"
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import { expecting } from "./readSettings.ts"
import { duration, durationOrUnlimited, flag, integer, integerBetween, size } from "./settingKinds.ts"

/** With more connections for one file, the parser would be the limit. */
export const maxCopyStreams = 4

const CopyStreams = Schema.Union([Schema.Literal("auto"), integerBetween(1, maxCopyStreams)])

/** Connections that the loads of a worker may have in addition to one each, with `COPY_STREAMS=auto`. */
export const extraConnections = availableParallelism() - 1

/** How a worker runs its jobs. */
export const workerSettings = {
  /** Slots: jobs that a worker runs at a time, most of which may wait for slow sources. */
  workerConcurrency: integer("WORKER_CONCURRENCY", 48, 1, 1000),
  /** How much a worker's process leaves the processors to others on its machine (`nice`); 0: not at all. */
  workerNice: integer("WORKER_NICE", 5, 0, 19),
  /** Connections that load one file; `auto` uses several for a large file. */
  copyStreams: Config.schema(CopyStreams, "COPY_STREAMS").pipe(
    Config.withDefault("auto" as const),
    expecting(`auto or a number from 1 to ${maxCopyStreams}`),
  ),
  /** Time that running loads get after SIGTERM before they are returned to the queue; infinite: until they end. */
  shutdownGrace: durationOrUnlimited("SHUTDOWN_GRACE", Duration.seconds(20)),
  /** Time without a job after which a worker ends; infinite: never. */
  stopWhenIdle: durationOrUnlimited("STOP_WHEN_IDLE", Duration.infinity),
  /** Attempts of a job before a retryable failure is final. */
  maxAttempts: integer("MAX_ATTEMPTS", 5, 1, 1000),
  /** Longest time of one attempt. The queue ends attempts after 24 hours in any case. */
  maxLoadDuration: duration("MAX_LOAD_DURATION", Duration.hours(23)),
  /** How long the record and the rejects of a finished job are kept; its table stays. */
  jobRetention: durationOrUnlimited("JOB_RETENTION", Duration.days(90)),
  /** Most rejects and skipped lines that are kept of one job, in bytes; all are counted. */
  maxRejectsKept: size("MAX_REJECTS_KEPT", ByteSize.mebibytes(64)),
  /** Whether a load that makes a table, or adds columns, makes PostgREST read the schema again. */
  notifiesPostgrest: flag("NOTIFY_POSTGREST"),
  /** File that a worker writes once a second while it claims jobs, for health checks. */
  livenessFile: Config.NonEmptyString("LIVENESS_FILE").pipe(Config.option),
}
