import { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { causeChain, messageOf } from "../../process/describeFailure.ts"

/**
 * The SQLSTATE (five characters, Postgres documentation, Appendix A) or the socket error code behind a
 * failure, however deep a driver or a wrapper has put it.
 */
export const failureCode = (failure: unknown): string | undefined =>
  causeChain(failure)
    .map((each) => ("code" in each ? each.code : undefined))
    .find((code) => typeof code === "string")

/**
 * SQLSTATE classes that speak of a mistake in the statement or its data: the same on every try. All else
 * passes: lost connections, a server that shuts down, is read-only after a failover or full, deadlocks, and
 * rights or passwords that the operator will mend (42501, 28).
 */
const ofTheStatement = /^(?:0A|2[0-24679]|2[BDF]|3[48BF]|42(?!501)|44|54|P0|XX)...$/

export const isOfTheStatement = (failure: unknown): boolean => ofTheStatement.test(failureCode(failure) ?? "")

/** Wrong password or user, no such database: waiting will not mend it, but it is not a mistake of ours. */
const ofTheCredentials = /^(?:28...|3D000)$/

export const isOfTheCredentials = (failure: unknown): boolean =>
  ofTheCredentials.test(failureCode(failure) ?? "")

/** The failure as the domain knows it: the database does not answer now, a later try may succeed. */
export const unavailable = (operation: string, cause: unknown): ServiceUnavailable =>
  new ServiceUnavailable({ operation, message: messageOf(cause), cause })
