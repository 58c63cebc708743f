import { type LoadError, type LoadErrorCode, loadError } from "../../../Domain/load/LoadError.ts"
import type { SourcePlace } from "../../../Domain/load/SourcePlace.ts"
import { messageOf } from "../../process/describeFailure.ts"
import { attemptTablePrefix } from "../postgres/attemptTablePrefix.ts"
import { failureCode } from "../postgres/DatabaseFailure.ts"
import { sqlStateMeaning } from "./sqlStateMeaning.ts"

/** From `COPY name, line 7, column a: "…"`. The line is the row's number, also in text format, where a row is one line. */
const rowNumber = (failure: unknown): number | null => {
  if (typeof failure !== "object" || failure === null || !("where" in failure)) return null
  const line = /^COPY [^\n]*?, line (\d+)/m.exec(String(failure.where))?.[1]
  return line === undefined ? null : Number(line)
}

/** Two transactions made something with the same name: the later one violates a constraint of Postgres's own tables. */
const isOfCatalog = (failure: unknown): boolean =>
  typeof failure === "object" && failure !== null && "schema" in failure && failure.schema === "pg_catalog"

/** A name of a table that an attempt fills, or of one of its keys. */
const attemptName = new RegExp(String.raw`\b${attemptTablePrefix}[0-9a-f-]{36} \d+(?: \d+)?`, "g")

/** The load error for a failure on a load's connection, by its SQLSTATE (Appendix A) or the socket's error code. */
export const toLoadError = (failure: unknown, table: string): LoadError => {
  const code = failureCode(failure) ?? ""
  // Postgres names the table that the rows are in until the end, which the user does not know.
  const reason = messageOf(failure).replaceAll(attemptName, table)
  const error = (code: LoadErrorCode, message: string, place: Partial<SourcePlace> = {}) =>
    loadError(code, message, { place, cause: failure })
  switch (isOfCatalog(failure) ? "exists" : sqlStateMeaning(code)) {
    case "exists":
      return error(
        "table_exists",
        `Someone has created the table ${table}, or something else with its name or the name of one of its indexes, since this job was accepted: ${reason}. Load the file again.`,
      )
    case "space":
      return error("target_out_of_space", `The database's disk is full: ${reason}.`)
    case "refused":
      return error(
        "target_rejected",
        code === "42501"
          ? `The service's database role lacks a privilege: ${reason}.`
          : `The database does not allow this load: ${reason}.`,
      )
    case "data":
      return error("target_rejected", `Postgres rejected the data: ${reason}.`, {
        record: rowNumber(failure),
      })
    case "unavailable":
      return error("database_unavailable", `The database did not respond: ${reason}.`)
  }
}
