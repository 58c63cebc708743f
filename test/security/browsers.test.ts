import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { BrowserAccess } from "../../src/Domain/service/access/BrowserAccess.ts"
import { type Answer, assertProblem } from "../support/ApiHarness.ts"
import { exchange, parseAnswer, serveOnPort } from "../support/ApiServer.ts"
import * as JobsMemory from "../support/JobsMemory.ts"
import { passing, refused } from "./browsers/crossSite.ts"
import { rowsOf } from "../support/rowsOf.ts"
import { known, malformed, ownOrigins, severalHosts, unknown } from "./browsers/hosts.ts"

const allowed = "https://app.example.org"
const host = "Host: localhost:3000"
const statusPath = "/job_status?jobId=00000000-0000-4000-8000-000000000000"

const access = Layer.succeed(BrowserAccess, {
  publicHosts: [
    { host: "sluice.example.org", port: null },
    { host: "internal", port: 3000 },
    { host: "tls.example.org", port: 443 },
  ],
  allowedOrigins: [allowed, "http://localhost:5173"],
})

const serve = serveOnPort(JobsMemory.layer, { settings: Layer.merge(Logger.layer([]), access) })

/** Sends a request with exactly these headers. */
const send = (origin: string, requestLine: string, headers: ReadonlyArray<string>, body = "") => {
  const length = body === "" ? [] : [`Content-Length: ${body.length}`]
  const request = [requestLine, ...headers, "Connection: close", ...length, "", body].join("\r\n")
  return Effect.map(exchange(origin, request), parseAnswer)
}

const forEach = <A>(cases: Iterable<A>, check: (origin: string, each: A) => Effect.Effect<void, Error>) =>
  Effect.gen(function* () {
    const origin = yield* serve
    yield* Effect.forEach(cases, (each) => check(origin, each), { concurrency: 8, discard: true })
  })

const withHosts = (hosts: ReadonlyArray<string>, judge: (answer: Answer, host: string) => void) =>
  forEach(hosts, (origin, each) =>
    Effect.map(send(origin, "GET /health/live HTTP/1.1", [`Host: ${each}`]), (answer) => judge(answer, each)),
  )

describe("the Host header", () => {
  it.live(`is accepted as an address, localhost or a name in PUBLIC_HOSTS (${known.length} cases)`, () =>
    withHosts(known, (answer, each) => assert.strictEqual(answer.status, 200, each)),
  )

  it.live(`is refused as any other name, with what to set (${unknown.length} cases)`, () =>
    withHosts(unknown, (answer, each) => {
      assert.strictEqual(answer.status, 421, each)
      assertProblem(answer, 421, "misdirected_request")
      assert.include(answer.json["detail"], "PUBLIC_HOSTS=")
    }),
  )

  it.live(`is refused if it is malformed (${malformed.length} cases)`, () =>
    withHosts(malformed, (answer, each) => {
      assert.strictEqual(answer.status, 400, each)
      assertProblem(answer, 400, "invalid_request")
    }),
  )

  it.live("is judged with its repetitions and with the target", () =>
    forEach(rowsOf(severalHosts), (origin, [status, line = "", headers = ""]) => {
      const wire = line.includes("HTTP/")
        ? send(origin, line, headers === "" ? [] : headers.split("; "))
        : Effect.map(exchange(origin, `${line}\r\n\r\n`), parseAnswer)
      return Effect.map(wire, (answer) =>
        assert.strictEqual(answer.status, Number(status), `${line} ${headers}`),
      )
    }),
  )
})

const shorthands: Readonly<Record<string, string>> = {
  CANCEL: "/job_cancel?jobId=00000000-0000-4000-8000-000000000000",
  STATUS: statusPath,
  OWN: "http://localhost:3000",
  EVIL: "https://evil.example",
  FIREFOX: "user-agent=Mozilla/5.0",
  site: "sec-fetch-site",
  mode: "sec-fetch-mode",
  dest: "sec-fetch-dest",
}

const written = (text: string): string =>
  text.replaceAll(
    /\b(?:CANCEL|STATUS|OWN|EVIL|FIREFOX|(?:site|mode|dest)(?==))/g,
    (name) => shorthands[name] ?? name,
  )

const fromBrowser = (cases: string, judge: (answer: Answer, what: string) => void) =>
  forEach(rowsOf(cases), (origin, [what = "", target = "", headers = ""]) => {
    const lines = written(headers)
      .split(" ")
      .filter((each) => each !== "")
      .map((each) => each.replace("=", ": "))
    const hasBody = target.startsWith("POST /")
    const form = hasBody ? ["Content-Type: application/x-www-form-urlencoded"] : []
    const request = send(
      origin,
      `${written(target)} HTTP/1.1`,
      [host, ...form, ...lines],
      hasBody ? "fileUrl=x" : "",
    )
    return Effect.map(request, (answer) => judge(answer, what))
  })

describe("a request from another site", () => {
  it.live(`is refused before anything is done for it (${rowsOf(refused).length} cases)`, () =>
    fromBrowser(refused, (answer, what) => {
      assert.strictEqual(answer.status, 403, what)
      assertProblem(answer, 403, "cross_site_request")
    }),
  )

  it.live(`passes if it only shows a page, or is allowed (${rowsOf(passing).length} cases)`, () =>
    fromBrowser(passing, (answer, what) => assert.notInclude([403, 421, 500], answer.status, what)),
  )

  it.live("is known from an Origin that is not the host and port of this request", () =>
    forEach(rowsOf(ownOrigins), (origin, [status, reached, from]) =>
      Effect.map(
        send(origin, "GET /health/live HTTP/1.1", [`Host: ${reached}`, `Origin: ${from}`]),
        (answer) => assert.strictEqual(answer.status, Number(status), `${reached} ${from}`),
      ),
    ),
  )
})

const preflight = (origin: string, from: string) =>
  send(origin, "OPTIONS /download_file HTTP/1.1", [
    host,
    `Origin: ${from}`,
    "Sec-Fetch-Site: cross-site",
    "Access-Control-Request-Method: POST",
    "Access-Control-Request-Headers: content-type,idempotency-key",
  ])

describe("an origin in ALLOWED_ORIGINS", () => {
  it.live("may send what its preflight asks for", () =>
    Effect.gen(function* () {
      const { headers, status } = yield* preflight(yield* serve, allowed)
      assert.strictEqual(status, 204)
      assert.strictEqual(headers.get("access-control-allow-origin"), allowed)
      assert.strictEqual(headers.get("access-control-allow-methods"), "POST, OPTIONS")
      assert.include(headers.get("access-control-allow-headers"), "idempotency-key")
      assert.isNull(headers.get("access-control-allow-credentials"))
      for (const name of ["origin", "access-control-request-method", "access-control-request-headers"])
        assert.include(headers.get("vary"), name)
    }),
  )

  it.live("reads every response and its headers, errors too", () =>
    forEach(
      [
        [`GET ${statusPath}`, 404],
        ["GET /health/live", 200],
        ["GET /nothing", 404],
        ["PUT /job_status", 405],
      ] as const,
      (origin, [line, status]) =>
        Effect.map(send(origin, `${line} HTTP/1.1`, [host, `Origin: ${allowed}`]), (answer) => {
          assert.strictEqual(answer.status, status, line)
          assert.strictEqual(answer.headers.get("access-control-allow-origin"), allowed, line)
          assert.include(answer.headers.get("access-control-expose-headers"), "retry-after")
          assert.include(answer.headers.get("vary"), "origin")
        }),
    ),
  )

  it.live("does not change what others get, except that caches keep them apart", () =>
    Effect.gen(function* () {
      const home = yield* send(yield* serve, "GET / HTTP/1.1", [host])
      assert.strictEqual(home.headers.get("vary"), "accept, origin")
      assert.isNull(home.headers.get("access-control-allow-origin"))
    }),
  )

  it.live("is the only other one: preflights of others are refused", () =>
    forEach(["https://evil.example", "null", `${allowed}.evil.example`], (origin, from) =>
      Effect.map(preflight(origin, from), ({ headers, status }) => {
        assert.strictEqual(status, 403, from)
        assert.isNull(headers.get("access-control-allow-origin"), from)
      }),
    ),
  )
})

describe("security headers", () => {
  const lines = [
    "GET / HTTP/1.1",
    "GET /docs HTTP/1.1",
    "GET /openapi.json HTTP/1.1",
    `GET ${statusPath} HTTP/1.1`,
    "GET /health/live HTTP/1.1",
    "GET /metrics HTTP/1.1",
    "GET /nothing HTTP/1.1",
    "OPTIONS /docs HTTP/1.1",
    "GET /job_status HTTP/1.1",
    "BREW / HTTP/1.1",
    "CONNECT files.example:443 HTTP/1.1",
  ]
  const requests = lines.flatMap((line) => ["localhost", "evil.example"].map((name) => ({ line, name })))

  it.live("are on every response", () =>
    forEach(requests, (origin, { line, name }) =>
      Effect.map(send(origin, line, [`Host: ${name}`, "Accept: text/html"]), ({ headers }) => {
        const policy = headers.get("content-security-policy")
        assert.include(policy, "default-src 'none'", line)
        assert.include(policy, "frame-ancestors 'none'", line)
        assert.notInclude(policy, "unsafe")
        assert.strictEqual(headers.get("x-content-type-options"), "nosniff", line)
        assert.strictEqual(headers.get("x-frame-options"), "DENY", line)
        assert.strictEqual(headers.get("cross-origin-resource-policy"), "same-origin", line)
        assert.strictEqual(headers.get("cross-origin-opener-policy"), "same-origin", line)
        assert.oneOf(headers.get("referrer-policy"), ["no-referrer", "same-origin"], line)
      }),
    ),
  )
})
