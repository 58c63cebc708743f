import * as Predicate from "effect/Predicate"
import { HttpClientError } from "effect/http"
import { CommandFailed } from "../CommandFailed.ts"
import type { ExitName } from "../ExitCode.ts"
import { flagOf } from "../optionName.ts"

const exitOf = (status: number): ExitName => {
  if (status === 401 || status === 403) return "not_allowed"
  if (status === 404) return "not_found"
  if (status === 422) return "load_failed"
  return status === 429 || status >= 500 ? "unavailable" : "usage"
}

/** Names the options in a message of the API as flags. */
const withFlags = (message: string, field: string | null): string =>
  field === null || !message.startsWith(field) ? message : `--${flagOf(field)}${message.slice(field.length)}`

const hasText = (value: unknown): value is string => typeof value === "string"

interface Issue {
  readonly field: string | null
  readonly message: string
}

const isIssue = (value: unknown): value is Issue =>
  Predicate.hasProperty(value, "message") && hasText(value.message) && Predicate.hasProperty(value, "field")

const issuesOf = (problem: object): ReadonlyArray<Issue> =>
  Predicate.hasProperty(problem, "issues") && Array.isArray(problem.issues)
    ? problem.issues.filter(isIssue)
    : []

const detailOf = (problem: object, detail: string): string => {
  const issues = issuesOf(problem)
  return issues.length === 0
    ? detail
    : issues.map(({ field, message }) => withFlags(message, field)).join("\n")
}

/** The message of the innermost cause: drivers wrap what the system said. */
const rootMessage = (error: unknown): string =>
  Predicate.hasProperty(error, "cause") && error.cause !== undefined
    ? rootMessage(error.cause)
    : error instanceof Error
      ? error.message
      : String(error)

/** Whether the request did not reach a server, or the server was stopping: the same request may succeed later. */
export const isTransient = (error: unknown): boolean =>
  (HttpClientError.isHttpClientError(error) && error.reason._tag === "TransportError") ||
  (Predicate.hasProperty(error, "status") && error.status === 503)

/** What went wrong with a request, and the exit code for it. */
export const explainFailure =
  (url: string) =>
  (error: unknown): CommandFailed => {
    if (error instanceof CommandFailed) return error
    if (
      Predicate.isObject(error) &&
      Predicate.hasProperty(error, "status") &&
      typeof error.status === "number" &&
      Predicate.hasProperty(error, "detail") &&
      hasText(error.detail)
    )
      return new CommandFailed({ message: detailOf(error, error.detail), exit: exitOf(error.status) })
    if (HttpClientError.isHttpClientError(error) && error.reason._tag === "TransportError")
      return new CommandFailed({
        message: `cannot reach ${url} (${rootMessage(error)}). Start Sluice there, or name another server with --url or SLUICE_URL.`,
        exit: "unavailable",
      })
    return new CommandFailed({
      message: `${url} did not respond as Sluice does (${rootMessage(error)}). Check --url, and that the server is not older than this command.`,
      exit: "unavailable",
    })
  }
