import * as Schema from "effect/Schema"

/**
 * The beginning of a path, with `***` for each segment that is secret and `*` for any other segment:
 * `example.org/share/***`. Without a host it applies to all hosts.
 */
export interface PathPattern {
  readonly host: string | null
  readonly segments: ReadonlyArray<string>
}

/** `null` if the text is no pattern. */
export const parsePathPattern = (text: string): PathPattern | null => {
  const [, host = "", path = ""] = /^((?:[^/?#@\s]*[^/?#@\s:])?)\/([^?#\s]*)$/.exec(text) ?? []
  const segments = path.replace(/\/$/, "").split("/")
  return segments.includes("***") ? { host: host === "" ? null : host.toLowerCase(), segments } : null
}

/** The text of a pattern, as the operator writes it. */
export const PathPatternText = Schema.String.check(
  Schema.makeFilter((text) => parsePathPattern(text) !== null),
)

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const fits = ({ host, segments }: PathPattern, origin: string, given: ReadonlyArray<string>): boolean => {
  const [, shownHost = ""] = /\/\/(?:[^@]*@)?([^]*)$/.exec(origin) ?? []
  return (
    (host === null ||
      host === shownHost.toLowerCase() ||
      host === shownHost.toLowerCase().replace(/:\d+$/, "")) &&
    segments.every((segment, n) => {
      const other = given[n]
      return (
        other !== undefined && (/^\*+$/.test(segment) ? other !== "" : decoded(segment) === decoded(other))
      )
    })
  )
}

/** A path whose secret segments are `***`. */
export const shownPath = (patterns: ReadonlyArray<PathPattern>, origin: string, path: string): string => {
  const given = path.replace(/^\//, "").split("/")
  for (const pattern of patterns)
    if (fits(pattern, origin, given))
      for (const [n, segment] of pattern.segments.entries()) if (segment === "***") given[n] = "***"
  return `${path.startsWith("/") ? "/" : ""}${given.join("/")}`
}
