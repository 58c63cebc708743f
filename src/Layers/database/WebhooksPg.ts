import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import { Job, JobId } from "../../Domain/job/Job.ts"
import { Jobs } from "../../Domain/job/Jobs.ts"
import { type DeliveryDecision, isSuccess } from "../../Domain/job/webhook/DeliveryDecision.ts"
import { type Delivery, Webhooks } from "../../Domain/job/webhook/Webhooks.ts"
import type { WebhookMessage, WebhookOutcome } from "../../Domain/job/webhook/WebhookSender.ts"
import { Caller, theService } from "../../Domain/service/Caller.ts"
import { orUnavailable } from "./postgres/Database.ts"
import { run } from "./postgres/Statement.ts"
import * as JobSecrets from "./jobs/JobSecrets.ts"
import * as WebhookStatements from "./jobs/WebhookStatements.ts"
import { Notifications } from "./queue/Notifications.ts"

const ClaimedRow = Schema.Struct({
  jobId: JobId,
  attempts: Schema.Int,
  host: Schema.String,
  callbackId: Schema.NullOr(JobSecrets.CallbackId),
  keyId: Schema.NullOr(Schema.String),
  content: Schema.NullOr(Schema.String),
})
const decodeRows = Schema.decodeUnknownSync(Schema.Array(ClaimedRow))

const toJson = Schema.encodeSync(Schema.fromJsonString(Schema.toCodecJson(Job)))

/** Why an attempt failed, for the owner of the job. */
const errorOf = (outcome: WebhookOutcome): string | null => {
  if (outcome._tag !== "Responded") return outcome.reason
  const { status } = outcome
  if (isSuccess(status)) return null
  if (status >= 300 && status < 400)
    return `The receiver responded with ${status}. Redirects are not followed.`
  return `The receiver responded with ${status}.`
}

const states = { Delivered: "delivered", Retry: "pending", GiveUp: "failed" } as const

const attempted = (outcome: WebhookOutcome, decision: DeliveryDecision): WebhookStatements.Attempted => ({
  state: states[decision._tag],
  status: outcome._tag === "Responded" ? outcome.status : null,
  error: errorOf(outcome),
  delay: decision._tag === "Retry" ? decision.delay : null,
})

/** `Webhooks` in the table `sluice.webhook`, an outbox. */
export const layer = Layer.effect(
  Webhooks,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const jobs = yield* Jobs
    const secrets = yield* JobSecrets.JobSecrets
    const received = yield* Notifications

    /** The job as its owner sees it now; `null` if there is nothing to send. */
    const messageOf = Effect.fnUntraced(function* ({
      callbackId,
      content,
      jobId,
      keyId,
    }: typeof ClaimedRow.Type) {
      const job = yield* Effect.provideService(jobs.find(jobId), Caller, theService)
      const url =
        content === null
          ? Option.none()
          : yield* Effect.option(secrets.openCallback(callbackId ?? jobId, { keyId, content }))
      if (Option.isNone(job) || Option.isNone(url)) return null
      const message: WebhookMessage = { id: `msg_${jobId}`, url: url.value, body: toJson(job.value) }
      return message
    })

    return Webhooks.of({
      claim: Effect.fn("Webhooks.claim")(function* ({ limit, perHost, running }) {
        const claim = WebhookStatements.claimDue(limit, perHost, Object.fromEntries(running))
        const rows = decodeRows(yield* orUnavailable("claim notifications")(run(sql, claim)))
        return rows.map((row): Delivery => {
          const { attempts: attempt, host, jobId } = row
          return { jobId, attempt, host, message: messageOf(row) }
        })
      }),
      nextDue: run(sql, WebhookStatements.nextDue).pipe(
        orUnavailable("look for notifications"),
        Effect.map(([row]) => {
          const seconds = row?.["seconds"]
          return typeof seconds === "number"
            ? Option.some(Duration.seconds(Math.max(0, seconds)))
            : Option.none()
        }),
      ),
      settle: Effect.fn("Webhooks.settle")(function* (delivery, outcome, decision) {
        yield* run(sql, WebhookStatements.settle(delivery, attempted(outcome, decision)))
      }, orUnavailable("settle a notification")),
      release: Effect.fn("Webhooks.release")(function* (delivery) {
        yield* run(sql, WebhookStatements.release(delivery))
      }, orUnavailable("release a notification")),
      signals: received.pipe(
        Stream.filter(
          (notification) =>
            notification._tag === "Listening" || notification.payload === WebhookStatements.dueSignal,
        ),
        Stream.map(() => undefined),
      ),
    })
  }),
).pipe(Layer.provide(JobSecrets.layer))
