import * as Predicate from "effect/Predicate"
import { parsedJson } from "../../../Domain/load/options/LoadOption.ts"
import type { RequestIssue } from "../../contract/problems/Problems.ts"

const replacement = "\uFFFD"
const decoder = new TextDecoder("utf-8", { ignoreBOM: true })
const strictDecoder = new TextDecoder("utf-8", { fatal: true })
const encoder = new TextEncoder()

/** Position of the first byte that is not UTF-8; `undefined` if there is none. */
const invalidByte = (bytes: Uint8Array): number | undefined => {
  const text = decoder.decode(bytes)
  let at = 0
  let from = 0
  for (let index = text.indexOf(replacement); index >= 0; index = text.indexOf(replacement, from)) {
    at += encoder.encode(text.slice(from, index)).length
    const isGenuine = bytes[at] === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd
    if (!isGenuine) return at
    at += 3
    from = index + 1
  }
  return undefined
}

const issue = (field: string | null, message: string): RequestIssue => ({ in: "body", field, message })

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    strictDecoder.decode(bytes)
    return true
  } catch {
    return false
  }
}

const percentDecoded = (run: string): Uint8Array =>
  Uint8Array.from(run.slice(1).split("%"), (hex) => Number.parseInt(hex, 16))

/** Percent-encoded bytes of a form that are not UTF-8, with the name of their field. */
const invalidFields = (form: string): ReadonlyArray<RequestIssue> =>
  form.split("&").flatMap((pair) => {
    const invalid = pair.match(/(?:%[0-9a-f]{2})+/gi)?.find((run) => !isUtf8(percentDecoded(run)))
    if (invalid === undefined) return []
    const name = pair.replace(/=.*$/s, "")
    return [issue(name, `${name} is not valid UTF-8: ${invalid.slice(0, 30)} is no character`)]
  })

const hasInvalidText = (value: unknown): boolean => {
  if (typeof value === "string") return !value.isWellFormed()
  return typeof value === "object" && value !== null && Object.entries(value).flat().some(hasInvalidText)
}

/** Fields of a JSON text with half of a surrogate pair in them, such as `"\\ud800"`, which no UTF-8 text can hold. */
const invalidStrings = (json: string): ReadonlyArray<RequestIssue> => {
  const body = parsedJson(json)
  if (!Predicate.isObject(body)) return []
  return Object.entries(body).flatMap(([field, value]) =>
    hasInvalidText([field, value])
      ? [issue(field, `${field} has half of a surrogate pair, which is no character`)]
      : [],
  )
}

/**
 * Why the text of a body would not be read as it was sent. Decoders replace what is not Unicode, and a URL that was changed
 * so names another file.
 */
export const unreadableText = (bytes: Uint8Array, isJson: boolean): ReadonlyArray<RequestIssue> => {
  const at = invalidByte(bytes)
  const text = decoder.decode(bytes)
  if (at === undefined) return isJson ? invalidStrings(text) : invalidFields(text)
  // A body without any field is the content of a file, and the schema says so.
  return isJson || /(?:^|&)\w+=/.test(text) ? [issue(null, `the body is not valid UTF-8 at byte ${at}`)] : []
}
