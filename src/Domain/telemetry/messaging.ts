import type { SpanOptions } from "effect/Tracer"
import type { JobId } from "../job/Job.ts"

/** Name of the queue in telemetry. */
const destination = "sluice.load"

/** What happens to a message. */
type Operation = "send" | "process" | "settle"

/** The name of a span for an operation (OpenTelemetry's conventions for messaging). */
export const messagingSpan = (operation: Operation): string => `${operation} ${destination}`

/** The attributes that spans and metrics of an operation have. */
export const messagingAttributes = (operation: Operation) => ({
  "messaging.system": "pg-boss",
  "messaging.operation.name": operation,
  "messaging.destination.name": destination,
})

/** The attributes of a span for an operation on one job. */
export const messageAttributes = (operation: Operation, jobId: JobId) => ({
  ...messagingAttributes(operation),
  "messaging.operation.type": operation,
  "messaging.message.id": jobId,
})

/** Options of the span in which a claim is settled. */
export const settleSpan = (jobId: JobId): SpanOptions => ({
  kind: "client",
  attributes: messageAttributes("settle", jobId),
})
