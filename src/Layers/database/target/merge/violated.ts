import { type LoadError, loadError } from "../../../../Domain/load/LoadError.ts"
import { failureCode } from "../../postgres/DatabaseFailure.ts"

/** SQLSTATE class of violated constraints. */
const integrity = /^23/

/** The values of the row, such as `Key (id)=(5) already exists.`; empty if the server does not show them. */
const detailOf = (failure: unknown): string =>
  typeof failure === "object" && failure !== null && "detail" in failure && typeof failure.detail === "string"
    ? ` ${failure.detail}`
    : ""

/** Names the constraint of the user's table that the rows violate. Nothing was changed. */
export const violated = (error: LoadError): LoadError =>
  error.code === "target_rejected" && integrity.test(failureCode(error.cause) ?? "")
    ? loadError("constraint_violated", `${error.message}${detailOf(error.cause)}`, {
        place: error.place,
        cause: error.cause,
      })
    : error
