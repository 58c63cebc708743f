import * as Predicate from "effect/Predicate"
import { HttpClientError } from "effect/http"
import { isProblemCode, type ProblemCode } from "../../Api/contract/problems/problemCatalog.ts"
import { InvalidRequest } from "../../Api/contract/problems/Problems.ts"
import { CommandFailed } from "../CommandFailed.ts"
import type { ExitName } from "../ExitCode.ts"
import { flagOf } from "../optionName.ts"
import { commandMessage } from "./commandMessage.ts"

/** The exits of problems whose status stands for another one. */
const exitByCode: Partial<Record<ProblemCode, ExitName>> = {
  // The same request would fail again.
  query_too_slow: "usage",
  cast_failed: "usage",
  idempotency_key_reused: "usage",
  request_timeout: "unavailable",
  upload_cancelled: "load_failed",
}

const exitOf = (code: unknown, status: number): ExitName => {
  const exit = typeof code === "string" && isProblemCode(code) ? exitByCode[code] : undefined
  if (exit !== undefined) return exit
  if (status === 401 || status === 403) return "not_allowed"
  if (status === 404) return "not_found"
  if (status === 409) return "conflict"
  if (status === 422) return "load_failed"
  return status === 429 || status >= 500 ? "unavailable" : "usage"
}

/** `fileUrl` is an argument, every other option of the API a flag. */
const argumentOf = (option: string): string => (option === "fileUrl" ? "the URL" : `--${flagOf(option)}`)

/** The message of an issue, which begins with the name of its field. */
const issueText = (message: string, field: string | null, isOption: (field: string) => boolean): string =>
  field === null || !message.startsWith(field) || !isOption(field)
    ? commandMessage(message)
    : argumentOf(field) + commandMessage(message.slice(field.length))

const detailOf = (problem: object, detail: string, isOption: (field: string) => boolean): string =>
  problem instanceof InvalidRequest
    ? problem.issues.map(({ field, message }) => issueText(message, field, isOption)).join("\n")
    : commandMessage(detail)

/** The problem as the API wrote it. */
const documentOf = (problem: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(problem).filter(([name]) => name !== "_tag"))

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

/**
 * What went wrong with a request, and the exit code for it.
 *
 * @param isOption whether a field of the request is an argument of the command
 */
export const explainFailure =
  (url: string, isOption: (field: string) => boolean = () => true) =>
  (error: unknown): CommandFailed => {
    if (error instanceof CommandFailed) return error
    if (
      Predicate.isObject(error) &&
      Predicate.hasProperty(error, "status") &&
      typeof error.status === "number" &&
      Predicate.hasProperty(error, "detail") &&
      typeof error.detail === "string"
    ) {
      const problem = documentOf(error)
      return new CommandFailed({
        message: detailOf(error, error.detail, isOption),
        exit: exitOf(problem["code"], error.status),
        problem,
      })
    }
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
