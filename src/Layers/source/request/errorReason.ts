import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { UrlMasking } from "../../../Domain/source/masking/UrlMasking.ts"
import type { SourceRequest } from "./SourceRequest.ts"
import { withoutSecrets } from "./withoutSecrets.ts"

/** Characters of a reason. */
const maxLength = 200

const fromJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Json))
/** Where servers put the reason, the most telling first. */
const fields = ["message", "error_description", "detail", "msg", "reason", "title", "code", "error", "errors"]

/** The text of an error in JSON: that of the first field that has one, also in a nested object. */
const textOf = (json: Schema.Json | undefined): string | null => {
  if (typeof json === "string") return json
  if (typeof json !== "object" || json === null) return null
  if (Array.isArray(json)) return textOf(json[0])
  const entries = new Map(Object.entries(json))
  for (const field of fields) {
    const text = textOf(entries.get(field))
    if (text !== null) return text
  }
  return null
}

const entities: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  "#39": "'",
  amp: "&",
}

const element = (text: string, name: string): string | null =>
  new RegExp(`<${name}(?:\\s[^>]*)?>([^<]*)</${name}>`, "i")
    .exec(text)?.[1]
    ?.replaceAll(/&(lt|gt|quot|apos|#39|amp);/g, (_, entity: string) => entities[entity] ?? "") ?? null

/** Storage services (S3, Azure, Google Cloud) name the cause in `Code` and explain it in `Message`. A page has a title. */
const fromMarkup = (text: string): string | null => {
  const parts = [element(text, "Code"), element(text, "Message")?.trim().split("\n")[0] ?? null]
  const named = parts.filter((part) => part !== null)
  return named.length > 0 ? named.join(": ") : element(text, "title")
}

/** The first line of a plain text. */
const firstLine = (text: string): string | null =>
  text.split(/[\r\n]/).find((line) => line.trim() !== "") ?? null

/**
 * Why a server refuses a request, as the beginning of its response says: one line of plain text without secrets of the
 * request; `null` if there is none.
 */
export const errorReason = (request: SourceRequest, body: string, masking: UrlMasking): string | null => {
  const text = body.trim()
  const json = Option.getOrUndefined(fromJson(text))
  const found =
    json === undefined ? (text.startsWith("<") ? fromMarkup(text) : firstLine(text)) : textOf(json)
  const line = withoutSecrets(found ?? "", request, masking)
    .replaceAll(/[\p{C}\p{Z}\s]+/gu, " ")
    .trim()
  if (line === "") return null
  return line.length > maxLength ? `${line.slice(0, maxLength).toWellFormed()}…` : line
}
