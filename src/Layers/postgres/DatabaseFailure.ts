import { ServiceUnavailable } from "../../Domain/ServiceUnavailable.ts"

const codeOf = (value: unknown): string | undefined =>
  typeof value === "object" && value !== null && "code" in value && typeof value.code === "string"
    ? value.code
    : undefined

/**
 * The SQLSTATE (five characters, Postgres documentation, Appendix A) or the socket error code behind a
 * failure, however deep a driver or a wrapper has put it.
 */
export const failureCode = (failure: unknown): string | undefined => {
  let cause = failure
  for (let depth = 0; depth < 8 && typeof cause === "object" && cause !== null; depth++) {
    const code = codeOf(cause)
    if (code !== undefined) return code
    cause = "reason" in cause ? cause.reason : "cause" in cause ? cause.cause : undefined
  }
  return undefined
}

/**
 * SQLSTATE classes that speak of a mistake in the statement or its data. They would be the same on every
 * try; all else (lost connections, shutdown, too many clients, full disk, deadlock) passes.
 */
const ofTheStatement = /^(?:0A|2[0-8]|2[BDF]|3[48BDF]|42|44|54|55000|P0|XX)/

export const isOfTheStatement = (failure: unknown): boolean => {
  const code = failureCode(failure)
  return code !== undefined && ofTheStatement.test(code) && code.length === 5
}

export const messageOf = (failure: unknown): string =>
  failure instanceof Error ? failure.message : String(failure)

/** The failure as the domain knows it: the database does not answer now, a later try may succeed. */
export const unavailable = (operation: string, cause: unknown): ServiceUnavailable =>
  new ServiceUnavailable({ operation, message: messageOf(cause), cause })
