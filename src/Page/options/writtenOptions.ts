import { loadOptions } from "virtual:load-options"
import { delimiterName } from "../format/delimiterName.ts"
import type { WrittenOptions } from "./LoadForm.ts"

const textOf = (name: string, value: unknown): string => {
  if (name === "delimiter") return delimiterName(value === null ? null : String(value))
  if (value === null) return "none"
  return typeof value === "object" ? JSON.stringify(value) : String(value)
}

type Options = Readonly<Record<string, unknown>>

/** The given options of a job whose secrets the service does not show. */
export const secretOptions = (options: Options): ReadonlyArray<string> =>
  ["headers", "callbackUrl"].filter(
    (name) => options[name] !== undefined && (name === "headers" || String(options[name]).includes("***")),
  )

/** The options of a job as a user would write them, without those whose secrets the service does not show. */
export const writtenOptions = (options: Options): WrittenOptions => {
  const secret = secretOptions(options)
  return Object.fromEntries(
    loadOptions.flatMap(({ name }) =>
      secret.includes(name) || options[name] === undefined ? [] : [[name, textOf(name, options[name])]],
    ),
  )
}
