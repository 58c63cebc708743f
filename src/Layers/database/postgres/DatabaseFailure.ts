import { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { PoolerUnsuitable } from "../connection/PoolerUnsuitable.ts"
import { PasswordUnusable } from "../settings/PasswordUnusable.ts"
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

/** `insufficient_privilege`. */
export const insufficientPrivilege = "42501"

/** A timeout of the session, or an administrator, has ended the statement. */
export const queryCanceled = "57014"

/** Wrong password, user or database name. */
const ofTheCredentials = /^(?:28...|3D000)$/

/** Codes of Node and OpenSSL for certificates and TLS settings that do not fit the server. */
const ofTls =
  /^(?:ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/

/** The server has no TLS, which `pg` reports without a code. */
export const isWithoutTls = (failure: unknown): boolean =>
  causeChain(failure).some(
    (each) => "message" in each && /does not support SSL connections/.test(String(each.message)),
  )

/** PgBouncer's code of all failures, also while its server is down. */
const protocolViolation = "08P01"

/** Its words for those that an operator must correct. */
const refusedByPooler =
  /unsupported startup parameter|authentication failed|does not exist|no such (?:user|database)/

/** Whether a connection attempt fails until an operator changes a setting or grants a right. */
export const isPermanent = (failure: unknown): boolean => {
  const code = failureCode(failure) ?? ""
  return (
    isOfTheStatement(failure) ||
    ofTheCredentials.test(code) ||
    code === insufficientPrivilege ||
    ofTls.test(code) ||
    isWithoutTls(failure) ||
    (code === protocolViolation && refusedByPooler.test(messageOf(failure))) ||
    causeChain(failure).some((each) => each instanceof PasswordUnusable || each instanceof PoolerUnsuitable)
  )
}

/** The failure as a domain error: the database is unavailable now, and a retry may succeed. */
export const unavailable = (operation: string, cause: unknown): ServiceUnavailable =>
  new ServiceUnavailable({ operation, message: messageOf(cause), cause })
