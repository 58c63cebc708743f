import { type LoadWarning, loadWarning } from "../../Domain/load/LoadWarning.ts"

/** Formats of ISO 8601, which are read without the option. */
export const isIsoFormat = (format: string): boolean =>
  /^(?:YYYY-MM-DD)?(?:[ T]|"T")?(?:HH24:MI(?::SS(?:\.(?:MS|US))?)?)?(?:TZH(?::?TZM)?)?$/i.test(format)

/** The warning that no value has the date format that the user gives, with the formats of columns. */
export const unusedDateFormat = (
  dateFormat: string,
  others: ReadonlyMap<string, ReadonlySet<string>>,
): LoadWarning => {
  const found = [...others].map(
    ([column, formats]) => `${JSON.stringify(column)} has ${[...formats].join(" or ")}`,
  )
  return loadWarning(
    "date_format",
    `No column has values of the format dateFormat=${dateFormat}${found.length === 0 ? "." : `: ${found.join(", ")}.`}`,
  )
}
