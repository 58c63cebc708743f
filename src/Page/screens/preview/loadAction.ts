import type { WrittenOptions } from "../../options/LoadForm.ts"

/** Bytes of UTF-8 that a name may have in Postgres. */
const maxNameBytes = 63

const encoder = new TextEncoder()

/** A name for a new table: what the file suggests, cut to the length that Postgres allows, and the time in seconds. */
export const newTableName = (suggested: string, seconds: number): string => {
  const suffix = `_${seconds}`
  const letters = [...suggested]
  while (encoder.encode(letters.join("") + suffix).length > maxNameBytes) letters.pop()
  return letters.join("") + suffix
}

/** Whether the load makes a new table. */
export const createsTable = ({ mode = "" }: WrittenOptions): boolean => mode === "" || mode === "create"

/** What the load will do, for its button. */
export const loadAction = (options: WrittenOptions, table: string): string => {
  const place = (options["schema"] ?? "") === "" ? table : `${options["schema"]}.${table}`
  switch (options["mode"]) {
    case "append":
      return `Append to ${place}`
    case "replace":
      return `Replace all rows of ${place}`
    case "upsert":
      return options["deleteMissing"] === "true"
        ? `Make ${place} the same as the file`
        : `Insert and update rows of ${place}`
    default:
      return `Create table ${place}`
  }
}
