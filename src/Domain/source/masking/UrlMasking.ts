import * as Context from "effect/Context"
import { parseWebUrl } from "../SourceUrl.ts"
import { isUpload } from "../UploadUrl.ts"
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

/** Longer than the names of parameters. */
const maxNameLength = 40

/** The text of a parameter, decoded as forms are; as it is if it is malformed. */
export const decoded = (text: string): string => {
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

/** What is before the host of a URL. After these schemes, browsers take any number of slashes for two. */
const beforeHost = String.raw`(?:https?|wss?|ftp):[\\/]*|(?:[a-z][a-z\d+.-]*:)?[\\/]{2}`
const userinfo = new RegExp(String.raw`^(${beforeHost})[^\\/?#]*@`, "i")
const originAndPath = new RegExp(String.raw`^((?:${beforeHost})[^\\/]*|(?:[a-z][a-z\d+.-]*:)?)([^]*)$`, "i")

/** A word of a name: letters, and a small number at its end. */
const word = String.raw`[a-z]{1,24}\d{0,2}`
const plainName = new RegExp(String.raw`^[$_]?${word}(?:[\s._:[\]-]{1,2}(?:${word})?)*$`, "i")

/** Letters of random texts change their case often, those of `accessToken` once for each word. */
const isMixed = (text: string): boolean =>
  (text.match(/[A-Z](?=[a-z])|[a-z](?=[A-Z])/g)?.length ?? 0) > text.length / 3

/** How tokens of well-known services begin, which can go on with plain words: `sk_live_…`. */
const tokenStart =
  /^(?:[spr]k|whsec|gh[oprsu]|github_pat|glpat|xox[a-z]|shp[a-z]{2}|hf|npm|pypi|dop_v\d|sq0[a-z]{3}|lin_api|pat|ya29|sluice)[-_.]/i

/** Whether a text reads like the name of a parameter, and not like a token in its place. */
const isPlainName = (text: string): boolean =>
  text.length <= maxNameLength && plainName.test(text) && !isMixed(text) && !tokenStart.test(text)

const shownName = (name: string): string => (name === "" || isPlainName(fullyDecoded(name)) ? name : mask)

/** What is before an `@` can be a user or a password. */
const userInText = /(?<![^\s\\/?#,@])[^\s\\/?#,@]*@/g

/** A value that may be shown, without the secrets of a URL in it. */
const shownValue = (value: string, masking: UrlMasking): string => {
  const text = fullyDecoded(value)
  const shown = maskedText(text, masking).replaceAll(userInText, `${mask}@`)
  return shown === text ? value : shown
}

/** One `name=value`. A word without a name or without a value can itself be the secret: `?<token>`, `?<token>=`. */
const maskedParameter = (parameter: string, masking: UrlMasking): string => {
  if (parameter === "") return ""
  const [, name = "", value = ""] = /^([^=]*)=([^]*)$/.exec(parameter) ?? [undefined, parameter, ""]
  if (!masking.shownParameters.has(decoded(name))) return value === "" ? mask : `${shownName(name)}=${mask}`
  // For some servers, what follows a semicolon is another parameter.
  const [first = "", ...others] = value.split(";")
  const shown = [shownValue(first, masking), ...others.map((other) => maskedParameter(other, masking))].join(
    ";",
  )
  return parameter === name ? name : `${name}=${shown}`
}

/** The parameters of a query or a fragment, without its `?` or `#`. */
const maskedParameters = (text: string, masking: UrlMasking): string =>
  text
    .split("&")
    .map((parameter) => maskedParameter(parameter, masking))
    .join("&")

/** User and password, the user of a URL, or a query. A segment such as `@scope`, `pandas@2.1` or `R&D` has none. */
const secretInSegment = /^[^:]*:[^]*@|[\\/]{2}[^\\/]*@|^[^?&#;]*[?&#;][^]*=|^[^@]+@(?!v?\d|latest$)/

/** Values that partitions have in their paths: small numbers and dates. */
const plainValue = /^\d{1,4}$|^(?:19|20)\d\d-?(?:0\d|1[012])(?:-?[0-3]\d)?$/

/** Names of partitions. Of other names, such as `pin`, a small number can be a secret. */
const isPartition = (name: string): boolean =>
  name
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_")
    .split(/[\s._:-]+/)
    .some((part) =>
      /^(?:years?|yyyy|y|quarter|q|months?|mm|m|weeks?|w|days?|dd|d|hours?|hh|h|minutes?|dates?|time|dt|ds|ts|page|part|partition|version|v)$/i.test(
        part,
      ),
    )

/** `name=value` or a word, in a path. */
const maskedWord = (text: string, masking: UrlMasking): string => {
  const [, name, value = ""] = /^([^=]*)=([^]*)$/.exec(fullyDecoded(text)) ?? []
  return name === undefined || (isPlainName(name) && isPartition(name) && plainValue.test(value))
    ? text
    : maskedParameter(fullyDecoded(text), masking)
}

/**
 * `;name=value` in a path (RFC 3986, 3.3), and secrets of a URL or a query that is in the path, encoded or not.
 *
 * @param isAuthority whether the segments before it end like the scheme of a URL
 */
const maskedSegment = (segment: string, isAuthority: boolean, masking: UrlMasking): string => {
  const [first = "", ...parameters] = segment.split(";")
  const text = fullyDecoded(first)
  const shown =
    secretInSegment.test(text) || (isAuthority && text.includes("@")) ? mask : maskedWord(first, masking)
  return [shown, ...parameters.map((each) => maskedParameter(each, masking))].join(";")
}

const endOfScheme = /(?::|%(?:25)*3a)$/i

/** The segments of a path, each without secrets. */
const maskedSegments = (segments: ReadonlyArray<string>, masking: UrlMasking): ReadonlyArray<string> =>
  segments.map((segment, n) => {
    const before = segments[n - 1] === "" ? segments[n - 2] : segments[n - 1]
    return maskedSegment(segment, endOfScheme.test(before ?? ""), masking)
  })

/** A URL or a relative reference. */
const maskedReference = (text: string, masking: UrlMasking): string => {
  const [, address = "", query, fragment] = /^([^?#]*)(?:\?([^#]*))?(?:#([^]*))?$/.exec(text) ?? []
  const [, origin = "", path = ""] = originAndPath.exec(address) ?? []
  const host = origin.replace(userinfo, `$1${mask}@`)
  const shown = maskedSegments(shownPath(masking.maskedPaths, host, path).split("/"), masking).join("/")
  return [
    host,
    shown,
    query === undefined ? "" : `?${maskedParameters(query, masking)}`,
    fragment === undefined ? "" : `#${maskedParameters(fragment, masking)}`,
  ].join("")
}

/**
 * An http or https URL that may be shown: `***` replaces user and password, the values of parameters in query, fragment and
 * path unless the operator shows them, and the parts of the path that are secret. The name of an upload has no secrets.
 * Anything else is `***` as a whole.
 */
export const masked = (text: string, masking: UrlMasking): string => {
  if (isUpload(text)) return text
  // `user:password@host/file` is a valid URL with the scheme `user`.
  const url = parseWebUrl(text)
  return url === null ? mask : maskedReference(url.href, masking)
}

/** What is between the scheme and the last `@` of a text that is not a URL can be a password with any character. */
const maskedInText = (text: string, masking: UrlMasking): string => {
  if (URL.canParse(text)) return maskedReference(text, masking)
  // Not with one pattern: servers choose this text, and its time would grow with the square of the length.
  const [start = ""] = /^(?:[a-z][a-z\d+.-]*:)?[\\/]*/i.exec(text) ?? []
  const at = text.lastIndexOf("@")
  return at < start.length ? text : `${start}${mask}${text.slice(at)}`
}

/** With two slashes, or of a scheme that browsers complete: `https:user:password@host` is a URL with a password. */
const urlInText =
  /(?:[a-z][a-z\d+.-]{0,30}:)?[\\/]{2}[^\s"'`<>]+|(?<![a-z\d+.-])(?:https?|wss?|ftp):[^\s"'`<>]+/gi
/** `user:password@host` without a scheme. */
const userinfoInText =
  /(?<![^\s"'`<>()[\],;=])(?![()[\],;=])[^\s"'`<>:@/\\]{1,64}:[^\s"'`<>@/\\]{1,128}@(?=[[\w])/g
const parameterInText = /(?<=[?&#][\w.~%[\]-]{1,64}=)[^\s"'`<>&#]+/g

const maskedUrls = (text: string, masking: UrlMasking): string =>
  text.replaceAll(urlInText, (url) => maskedInText(url, masking)).replaceAll(userinfoInText, `${mask}@`)

/** A message that someone else wrote, with the URLs in it masked. */
export const maskedText = (text: string, masking: UrlMasking): string => {
  const urls = text.includes(":") || /[\\/]{2}/.test(text) ? maskedUrls(text, masking) : text
  return urls.includes("=")
    ? urls.replaceAll(parameterInText, (value, offset: number) => {
        const [name = ""] = /[^?&#]*(?==$)/.exec(urls.slice(Math.max(0, offset - 65), offset)) ?? []
        return masking.shownParameters.has(decoded(name)) ? value : mask
      })
    : urls
}
