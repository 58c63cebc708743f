import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { masked } from "../../../Domain/source/SourceUrl.ts"
import { cookieHeader } from "./OriginCookies.ts"
import type { SourceRequest } from "./SourceRequest.ts"

/** Characters of a reason. */
const maxLength = 200
/** Shorter values of headers and parameters are words that a server may say anyway. */
const shortestSecret = 6

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

/** Values that grant access, if the server repeats what it was sent. */
const secretsOf = ({ cookies, headers, url }: SourceRequest): ReadonlyArray<string> => {
  const { cookie = "" } = cookieHeader(cookies, url.origin, undefined)
  const words = [...Object.values(headers), cookie].flatMap((value) => value.split(/[\s;=]+/))
  const basic = words
    .map((word) => Buffer.from(word, "base64").toString("utf8"))
    .flatMap((text) => text.split(":"))
  const encoded = url.search.split("&").map((parameter) => parameter.replace(/^[^=]*=/, ""))
  return [...words, ...basic, ...encoded, ...url.searchParams.values()].filter(
    (word) => word.length >= shortestSecret,
  )
}

const withoutSecrets = (text: string, request: SourceRequest): string => {
  const urls = text.replaceAll(/https?:\/\/[^\s"'<>]+/g, (url) => masked(url))
  return secretsOf(request).reduce((rest, secret) => rest.replaceAll(secret, "***"), urls)
}

/**
 * Why a server refuses a request, as the beginning of its response says: one line of plain text without secrets of the
 * request; `null` if there is none.
 */
export const errorReason = (request: SourceRequest, body: string): string | null => {
  const text = body.trim()
  const json = Option.getOrUndefined(fromJson(text))
  const found =
    json === undefined ? (text.startsWith("<") ? fromMarkup(text) : firstLine(text)) : textOf(json)
  const line = withoutSecrets(found ?? "", request)
    .replaceAll(/[\p{C}\p{Z}\s]+/gu, " ")
    .trim()
  if (line === "") return null
  return line.length > maxLength ? `${line.slice(0, maxLength).toWellFormed()}…` : line
}
