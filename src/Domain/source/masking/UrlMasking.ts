import * as Context from "effect/Context"
import { parseWebUrl } from "../SourceUrl.ts"
import { type PathPattern, shownPath } from "./PathPattern.ts"

/** Which parts of a URL may be shown besides its scheme, host and path and the names of its parameters. */
export interface UrlMasking {
  /** Parameters whose values are shown. */
  readonly shownParameters: ReadonlySet<string>
  /** Paths that contain secrets. */
  readonly maskedPaths: ReadonlyArray<PathPattern>
}

export const nothingShown: UrlMasking = { shownParameters: new Set(), maskedPaths: [] }

/** The masking of this process. */
export const UrlMasking = Context.Reference<UrlMasking>("sluice/Domain/UrlMasking", {
  defaultValue: () => nothingShown,
})

export const mask = "***"

/** Longer than the name of any parameter. */
const maxNameLength = 64

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "))
  } catch {
    return text
  }
}

/** Decodes until nothing is encoded any more: a URL in a parameter of a URL in a parameter is encoded twice. */
const fullyDecoded = (text: string): string => {
  let before = text
  for (let n = 0; n < 8; n++) {
    const after = decoded(before)
    if (after === before) return after
    before = after
  }
  return before
}

const userinfo = /^([a-z][a-z\d+.-]*:)?([\\/]{2})[^\\/?#]*@/i

const shownName = (name: string): string => {
  const text = fullyDecoded(name)
  return text.length > maxNameLength || /[@?=\s]|:[\\/]{2}/.test(text) ? mask : name
}

/** A value that may be shown, without the secrets of a URL in it. */
const shownValue = (value: string, masking: UrlMasking): string => {
  const text = fullyDecoded(value)
  const shown = maskedText(text.replace(/^[^\s/?#:]*:[^/?#]*@/, `${mask}@`), masking)
  return shown === text ? value : shown
}

/** One `name=value`. A word without a name is a value: `?<token>`. */
const maskedParameter = (parameter: string, masking: UrlMasking): string => {
  if (parameter === "") return ""
  const [, name, value] = /^([^=]*)=([^]*)$/.exec(parameter) ?? [undefined, undefined, parameter]
  if (!masking.shownParameters.has(decoded(name ?? value))) {
    const shown = value === "" ? "" : mask
    return name === undefined ? shown : `${shownName(name)}=${shown}`
  }
  // For some servers, what follows a semicolon is another parameter.
  const [first = "", ...others] = value.split(";")
  const shown = [shownValue(first, masking), ...others.map((other) => maskedParameter(other, masking))].join(
    ";",
  )
  return name === undefined ? shown : `${name}=${shown}`
}

/** The parameters of a query or a fragment, without its `?` or `#`. */
const maskedParameters = (text: string, masking: UrlMasking): string =>
  text
    .split("&")
    .map((parameter) => maskedParameter(parameter, masking))
    .join("&")

/** User and password, the user of a URL, or a parameter. A segment such as `@scope`, `year=2024` or `R&D` has none. */
const secretInSegment = /^[^:]*:[^]*@|[\\/]{2}[^\\/]*@|^[^?&#;]*[?&#;][^]*=/

/** `;name=value` in a path (RFC 3986, 3.3), and secrets of a URL or a query that is in the path, encoded or not. */
const maskedSegment = (segment: string, masking: UrlMasking): string => {
  const [first = "", ...parameters] = segment.split(";")
  const shown = secretInSegment.test(fullyDecoded(first)) ? mask : first
  return [
    shown,
    ...parameters.map((each) => (each.includes("=") ? maskedParameter(each, masking) : each)),
  ].join(";")
}

/** A URL or a relative reference. */
const maskedReference = (text: string, masking: UrlMasking): string => {
  const [, address = "", query, fragment] = /^([^?#]*)(?:\?([^#]*))?(?:#([^]*))?$/.exec(text) ?? []
  const [, origin = "", path = ""] =
    /^((?:[a-z][a-z\d+.-]*:)?(?:[\\/]{2}[^\\/]*)?)([^]*)$/i.exec(address) ?? []
  const host = origin.replace(userinfo, (_, scheme = "", slashes = "") => `${scheme}${slashes}${mask}@`)
  const segments = shownPath(masking.maskedPaths, host, path).split("/")
  const shown = segments.map((segment) => maskedSegment(segment, masking)).join("/")
  return [
    host,
    shown,
    query === undefined ? "" : `?${maskedParameters(query, masking)}`,
    fragment === undefined ? "" : `#${maskedParameters(fragment, masking)}`,
  ].join("")
}

/**
 * An http or https URL that may be shown: `***` replaces user and password, the values of parameters in query, fragment and
 * path unless the operator shows them, and the parts of the path that are secret. Anything else is `***` as a whole.
 */
export const masked = (text: string, masking: UrlMasking): string => {
  // `user:password@host/file` is a valid URL with the scheme `user`.
  const url = parseWebUrl(text)
  return url === null ? mask : maskedReference(url.href, masking)
}

/** What is between `//` and the last `@` of a text that is not a URL can be a password with any character. */
const maskedInText = (text: string, masking: UrlMasking): string => {
  if (URL.canParse(text)) return maskedReference(text, masking)
  // Not with one pattern: servers choose this text, and its time would grow with the square of the length.
  const slashes = text.search(/[\\/]{2}/)
  const at = text.lastIndexOf("@")
  return at < slashes ? text : `${text.slice(0, slashes)}//${mask}${text.slice(at)}`
}

const urlInText = /(?:[a-z][a-z\d+.-]{0,30}:)?[\\/]{2}[^\s"'`<>]+/gi
const parameterInText = /(?<=[?&#][\w.~%[\]-]{1,64}=)[^\s"'`<>&#]+/g

/** A message that someone else wrote, with the URLs in it masked. */
export const maskedText = (text: string, masking: UrlMasking): string => {
  const urls = text.includes("//") ? text.replaceAll(urlInText, (url) => maskedInText(url, masking)) : text
  return urls.includes("=")
    ? urls.replaceAll(parameterInText, (value, offset: number) => {
        const [name = ""] = /[^?&#]*(?==$)/.exec(urls.slice(Math.max(0, offset - 65), offset)) ?? []
        return masking.shownParameters.has(decoded(name)) ? value : mask
      })
    : urls
}
