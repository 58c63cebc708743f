import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"
import type { Job } from "../Domain/job/Job.ts"
import { isFinal } from "../Domain/job/JobState.ts"
import { Jobs, type LoadRequest, type ReceivedJob } from "../Domain/job/Jobs.ts"
import { TooManyUploads, Uploads } from "../Domain/job/Uploads.ts"
import { Caller } from "../Domain/service/Caller.ts"
import { Limits } from "../Domain/service/Limits.ts"
import { ServiceUnavailable } from "../Domain/service/ServiceUnavailable.ts"
import { withTimeout } from "../Domain/service/withTimeout.ts"
import { WorkerSettings } from "../Domain/service/WorkerSettings.ts"
import { CsvSource } from "../Domain/source/CsvSource.ts"
import { type SentFile, UploadSource } from "../Domain/source/UploadSource.ts"
import { heartbeat } from "./Heartbeat.ts"
import { runAttempt } from "./runAttempt.ts"
import { Slots } from "./Slots.ts"

const isReceived = (job: ReceivedJob | Job): job is ReceivedJob => "replica" in job

const databaseTimeout = Duration.seconds(10)

/** The database does not respond. The job ends when it does, because nobody renews its claim. */
const unsettled = ({ attempt }: ReceivedJob) =>
  new ServiceUnavailable({
    operation: "load an upload",
    message: "the end of the job could not be saved",
    detail: `The database does not respond, so the result of job ${attempt.claim.jobId} is unknown. Request its status later.`,
  })

/**
 * Loads uploads in the process that receives them, as a worker loads downloads, with slots and a heartbeat of their own. A
 * client that leaves does not interrupt the creation of its job, so that each job that is created is also ended here.
 */
export const layer = Layer.effect(
  Uploads,
  Effect.gen(function* () {
    const jobs = yield* Jobs
    const limits = yield* Limits
    const slots = yield* Slots
    const source = yield* UploadSource
    const settings = yield* WorkerSettings
    const permits = yield* Semaphore.make(settings.slots)
    yield* Effect.forkScoped(heartbeat)
    const context =
      yield* Effect.context<Exclude<Effect.Services<ReturnType<typeof runAttempt>>, CsvSource>>()

    /** Starts the load and waits until its claim is settled. */
    const load = Effect.fnUntraced(function* ({ attempt, createdAt, replica }: ReceivedJob, file: SentFile) {
      const { jobId } = attempt.claim
      const ended = yield* Deferred.make<void>()
      const fromClient = CsvSource.of({
        open: (_, options) => source.open(file, options),
        openIfChanged: () => Effect.die("an upload is of no source"),
      })
      const times = { createdAt, dueAt: createdAt, claimedAt: createdAt }
      yield* slots.start(attempt, 0, (slot) =>
        runAttempt(slot, { replica, times }).pipe(
          Effect.withSpan("load upload", { attributes: { "sluice.job.id": jobId } }),
          Effect.provideService(CsvSource, fromClient),
          // The caller's context wins, because it has the span and the scope.
          Effect.updateContext((callers: Context.Context<never>) => Context.merge(context, callers)),
          Effect.asVoid,
          Effect.ensuring(Deferred.succeed(ended, undefined)),
        ),
      )
      yield* Effect.onInterrupt(Effect.interruptible(Deferred.await(ended)), () => slots.interrupt(jobId))
    })

    const receive = Effect.fnUntraced(function* (
      request: LoadRequest,
      file: SentFile,
      onStarted: (jobId: Job["jobId"]) => Effect.Effect<void>,
    ) {
      const { id } = yield* Caller
      const create = limits.create(id, limits.upload(id, jobs.receive(request)))
      return yield* Effect.uninterruptible(
        Effect.gen(function* () {
          // An interruption during COMMIT would leave a job that nobody runs. After it, the load begins and is interrupted.
          const received = yield* withTimeout(databaseTimeout, "create a job")(create)
          if (!isReceived(received)) return received
          const { claim, table } = received.attempt
          yield* onStarted(claim.jobId)
          yield* Effect.annotateLogs(Effect.logInfo("receiving an upload"), { job_id: claim.jobId, table })
          yield* load(received, file)
          const find = jobs.find(claim.jobId)
          const job = Option.getOrUndefined(yield* withTimeout(databaseTimeout, "find a job")(find))
          return job !== undefined && isFinal(job.state) ? job : yield* unsettled(received)
        }),
      )
    })

    return Uploads.of({
      load: Effect.fn("Uploads.load")(function* (sent, onStarted) {
        const received = yield* permits.withPermitsIfAvailable(1)(
          Effect.flatMap(sent, ({ file, request }) => receive(request, file, onStarted)),
        )
        return Option.isSome(received) ? received.value : yield* new TooManyUploads()
      }),
    })
  }),
).pipe(Layer.provide(Layer.fresh(Slots.layer)))
