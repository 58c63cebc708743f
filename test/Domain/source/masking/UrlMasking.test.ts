import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { parsePathPattern } from "../../../../src/Domain/source/masking/PathPattern.ts"
import {
  masked,
  maskedText,
  nothingShown,
  type UrlMasking,
} from "../../../../src/Domain/source/masking/UrlMasking.ts"
import { requestedUrl } from "../../../../src/Domain/source/masking/requestedUrl.ts"

const showing = (names: ReadonlyArray<string>, paths: ReadonlyArray<string> = []): UrlMasking => ({
  shownParameters: new Set(names),
  maskedPaths: paths.map((path) => parsePathPattern(path)!),
})

const names =
  "pass passphrase session session_id sid sas sig signature subscriptionKey privateKey appKey bearer credentials hmac ticket otp api_key_v2 token[] auth[token] userKey licenseKey SharedKey X-Amz-Signature X-Amz-Credential X-Goog-Signature access_token key code state year format q d %74oken"

const part = Arbitrary.map(
  Arbitrary.array(Arbitrary.schema(Schema.Literals("ab=&;%?#/:@.+2540[]~".split(""))), { maxLength: 12 }),
  (characters) => characters.join(""),
)

const urls: ReadonlyArray<readonly [given: string, shown: string]> = [
  ["https://example.org/a.csv", "https://example.org/a.csv"],
  ["http://localhost:8000/a%20b/tripsdata.csv?", "http://localhost:8000/a%20b/tripsdata.csv?"],
  ["https://example.org/a.csv?empty=&x=1", "https://example.org/a.csv?***&x=***"],
  ["https://joe:s3cret@example.org/a.csv", "https://***@example.org/a.csv"],
  ["https://s3cret@example.org/a.csv", "https://***@example.org/a.csv"],
  ["https://:s3cret@example.org/a.csv", "https://***@example.org/a.csv"],
  ["https://joe:s3c%40ret@example.org:8443/a.csv", "https://***@example.org:8443/a.csv"],
  ["https://example.org/a.csv?s3cret", "https://example.org/a.csv?***"],
  ["https://example.org/a?t=s3cret&t=s3cret", "https://example.org/a?t=***&t=***"],
  ["https://example.org/a?a=1;t=s3cret", "https://example.org/a?a=***"],
  ["https://example.org/a?a=s3c?ret=s3cret", "https://example.org/a?a=***"],
  ["https://example.org/a?=s3cret", "https://example.org/a?=***"],
  ["https://example.org/a?http://joe:s3cret@h/=1", "https://example.org/a?***=***"],
  [`https://example.org/a?${"s3cret".repeat(20)}=1`, "https://example.org/a?***=***"],
  ["https://example.org/a#access_token=s3cret", "https://example.org/a#access_token=***"],
  ["https://example.org/a#s3cret", "https://example.org/a#***"],
  ["https://example.org/a;jsessionid=s3cret?b=s3cret", "https://example.org/a;jsessionid=***?b=***"],
  ["https://example.org/a;v=s3cret/b;c/d.csv", "https://example.org/a;v=***/b;***/d.csv"],
  ["https://example.org/a?s3cret=", "https://example.org/a?***"],
  ["https://example.org/a?s3cret&s3cret=&b=1", "https://example.org/a?***&***&b=***"],
  ["https://example.org/a?s3cret=1", "https://example.org/a?***=***"],
  ["https://example.org/a?kJhGfDsA=1", "https://example.org/a?***=***"],
  ["https://example.org/a?x[s3cret]=1", "https://example.org/a?***=***"],
  ["https://example.org/a#s3cret=", "https://example.org/a#***"],
  ["https://example.org/a;s3cret/b.csv", "https://example.org/a;***/b.csv"],
  ["https://example.org/a;s3cret=/b.csv;s3cret", "https://example.org/a;***/b.csv;***"],
  ["https://example.org/;s3cret", "https://example.org/;***"],
  ["https://example.org/token=s3cret/a.csv", "https://example.org/token=***/a.csv"],
  ["https://example.org/token=s3cret=/a.csv", "https://example.org/token=***/a.csv"],
  ["https://example.org/s3cret=1/a.csv", "https://example.org/***=***/a.csv"],
  ["https://example.org/token%3Ds3cret/a.csv", "https://example.org/token=***/a.csv"],
  ["https://example.org/pin=123456/a.csv", "https://example.org/pin=***/a.csv"],
  ["https://example.org/pin=0000/a.csv", "https://example.org/pin=***/a.csv"],
  ["https://example.org/code=2024/otp=7/a.csv", "https://example.org/code=***/otp=***/a.csv"],
  ["https://example.org/birth=20240131/a.csv", "https://example.org/birth=***/a.csv"],
  [
    "https://example.org/year=2024/p_month=01/loadDay=3/v=2/",
    "https://example.org/year=2024/p_month=01/loadDay=3/v=2/",
  ],
  ["https://example.org/a?sk_live_word=1", "https://example.org/a?***=***"],
  [
    "https://example.org/a?ghp_some_words&hf_word=1#xoxb-word-word=1",
    "https://example.org/a?***&***=***#***=***",
  ],
  ["https://example.org/sk_test_word=1/a.csv", "https://example.org/***=***/a.csv"],
  ["https://example.org/date=2024-01-31/a.csv", "https://example.org/date=2024-01-31/a.csv"],
  ["https://example.org/https://s3cret@h/a.csv", "https://example.org/https://***/a.csv"],
  ["https://example.org/https:/s3cret@h/a.csv", "https://example.org/https:/***/a.csv"],
  ["https://example.org/https://s3cret%40h/a.csv", "https://example.org/https://***/a.csv"],
  ["https://example.org/https%3A//s3cret@2/a.csv", "https://example.org/https%3A//***/a.csv"],
  ["https://example.org/https:s3cret@h/a.csv", "https://example.org/***/a.csv"],
  ["https://example.org/s3cret@h/a.csv", "https://example.org/***/a.csv"],
  ["https://example.org/npm/pkg@latest/a.csv", "https://example.org/npm/pkg@latest/a.csv"],
  ["https://example.org/https://joe:s3cret@h/a.csv", "https://example.org/https://***/a.csv"],
  ["https://example.org/http%3A%2F%2Fjoe%3As3cret%40h%2Fa.csv", "https://example.org/***"],
  ["https://example.org/proxy/https%3A%2F%2Fs3cret%40h%2Fa.csv", "https://example.org/proxy/***"],
  ["https://example.org/proxy/https%253A%252F%252Fs3cret%2540h%252Fa.csv", "https://example.org/proxy/***"],
  ["https://example.org/proxy/http%3A%2F%2Fh%2Fa%3Ft%3Ds3cret/a.csv", "https://example.org/proxy/***/a.csv"],
  ["https://example.org/a.csv%3Ft%3Ds3cret", "https://example.org/***"],
  ["https://example.org/a.csv%3ft=s3cret", "https://example.org/***"],
  ["https://example.org/a.csv%26t%3Ds3cret", "https://example.org/***"],
  ["https://example.org/a.csv&t=s3cret", "https://example.org/***"],
  ["https://example.org/a%3Bv%3Ds3cret/a.csv", "https://example.org/***/a.csv"],
  ["https://example.org/a%23t%3Ds3cret", "https://example.org/***"],
  ["https://example.org/year=2024/R%26D%20%231%3F.csv", "https://example.org/year=2024/R%26D%20%231%3F.csv"],
  ["https://example.org/@scope/a@2.csv", "https://example.org/@scope/a@2.csv"],
  ["joe:s3cret@example.org/a.csv", "***"],
  ["ftp://joe:s3cret@example.org/a.csv", "***"],
  ["not a URL, s3cret", "***"],
]

describe("a masked URL", () => {
  it.each(urls)("of %s is %s", (given, shown) => {
    assert.strictEqual(masked(given, nothingShown), shown)
    assert.strictEqual(masked(shown, nothingShown), shown)
  })

  it.each(names.split(" "))("shows the name %s of a parameter and not its value", (name) => {
    assert.strictEqual(
      masked(`https://example.org/a.csv?${name}=s3cret%2B%2F&b`, nothingShown),
      `https://example.org/a.csv?${name}=***&***`,
    )
  })

  const shownValues: ReadonlyArray<readonly [parameters: string, shown: string]> = [
    ["year=2024&t=s3cret", "year=2024&t=***"],
    ["year=2024;t=s3cret", "year=2024;t=***"],
    ["%79ear=20%2024", "%79ear=20%2024"],
    ["Year=s3cret", "Year=***"],
    ["to=http://h/a.csv", "to=http://h/a.csv"],
    ["to=http://joe:s3cret@h/a.csv?year=1", "to=http://***@h/a.csv?year=1"],
    ["to=http%3A%2F%2Fjoe%3As3cret%40h%2Fa", "to=http://***@h/a"],
    ["to=http%253A%252F%252Fjoe%253As3cret%2540h%252Fa", "to=http://***@h/a"],
    ["to=http://h/a%3Ft=s3cret%23t=s3cret", "to=http://h/a?t=***#t=***"],
    ["to=postgres://joe:s3cret@h/a", "to=postgres://***@h/a"],
    ["to=joe:s3cret@h/a", "to=***@h/a"],
    ["to=s3cret@h/a", "to=***@h/a"],
    ["to=https:s3cret@h/a", "to=***@h/a"],
    ["to=https:/s3cret@h/a", "to=https:/***@h/a"],
    ["to=%5C%5Cs3cret@h", "to=\\\\***@h"],
    ["to=x,s3cret@h", "to=x,***@h"],
    ["to=/a%3Ftoken=s3cret", "to=/a?token=***"],
    ["to=first,http://joe:s3cret@h", "to=first,http://***@h"],
    ["flag", "flag"],
  ]
  it.each(shownValues)("shows of %s what the operator allows", (parameters, shown) => {
    const given = `https://example.org/a.csv?${parameters}`
    const result = masked(given, showing(["year", "to", "flag"]))
    assert.strictEqual(result, `https://example.org/a.csv?${shown}`)
  })

  const paths: ReadonlyArray<readonly [pattern: string, path: string, shown: string]> = [
    ["/s/***", "/s/s3cret/a.csv", "/s/***/a.csv"],
    ["/s/***/", "/s/s3cret", "/s/***"],
    ["example.org/s/***", "/s/s3cret/a.csv", "/s/***/a.csv"],
    ["EXAMPLE.org/*/***/***", "/any/s3cret/s3cret2/a.csv", "/any/***/***/a.csv"],
    ["other.org/s/***", "/s/shown/a.csv", "/s/shown/a.csv"],
    ["/s/***/a.csv", "/s/shown/b.csv", "/s/shown/b.csv"],
    ["/s/***", "/%73/s3cret", "/%73/***"],
    ["/s/***", "/s/", "/s/"],
  ]
  it.each(paths)("with MASK_PATHS=%s has of %s the path %s", (pattern, path, shown) => {
    const masking = showing([], [pattern])
    assert.strictEqual(masked(`https://example.org${path}`, masking), `https://example.org${shown}`)
  })

  it.each(["", "/s/a", "s/***?x", "/a b/***", "https://h/***", "u@h/***"])(
    "has no path pattern %j",
    (text) => {
      assert.isNull(parsePathPattern(text))
    },
  )

  it.prop(
    "never has a value",
    { parts: Arbitrary.array(part, { minLength: 4, maxLength: 4 }) },
    ({ parts }) => {
      const [a = "", b = "", c = "", d = ""] = parts
      const value = "QzX9"
      const texts = [
        `https://h/p?${a.replaceAll("#", "")}=${value}${b}&${c}=${d}`,
        `https://h/p?${a.replaceAll("#", "")}&x=${b.replaceAll(/[#&]/g, "")}${value}${c}`,
        `https://h/p#${a}=${value}${b}`,
      ]
      for (const text of texts)
        if (URL.canParse(text)) assert.notInclude(masked(text, nothingShown), value, text)
    },
  )
})

describe("a message with URLs", () => {
  const messages: ReadonlyArray<readonly [given: string, shown: string]> = [
    ["nothing to hide: a=b, 3 > 2?", "nothing to hide: a=b, 3 > 2?"],
    ["see https://joe:s3cret@h/a?t=s3cret.", "see https://***@h/a?t=***"],
    ["(https://h/a)", "(https://h/a)"],
    ["postgres://joe:s3cret@db:5432/x failed", "postgres://***@db:5432/x failed"],
    ["jdbc:postgresql://joe:s3cret@db/x?password=s3cret", "jdbc:postgresql://***@db/x?password=***"],
    ["postgres://joe:s3/cr@et@db/x", "postgres://***@db/x"],
    ["see https:joe:s3cret@h/a", "see ***@h/a"],
    ["see https:/joe:s3cret@h/a", "see https:/***@h/a"],
    ["see https:///joe:s3cret@h/a", "see https:///***@h/a"],
    [String.raw`see https:\\joe:s3cret@h\a`, String.raw`see https:\\***@h\a`],
    [String.raw`see https:\/joe:s3cret@h/a`, String.raw`see https:\/***@h/a`],
    [String.raw`see \\joe:s3cret@h\a`, String.raw`see \\***@h\a`],
    ["see HTTP:joe:s3cret@h?t=s3cret", "see ***@h?t=***"],
    ["see https:joe:s3/cr et@h", "see https:joe:s3/cr et@h"],
    ["no such host joe:s3cret@h/a", "no such host ***@h/a"],
    ['{"host":"joe:s3cret@h:80"}', '{"host":"***@h:80"}'],
    ["(joe:s3cret@[::1])", "(***@[::1])"],
    ["use http: or https:, at 10:30 by C:/a", "use http: or https:, at 10:30 by C:/a"],
    ["GET /a.csv?token=s3cret&b=s3cret HTTP/1.1", "GET /a.csv?token=***&b=*** HTTP/1.1"],
    ["Invalid URL '//joe:s3cret@h/a'", "Invalid URL '//***@h/a'"],
    ['{"url":"https://h/?k=s3cret","n":1}', '{"url":"https://h/?k=***","n":1}'],
  ]
  it.each(messages)("%s", (given, shown) => {
    assert.strictEqual(maskedText(given, nothingShown), shown)
    assert.strictEqual(maskedText(shown, nothingShown), shown)
  })

  it.each([":", "%3a", "/", "&", "?", "://", ":@"])("takes little time with many of %s", (part) => {
    const many = part.repeat(64_000 / part.length)
    const start = performance.now()
    masked(`https://example.org/${many}`, nothingShown)
    masked(`https://example.org/?shown=${many}`, showing(["shown"]))
    assert.isBelow(performance.now() - start, 2000)
  })

  it.each(["//", "a:", "a", "//a@", "?a=", "http:", ";a:", "https:a@"])(
    "takes time that grows with its length: %s",
    (part) => {
      // 64 KiB, as the head of a response can have.
      const text = `${part.repeat(65_536 / part.length)}//`
      const start = performance.now()
      maskedText(text, nothingShown)
      assert.isBelow(performance.now() - start, 1000)
    },
  )

  it("shows what the operator allows", () => {
    assert.strictEqual(
      maskedText("https://h/s/s3cret?year=1&k=s3cret, /a?year=2&k=s3cret", showing(["year"], ["/s/***"])),
      "https://h/s/***?year=1&k=*** /a?year=2&k=***",
    )
  })
})

describe("the URL of a share link's file", () => {
  it.each([
    ["https://example.org/a.csv?t=s3cret", null],
    [
      "https://drive.google.com/open?id=s3cret",
      "https://drive.usercontent.google.com/download?id=***&export=download&confirm=t",
    ],
    ["https://www.dropbox.com/s/abc/a.csv?dl=0", "https://www.dropbox.com/s/abc/a.csv?dl=1"],
    ["https://www.dropbox.com/s/abc/a.csv?dl=1&t=s3cret", null],
    [
      "https://onedrive.live.com/embed?resid=A&authkey=s3cret",
      "https://onedrive.live.com/download?resid=***&authkey=***",
    ],
  ])("of %s is %s", (given, shown) => {
    assert.strictEqual(requestedUrl(given, nothingShown)?.replaceAll("%2A", "*") ?? null, shown)
  })
})
