import { escape } from "effect/RegExp"
import {
  decoded,
  mask,
  masked,
  maskedText,
  type UrlMasking,
} from "../../../Domain/source/masking/UrlMasking.ts"
import { cookieHeader } from "./OriginCookies.ts"
import type { SourceRequest } from "./SourceRequest.ts"

/** Shorter parts of headers and URLs are words that a server may say anyway. */
const shortestSecret = 4

/** Names of authentication schemes, which are no secrets. */
const schemes = /^(?:basic|bearer|digest|token)$/i

/** Headers that say what the client is and takes. Servers repeat their words, such as `text/csv`, which are no secrets. */
const plainHeaders = /^(?:user-agent|accept(?:-.*)?|range|if-.*|content-type|cache-control|pragma)$/i
const plainWord = /^[a-z*]{1,12}(?:[/-][a-z*+.-]{1,12})*$/i

/** The words of a URL, as they are and decoded. */
const wordsOf = (url: string): ReadonlyArray<string> =>
  [url, decoded(url)].flatMap((text) => text.split(/[\s/\\?#&=;:@,]+/))

/** Parts of the request that are never shown, longest first. */
const secretsOf = ({ cookies, headers, url }: SourceRequest, masking: UrlMasking): ReadonlyArray<string> => {
  const { cookie = "" } = cookieHeader(cookies, url.origin, undefined)
  const inHeaders = [...Object.entries(headers), ["cookie", cookie] as const].flatMap(([name, value]) =>
    value.split(/[\s;=,]+/).filter((word) => !(plainHeaders.test(name) && plainWord.test(word))),
  )
  const basic = inHeaders.flatMap((word) => Buffer.from(word, "base64").toString("utf8").split(":"))
  const shown = new Set(wordsOf(masked(url.href, masking)))
  const inUrl = [...wordsOf(url.href), ...url.searchParams.values()].filter((word) => !shown.has(word))
  return [...new Set([...inHeaders, ...basic, ...inUrl])]
    .filter((word) => word.length >= shortestSecret && !schemes.test(word) && !shown.has(word))
    .toSorted((a, b) => b.length - a.length)
}

/** The ways to write a character in a URL, in HTML and in JSON, apart from a backslash before it. */
const writtenAs = (character: string): string => {
  if (/[\da-z]/i.test(character)) return character
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16)
  const inUrl = [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")
  const forms = [
    escape(character),
    inUrl,
    `&#0*${code};`,
    `&#x0*${hex};`,
    String.raw`\\u${hex.padStart(4, "0")}`,
    ...(character === " " ? [String.raw`\+`] : []),
    ...(entities[character] === undefined ? [] : [`&${entities[character]};`]),
  ]
  return `(?:${forms.join("|")})`
}

/** Backslashes, each of which may be written as two. */
const backslashes = String.raw`(?:\\+|(?:%5c)+|(?:&#0*92;)+|(?:&#x0*5c;)+)`

/**
 * Matches a secret as a server may write it. Only one part of the expression can match a run of backslashes: if several could
 * share it, a server's text that almost matches would take exponential time.
 */
const written = (secret: string): RegExp => {
  const parts = Array.from(secret.matchAll(/(\\*)([^\\]|$)/gu), ([, before = "", character = ""]) => {
    if (before !== "") return backslashes + (character === "" ? "" : writtenAs(character))
    return /^[\da-z]?$/i.test(character) ? character : String.raw`\\?` + writtenAs(character)
  })
  return new RegExp(parts.join(""), "gi")
}

const entities: Readonly<Record<string, string>> = {
  "<": "lt",
  ">": "gt",
  '"': "quot",
  "'": "apos",
  "&": "amp",
}

/** A text of a server without secrets of the request and of other URLs in it. */
export const withoutSecrets = (text: string, request: SourceRequest, masking: UrlMasking): string =>
  secretsOf(request, masking).reduce(
    (rest, secret) => rest.replaceAll(written(secret), mask),
    maskedText(text, masking),
  )
