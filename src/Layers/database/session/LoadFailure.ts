import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"
import { messageOf } from "../../process/describeFailure.ts"
import { failureCode } from "../postgres/DatabaseFailure.ts"

const hasField = <K extends string>(value: unknown, key: K): value is Record<K, unknown> =>
  typeof value === "object" && value !== null && key in value

const fieldOf = (failure: unknown, key: string): string | undefined =>
  hasField(failure, key) && typeof failure[key] === "string" ? failure[key] : undefined

/** `COPY name, line 7, column a: "…"`: the line is the row's number, for we send one line a record. */
const rowNumber = (failure: unknown): number | null => {
  const line = /^COPY [^\n]*?, line (\d+)/m.exec(fieldOf(failure, "where") ?? "")?.[1]
  return line === undefined ? null : Number(line)
}

/** What went wrong in the load's transaction, from the server's SQLSTATE (Appendix A) or the socket's code. */
export const toLoadError = (failure: unknown, table: string): LoadError => {
  const code = failureCode(failure) ?? ""
  const said = messageOf(failure)
  if (code === "42P07")
    return loadError(
      "table_exists",
      `Somebody else has created the table ${table} since this job was accepted. Post the URL again.`,
      { cause: failure },
    )
  if (code === "53100")
    return loadError("target_out_of_space", `The database's disk is full: ${said}.`, { cause: failure })
  if (code === "42501")
    return loadError("target_rejected", `The service's database role lacks a right: ${said}.`, {
      cause: failure,
    })
  const isOfTheData = /^(?:22|23|54|42|0A)/.test(code) && code.length === 5
  if (isOfTheData)
    return loadError("target_rejected", `Postgres refused the data: ${said}.`, {
      place: { record: rowNumber(failure) },
      cause: failure,
    })
  return loadError("database_unavailable", `The database did not answer: ${said}.`, { cause: failure })
}
