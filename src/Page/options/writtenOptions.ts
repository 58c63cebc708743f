import { loadOptions } from "virtual:load-options"
import { delimiterName } from "../format/delimiterName.ts"
import type { WrittenOptions } from "./LoadForm.ts"

const textOf = (name: string, value: unknown): string => {
  if (name === "delimiter") return delimiterName(value === null ? null : String(value))
  if (value === null) return "none"
  if (Array.isArray(value)) return value.map(String).join("\n")
  return typeof value === "object" ? JSON.stringify(value) : String(value)
}

const isMasked = (name: string, value: unknown): boolean =>
  name === "callbackUrl" && String(value).includes("***")

/** The options of a job as a user would write them, without those whose secrets the service does not show. */
export const writtenOptions = (options: Readonly<Record<string, unknown>>): WrittenOptions =>
  Object.fromEntries(
    loadOptions.flatMap(({ name }) =>
      name === "headers" || options[name] === undefined || isMasked(name, options[name])
        ? []
        : [[name, textOf(name, options[name])]],
    ),
  )
