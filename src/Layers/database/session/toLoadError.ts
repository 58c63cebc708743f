import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"
import { messageOf } from "../../process/describeFailure.ts"
import { failureCode } from "../postgres/DatabaseFailure.ts"

/** From `COPY name, line 7, column a: "…"`. In a binary COPY, the line is the row's number. */
const rowNumber = (failure: unknown): number | null => {
  if (typeof failure !== "object" || failure === null || !("where" in failure)) return null
  const line = /^COPY [^\n]*?, line (\d+)/m.exec(String(failure.where))?.[1]
  return line === undefined ? null : Number(line)
}

/** The load error for a failure on a load's connection, by its SQLSTATE (Appendix A) or the socket's error code. */
export const toLoadError = (failure: unknown, table: string): LoadError => {
  const code = failureCode(failure) ?? ""
  const reason = messageOf(failure)
  if (code === "42P07")
    return loadError(
      "table_exists",
      `Someone has created the table ${table} since this job was accepted. Post the URL again.`,
      { cause: failure },
    )
  if (code === "53100")
    return loadError("target_out_of_space", `The database's disk is full: ${reason}.`, { cause: failure })
  if (code === "42501")
    return loadError("target_rejected", `The service's database role lacks a privilege: ${reason}.`, {
      cause: failure,
    })
  const isCausedByData = /^(?:22|23|54|42|0A)...$/.test(code)
  if (isCausedByData)
    return loadError("target_rejected", `Postgres rejected the data: ${reason}.`, {
      place: { record: rowNumber(failure) },
      cause: failure,
    })
  return loadError("database_unavailable", `The database did not respond: ${reason}.`, { cause: failure })
}
