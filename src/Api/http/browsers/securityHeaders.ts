import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"

/**
 * What every response says to browsers: show it as what it is, nowhere else, and run nothing in it. HSTS is the matter of
 * the proxy that has the certificate.
 */
export const securityHeaders = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const

const hashesOf = (html: string, element: "script" | "style") =>
  Effect.forEach([...html.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, "gs"))], ([, text = ""]) =>
    Effect.promise(() => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).pipe(
      Effect.map((digest) => `'sha256-${Base64.encode(new Uint8Array(digest))}'`),
    ),
  )

/**
 * The headers of a page: its own inline scripts and styles by their hashes, files and requests of this origin, and images
 * that a style contains. Links within the origin have a `Referer`, which shows that `GET /job_cancel` comes from there.
 */
export const pageHeaders = Effect.fnUntraced(function* (html: string) {
  const scripts = yield* hashesOf(html, "script")
  const styles = yield* hashesOf(html, "style")
  const policy = [
    "default-src 'none'",
    ["script-src 'self'", ...scripts].join(" "),
    ["style-src 'self'", ...styles].join(" "),
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  return { "content-security-policy": policy.join("; "), "referrer-policy": "same-origin" }
})
