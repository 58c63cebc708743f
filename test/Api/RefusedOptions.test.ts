import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describedOption } from "../../src/Domain/load/options/LoadOption.ts"
import { LoadOptions } from "../../src/Domain/load/options/LoadOptions.ts"
import { form, json, serveInMemory } from "../support/ApiHarness.ts"
import * as JobsMemory from "../support/JobsMemory.ts"
import { assertRefused, type RefusedRequest } from "../support/assertRefused.ts"

const url = "http://localhost:8000/a.csv"
const option = (name: string, value: unknown): RequestInit => json({ fileUrl: url, [name]: value })
const fields = (text: string): RequestInit => form(`fileUrl=${url}&${text}`)

const refusedOptions: ReadonlyArray<RefusedRequest> = [
  ...["WareHouse", "a&target=b"].map((target): RefusedRequest => ({
    what: `target=${target}`,
    request: fields(`target=${target}`),
    issues: [["body", "target", "letters a-z, digits, _ and -. The operator has declared default"]],
  })),
  {
    what: "a primary key with a column twice",
    request: fields("primaryKey=name,id,name"),
    issues: [["body", "primaryKey", 'primaryKey names column "name" twice: give it once']],
  },
  {
    what: "an index with a column twice",
    request: option("index", ["id", ["name", "name"]]),
    issues: [["body", "index", 'index names column "name" twice']],
  },
  {
    what: "the same index twice",
    request: fields("index=a,b&index=c&index=a,b"),
    issues: [["body", "index", "index has the same index twice"]],
  },
  {
    what: "more indexes than a table may have",
    request: option(
      "index",
      Array.from({ length: 21 }, (_, n) => `c${n}`),
    ),
    issues: [["body", "index", "give at most 20 indexes"]],
  },
  {
    what: "more columns than a key may have",
    request: fields(`primaryKey=${Array.from({ length: 33 }, (_, n) => `c${n}`).join(",")}`),
    issues: [["body", "primaryKey", "give 1 to 32 columns"]],
  },
  {
    what: "a list of keys as the primary key",
    request: option("primaryKey", [["a", "b"]]),
    issues: [["body", "primaryKey", "in JSON a list of the names of one key"]],
  },
  {
    what: "a limit of rejects that has no effect",
    request: fields("onBadRow=fail&maxBadRows=5"),
    issues: [["body", "maxBadRows", "maxBadRows has no effect with onBadRow=fail"]],
  },
  {
    what: "a delimiter of nine characters",
    request: fields("delimiter=;;;;;;;;;"),
    issues: [["body", "delimiter", "delimiter must be given once, as one to eight ASCII characters"]],
  },
  {
    what: "a null escape",
    request: option("escape", null),
    issues: [["body", "escape", "given once, as one ASCII character"]],
  },
  { what: "a number as quote", request: option("quote", 1), issues: [["body", "quote", "or none"]] },
  {
    what: "a quote of two characters",
    request: fields("quote=%22%22"),
    issues: [["body", "quote", "or none"]],
  },
  {
    what: "an empty escape",
    request: fields("escape="),
    issues: [["body", "escape", "escape must be given once, as one ASCII"]],
  },
  {
    what: "a line ending as comment",
    request: option("comment", "\n"),
    issues: [["body", "comment", "comment must be given once, as one"]],
  },
  {
    what: "an unknown encoding",
    request: fields("encoding=ebcdic"),
    issues: [["body", "encoding", '"ebcdic" is not a supported encoding: give a name such as utf-8']],
  },
  {
    what: "a number as encoding",
    request: option("encoding", 8),
    issues: [["body", "encoding", "a name such as utf-8"]],
  },
  {
    what: "an unknown value for header",
    request: fields("header=maybe"),
    issues: [["body", "header", "header must be given once, as true, false or auto"]],
  },
  {
    what: "a null header",
    request: option("header", null),
    issues: [["body", "header", "true, false or auto"]],
  },
  {
    what: "an option given twice",
    request: fields("header=true&header=true"),
    issues: [["body", "header", "given once"]],
  },
  {
    what: "an option given twice in JSON",
    request: json(`{"header":true,"fileUrl":"${url}","nullValues":["header"],"h\\u0065ader" : true}`),
    issues: [["body", "header", "header must be given once"]],
  },
  {
    what: "an option given as a list",
    request: option("onBadRow", ["fail"]),
    issues: [["body", "onBadRow", "given once"]],
  },
  {
    what: "a fractional number of lines",
    request: fields("skipLines=1.5"),
    issues: [["body", "skipLines", "a whole number from 0 to 10000"]],
  },
  {
    what: "too many lines",
    request: option("skipLines", 10_001),
    issues: [["body", "skipLines", "from 0 to 10000"]],
  },
  {
    what: "a negative number of lines",
    request: fields("skipLines=-1"),
    issues: [["body", "skipLines", "from 0 to 10000"]],
  },
  {
    what: "a null among the texts for NULL",
    request: option("nullValues", ["NA", null]),
    issues: [["body", "nullValues", "a list of at most 100 texts"]],
  },
  {
    what: "too many texts for NULL",
    request: option("nullValues", Array.from({ length: 101 }, String)),
    issues: [["body", "nullValues", "at most 100"]],
  },
  {
    what: "a NUL among the texts for NULL",
    request: option("nullValues", ["\0"]),
    issues: [["body", "nullValues", "nullValues: give texts without NUL"]],
  },
  {
    what: "a NUL in the name of a file in an archive",
    request: option("zipEntry", "a\0.csv"),
    issues: [["body", "zipEntry", "zipEntry: give 1 to 255 characters, none of them NUL"]],
  },
  {
    what: "a word that names no delimiter",
    request: fields("delimiter=colon"),
    issues: [["body", "delimiter", "or comma, semicolon, pipe, tab, space or none"]],
  },
  {
    what: "an unknown type of a column",
    request: option("columns", { qty: { type: "int" }, z: { type: "varchar" } }),
    issues: [
      ["body", "columns", 'columns "qty": type must be one of text, smallint, integer, bigint'],
      ["body", "columns", 'columns "z": type must be one of text'],
    ],
  },
  {
    what: "an unknown property of a column",
    request: fields(`columns=${encodeURIComponent('{"qty":{"typ":"text"}}')}`),
    issues: [["body", "columns", 'columns "qty": unknown option "typ"; did you mean type?']],
  },
  {
    what: "bad values for columns",
    request: option("columns", { a: 5, b: { skip: false }, c: { name: "" }, d: { nullValues: [null] } }),
    issues: [
      ["body", "columns", 'columns "a": must be a name, null, or {name, type, nullValues, skip}'],
      ["body", "columns", 'columns "b": skip must be true'],
      ["body", "columns", 'columns "c": name: give a name'],
      ["body", "columns", 'columns "d": nullValues must be a text, or a list of texts'],
    ],
  },
  {
    what: "options of a column that is skipped",
    request: option("columns", { a: { skip: true, type: "date" }, b: { skip: true, name: "c" } }),
    issues: [
      ["body", "columns", 'columns "a": type is about a column that is loaded: omit it, or omit skip'],
      ["body", "columns", 'columns "b": name is about a column that is loaded: omit it, or omit skip'],
    ],
  },
  {
    what: "an unknown onBadRow",
    request: fields("onBadRow=ignore"),
    issues: [["body", "onBadRow", "fail, reject or pad"]],
  },
  {
    what: "a limit that is not a number",
    request: fields("maxBadRows=many"),
    issues: [
      [
        "body",
        "maxBadRows",
        "maxBadRows must be given once, as a number of records, such as 100, or a share of them, such as 10%",
      ],
    ],
  },
  {
    what: "a limit over 100 %",
    request: option("maxBadRows", "101%"),
    issues: [["body", "maxBadRows", "a number of records"]],
  },
  {
    what: "a negative limit",
    request: option("maxBadRows", -1),
    issues: [["body", "maxBadRows", "a number of records, such as 100"]],
  },
  {
    what: "unknown types",
    request: option("types", "auto"),
    issues: [["body", "types", "text, infer or lenient"]],
  },
  {
    what: "an empty table name",
    request: fields("tableName="),
    issues: [["body", "tableName", "tableName: give a name, or omit the option"]],
  },
  {
    what: "a table name of 64 bytes",
    request: fields(`tableName=${"é".repeat(32)}`),
    issues: [["body", "tableName", "at most 63 bytes"]],
  },
  {
    what: "a line ending in a table name",
    request: option("tableName", "a\nb"),
    issues: [["body", "tableName", "without control characters"]],
  },
  {
    what: "a number as table name",
    request: option("tableName", 7),
    issues: [["body", "tableName", "as a text"]],
  },
  {
    what: "one character for two options",
    request: fields("delimiter=%23&comment=%23"),
    issues: [["body", "comment", "comment and delimiter are the same character: give two different ones"]],
  },
  {
    what: "the delimiter as escape",
    request: json({ fileUrl: url, delimiter: "tab", escape: "\t" }),
    issues: [["body", "escape", "escape and delimiter are the same character"]],
  },
  {
    what: "two wrong options",
    request: fields("header=x&types=y"),
    issues: [
      ["body", "header", "true"],
      ["body", "types", "infer"],
    ],
  },
  {
    what: "a misspelt option",
    request: fields("skiplines=1"),
    issues: [["body", "skiplines", "did you mean skipLines?"]],
  },
  {
    what: "an option with brackets",
    request: fields("nullValues[]=NA"),
    issues: [["body", "nullValues[]", "did you mean nullValues?"]],
  },
  {
    what: "an object as a limit of rejects",
    request: option("maxBadRows", { rows: 1, share: 2 }),
    issues: [["body", "maxBadRows", "a number of records, such as 100, or a share"]],
  },
  {
    what: "a number in a form as the columns",
    request: fields("columns=1"),
    issues: [["body", "columns", "an object: for a header cell a name"]],
  },
  { what: "a URL with a NUL", request: json({ fileUrl: `${url}\0` }), issues: [["body", "fileUrl", "NUL"]] },
]

layer(JobsMemory.layer)("POST /download_file", (it) => {
  for (const refused of refusedOptions) it.effect(`refuses ${refused.what}`, () => assertRefused(refused))

  it.effect("refuses a NUL in any option, also at its end", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      for (const [name, { ast }] of Object.entries(LoadOptions.fields)) {
        const example = describedOption(ast)?.examples.find((written) => typeof written === "string") ?? "1"
        for (const value of [`${example}\0`, `\0${example}`]) {
          const answer = yield* call("/download_file", json({ fileUrl: url, [name]: value }))
          assert.strictEqual(answer.status, 400, `${name} ${JSON.stringify(value)}: ${answer.text}`)
          assert.notInclude(answer.text, "undefined")
        }
      }
    }),
  )
})
