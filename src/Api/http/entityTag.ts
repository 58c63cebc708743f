import { HttpServerResponse } from "effect/http"

/** Whether an If-None-Match header has the tag, compared weakly (RFC 9110 §13.1.2). */
export const matchesTag = (ifNoneMatch: string | undefined, tag: string): boolean =>
  ifNoneMatch !== undefined &&
  ifNoneMatch
    .split(",")
    .map((each) => each.trim().replace(/^W\//, ""))
    .some((each) => each === "*" || each === tag.replace(/^W\//, ""))

/** Headers of a response that a cache may keep for its caller, and must ask about each time. */
export const taggedHeaders = (tag: string | null): Record<string, string> => ({
  vary: "accept, accept-encoding",
  ...(tag === null ? {} : { etag: tag, "cache-control": "private, no-cache" }),
})

/** The response to a request whose response the client has already. */
export const notModified = (tag: string) =>
  HttpServerResponse.empty({ status: 304, headers: taggedHeaders(tag) })
