import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Predicate from "effect/Predicate"
import * as Tracer from "effect/Tracer"
import { LoadError } from "../../Domain/load/LoadError.ts"
import { failureCode } from "../database/postgres/DatabaseFailure.ts"
import * as Metrics from "../../Domain/telemetry/Metrics.ts"
import type { Sampler } from "./Sampler.ts"
import { type StatementSummary, statementSummary } from "../database/postgres/statementSummary.ts"

/** Refusals of a request, and a claim that another process ended. None is a failure of this service. */
const expected: ReadonlySet<string> = new Set([
  "JobNotFound",
  "JobAlreadyFinished",
  "TableBusy",
  "TableNameTaken",
  "TableOfOthers",
  "IdempotencyKeyReused",
  "ClaimLost",
])

const isExpected = (error: unknown): boolean =>
  (Predicate.hasProperty(error, "_tag") && expected.has(String(error._tag))) ||
  // A problem, as the API responds with it.
  (Predicate.hasProperty(error, "status") && typeof error.status === "number" && error.status < 500)

const errorType = (error: unknown): string => {
  if (error instanceof LoadError) return error.code
  const code = failureCode(error)
  if (code !== undefined) return code
  if (Predicate.hasProperty(error, "_tag")) return String(error._tag)
  return error instanceof Error ? error.name : "_OTHER"
}

const sqlState = /^[0-9A-Z]{5}$/

/** The exit of a span: refusals are no failure. */
const conventionalExit = (
  span: Tracer.Span,
  exit: Exit.Exit<unknown, unknown>,
): Exit.Exit<unknown, unknown> => {
  if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) return exit
  const error = Cause.squash(exit.cause)
  if (isExpected(error)) return Exit.void
  const type = errorType(error)
  if (!span.attributes.has("error.type")) span.attribute("error.type", type)
  if (span.attributes.has("db.system.name") && sqlState.test(type))
    span.attribute("db.response.status_code", type)
  return exit
}

/** Statements of the SQL client are mostly constant. Those of loads have spans of their own and are not kept here. */
const summaries = new Map<string, StatementSummary>()
const maxSummaries = 500
const maxSummaryText = 10_000

const summaryOf = (text: string): StatementSummary => {
  const found = summaries.get(text) ?? statementSummary(text)
  if (summaries.size < maxSummaries && text.length < maxSummaryText) summaries.set(text, found)
  return found
}

/** Names a statement by what it does, where Effect names it by the database. */
const nameStatement = (span: Tracer.Span): void => {
  const text = span.attributes.get("db.query.text")
  if (typeof text !== "string") return
  const { operation, target } = summaryOf(text)
  if (operation === "") return
  span.attribute("db.operation.name", operation)
  if (target !== undefined) span.attribute("db.collection.name", target)
  Object.assign(span, { name: target === undefined ? operation : `${operation} ${target}` })
}

/** A statement's duration, from its span: Effect's SQL client has no other hook. */
const recordStatement = (span: Tracer.Span, endTime: bigint): void => {
  const attribute = (key: string) => {
    const value = span.attributes.get(key)
    return typeof value === "string" ? value : undefined
  }
  const operation = attribute("db.operation.name")
  if (operation === undefined) return
  Metrics.recordUnsafe(
    "db.client.operation.duration",
    {
      "db.system.name": attribute("db.system.name"),
      "db.operation.name": operation,
      "error.type": attribute("error.type"),
    },
    Number(endTime - span.status.startTime) / 1e9,
  )
}

/**
 * A tracer whose spans follow OpenTelemetry's conventions where Effect's do not: names of statements, `error.type`, and no
 * error for a refusal. Records the durations of statements.
 *
 * @param tracer makes the spans
 */
export const conventional = (tracer: Tracer.Tracer, isSampled: Sampler): Tracer.Tracer =>
  Tracer.make({
    ...tracer,
    span: (options) => {
      const span = tracer.span(options)
      const end = span.end.bind(span)
      return Object.assign(span, {
        sampled: isSampled(span),
        end: (time: bigint, exit: Exit.Exit<unknown, unknown>) => {
          nameStatement(span)
          const conventional = conventionalExit(span, exit)
          recordStatement(span, time)
          end(time, conventional)
        },
      })
    },
  })
