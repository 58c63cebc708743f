import { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { causeChain, messageOf } from "../../process/describeFailure.ts"

/**
 * The SQLSTATE of a failure (five characters, Postgres documentation, Appendix A) or its socket error code, from the
 * failure itself or any that it wraps.
 */
export const failureCode = (failure: unknown): string | undefined =>
  causeChain(failure)
    .map((each) => ("code" in each ? each.code : undefined))
    .find((code) => typeof code === "string")

/**
 * SQLSTATE classes of errors in the statement or its data, which fail on every attempt. All others can pass: a lost
 * connection, a server that shuts down, is full, or is read-only after a failover, a deadlock, and missing rights or a
 * wrong password, which the operator can fix (42501, 28).
 */
const ofTheStatement = /^(?:0A|2[0-24679]|2[BDF]|3[48BF]|42(?!501)|44|54|P0|XX)...$/

export const isOfTheStatement = (failure: unknown): boolean => ofTheStatement.test(failureCode(failure) ?? "")

/** Wrong password, user or database name: waiting does not help, but it is no bug either. */
const ofTheCredentials = /^(?:28...|3D000)$/

export const isOfTheCredentials = (failure: unknown): boolean =>
  ofTheCredentials.test(failureCode(failure) ?? "")

/** The failure as a domain error: the database is unavailable now, and a retry may succeed. */
export const unavailable = (operation: string, cause: unknown): ServiceUnavailable =>
  new ServiceUnavailable({ operation, message: messageOf(cause), cause })
