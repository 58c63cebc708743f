import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import { nothingShown } from "../../../../src/Domain/source/masking/UrlMasking.ts"
import { errorReason } from "../../../../src/Layers/source/request/errorReason.ts"
import { firstRequest } from "../../../../src/Layers/source/request/SourceRequest.ts"

const request = firstRequest("https://ann:pa55word@example.org/a.csv?key=query-value&year=2024", {
  headers: {
    "x-token": "Bearer header-value",
    accept: "text/csv, application/json;q=0.5",
    "user-agent": "data load s3cret-agent",
  },
  timeout: Duration.seconds(1),
  maxPending: Duration.seconds(1),
})

const xml = (code: string, message: string) =>
  `<?xml version="1.0"?>\n<Error><Code>${code}</Code><Message>${message}</Message><HostId>x</HostId></Error>`

const reasons: Readonly<Record<string, string | null>> = {
  [xml("AccessDenied", "Request has expired")]: "AccessDenied: Request has expired",
  [xml("AuthenticationFailed", "Not &quot;signed&quot;.\nRequestId:1\nTime:2")]:
    'AuthenticationFailed: Not "signed".',
  "\ufeff<Error><Code>BlobNotFound</Code></Error>": "BlobNotFound",
  '{"error":{"code":401,"message":"Invalid Credentials","errors":[]}}': "Invalid Credentials",
  '{"error":"invalid_token","error_description":"The access token expired"}': "The access token expired",
  '{"errors":[{"detail":"Not yours"}]}': "Not yours",
  '{"code":"NoSuchKey"}': "NoSuchKey",
  '"no"': "no",
  '{"status":403}': null,
  "<html><head><title>Just a\n moment...</title></head><body>…</body></html>": "Just a moment...",
  "<html><body>no title</body></html>": null,
  "\r\nparameter year missing\r\nsecond line": "parameter year missing",
  "your header-value and query-value and pa55word": "your *** and *** and ***",
  "invalid data: cannot load text/csv or application/json":
    "invalid data: cannot load text/csv or application/json",
  "no s3cret-agent": "no ***",
  "see https:ann:pa@example.org/a": "see ***@example.org/a",
  "see https://example.org/?token=123456789": "see https://example.org/?token=***",
  "a\u0007b\u202ec": "a b c",
  "": null,
}

const withSecrets = firstRequest(
  "https://ann:p%40ss%2Fw%22d@example.org/a;s3cret1/t=s3cret2/a.csv?s3cret3&s3cret4=&k=a%2Fb+c&k2=x1y2",
  {
    headers: { cookie: "sid=s3cret5; theme=dark", "x-pin": "47 11!9", "x-path": String.raw`dom\\\ann` },
    timeout: Duration.seconds(1),
    maxPending: Duration.seconds(1),
  },
)

/** A secret as a server may write it. */
const echoes = [
  "s3cret1",
  "s3cret2",
  "s3cret3",
  "s3cret4",
  "s3cret5",
  "S3CRET3",
  "11!9",
  "x1y2",
  'p@ss/w"d',
  "p%40ss%2Fw%22d",
  "p%40ss%2fw%22d",
  "p&#64;ss&#x2F;w&quot;d",
  'p@ss\\/w\\"d',
  'p\\u0040ss/w"d',
  "a/b c",
  "a%2Fb+c",
  "a%2Fb%20c",
  "a&#47;b c",
  String.raw`dom\\\ann`,
  String.raw`dom\\\\\\ann`,
  "dom%5C%5C%5cann",
  Buffer.from('ann:p@ss/w"d').toString("base64"),
]

describe("the reason for an error", () => {
  it.each(echoes)("has no secret of the request that is repeated as %s", (echo) => {
    assert.strictEqual(errorReason(withSecrets, `no: ${echo}.`, nothingShown), "no: ***.")
  })

  it.each(Object.entries(reasons))("in %j is one plain line without secrets", (body, reason) => {
    assert.strictEqual(errorReason(request, body, nothingShown), reason)
  })

  it.each(["\\", '\\"', "\\u005c", "%5c", "&amp;", "%25"])(
    "is found in time that does not grow exponentially with a secret of %j",
    (part) => {
      const secret = part.repeat(60)
      const hostile = firstRequest("https://example.org/a.csv", {
        headers: { "x-token": secret },
        timeout: Duration.seconds(1),
        maxPending: Duration.seconds(1),
      })
      const echo = Array.from(secret).join("").replaceAll("\\", "\\\\").slice(0, -3)
      for (const text of [secret.slice(0, -1), echo, `${echo}${echo}`, part.repeat(59)])
        assert.isNotNull(errorReason(hostile, `no ${text}. no ${text}!`, nothingShown))
    },
  )

  it("is cut", () => {
    assert.strictEqual(errorReason(request, "x".repeat(1000), nothingShown)?.length, 201)
  })
})
