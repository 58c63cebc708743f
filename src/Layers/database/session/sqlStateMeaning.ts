/**
 * What an error of Postgres means for a load.
 *
 * - `data`: the rows or the columns do not fit. Another attempt fails as well.
 * - `refused`: the database does not allow the load: a missing right, a trigger, a quota. Only a person can change that.
 * - `unavailable`: the connection or the server failed. Another attempt may succeed.
 */
export type SqlStateMeaning = "data" | "refused" | "unavailable" | "space" | "exists"

/** By class, or by the whole SQLSTATE where it differs from its class (Postgres documentation, Appendix A). */
const meanings: Readonly<Record<string, SqlStateMeaning>> = {
  "08": "unavailable", // connection exception
  "0A": "data", // feature not supported
  "21": "data", // cardinality violation
  "22": "data", // data exception
  "23": "data", // integrity constraint violation
  "25": "unavailable", // invalid transaction state; a standby is read-only until a failover has ended
  "28": "unavailable", // invalid authorization; the operator rotates a password
  "40": "unavailable", // transaction rollback
  "42": "data", // syntax error or access rule violation
  "42501": "refused", // insufficient privilege
  "42710": "exists", // duplicate object, such as a type with the table's name
  "42P07": "exists", // duplicate table, or index
  "53": "unavailable", // insufficient resources
  "53100": "space", // disk full
  "53400": "refused", // configuration limit exceeded, such as temp_file_limit
  "54": "data", // program limit exceeded
  "55": "unavailable", // object not in prerequisite state, such as a lock that is not available
  "57": "unavailable", // operator intervention
  "58": "unavailable", // system error
  "72": "unavailable", // snapshot failure
  F0: "unavailable", // configuration file error
  XX: "unavailable", // internal error
}

/**
 * The meaning of a SQLSTATE, or of another error code, which comes from the connection. Every class that is not listed is a
 * refusal: an event trigger or an extension may raise an error of any class.
 */
export const sqlStateMeaning = (code: string): SqlStateMeaning =>
  /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]+$/.test(code)
    ? (meanings[code] ?? meanings[code.slice(0, 2)] ?? "refused")
    : "unavailable"
