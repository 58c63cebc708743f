import { assert, describe, it } from "@effect/vitest"
import { deflateRawSync, gzipSync, zstdCompressSync } from "node:zlib"
import * as Effect from "effect/Effect"
import { refuseOtherFormats } from "../../../src/Csv/sample/refuseOtherFormats.ts"
import { encodeText } from "../encoding/encodeText.ts"
import { bytes, readAll, refusalOf, table, utf8 } from "../readingCsv.ts"

const codeOf = (first: Uint8Array | string, contentType: string | null = null) =>
  refuseOtherFormats(typeof first === "string" ? utf8(first) : first, contentType)?.code

describe("a file in another format", () => {
  const files: ReadonlyArray<readonly [string, Uint8Array]> = [
    ["gzip", gzipSync("a,b\n1,2\n")],
    ["zstd", zstdCompressSync("a,b\n1,2\n")],
    ["ZIP", bytes("PK", 3, 4, 20, 0, 0, 0, 8, 0, ...deflateRawSync("a,b\n"))],
    ["bzip2", bytes("BZh9", 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0, 0)],
    ["xz", bytes(0xfd, "7zXZ", 0, 0, 4)],
    ["lz4", bytes(0x04, 0x22, 0x4d, 0x18, 0x64)],
    [".Z", bytes(0x1f, 0x9d, 0x90)],
    ["7-Zip", bytes("7z", 0xbc, 0xaf, 0x27, 0x1c, 0)],
    ["RAR", bytes("Rar!", 0x1a, 0x07, 0x01, 0)],
    ["tar", bytes("a.csv", ...Array.from({ length: 252 }, () => 0), "ustar", 0, "00", "a,b\n")],
    ["PDF", bytes("%PDF-1.7\n")],
    ["PNG", bytes(0x89, "PNG\r\n", 0x1a, "\n")],
    ["Parquet", bytes("PAR1", 0x15, 0x04, 0x15)],
    ["JPEG", bytes(0xff, 0xd8, 0xff, 0xe0, 0, 16, "JFIF")],
    ["GIF", bytes("GIF89a", 1, 0)],
    ["MP3", bytes("ID3", 4, 0, 0)],
    ["SPSS", bytes("$FL2@(#) SPSS DATA FILE")],
    ["RDS", bytes("X\n", 0, 0, 0, 3)],
    ["SAS7BDAT", bytes(...Array.from({ length: 12 }, () => 0), 0xc2, 0xea, 0x81, 0x60)],
    ["DBF", bytes(3, 120, 2, 28, 2, 0, 0, 0, 65, 0, 12, ...Array.from({ length: 60 }, () => 0))],
    [".xls", bytes(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0)],
  ]
  it.effect.each(files)("%s is refused by name, with advice", ([name, file]) =>
    Effect.gen(function* () {
      const { code, message } = yield* refusalOf(file)
      assert.strictEqual(code, "not_csv")
      assert.include(message, name)
      assert.match(message, /\. (?:Decompress|Export) .*\.$/)
    }),
  )

  it("a web page is refused in any case, also after a byte order mark and blanks", () => {
    for (const page of ["<!DOCTYPE html><p>", "<html>", "\ufeff\r\n\t <!doctype HTML>", "<HTML lang=en>"])
      assert.strictEqual(codeOf(page), "not_csv", page)
  })

  it("a file declared as HTML is a web page if it looks like markup", () => {
    assert.strictEqual(codeOf("\n<!-- hello --><p>", "text/html; charset=utf-8"), "not_csv")
    assert.strictEqual(codeOf("<head>", "Text/HTML"), "not_csv")
    assert.strictEqual(codeOf("a,b\n1,2\n", "text/html"), undefined)
  })
})

describe("structured text", () => {
  it.effect.each([
    ["JSON", '{"a":1,"b":"x, y"}\n{"a":2,"b":"z"}\n'],
    ["JSON", '\ufeff\n{\n  "type": "Feature",\n  "n": ['],
    ["JSON", '[{"a":1},\n{"a":2}]\n'],
    ["JSON", "[\n  [1, 2],\n  [3, 4]\n]"],
    ["JSON", '{"error":"not }found\\"","code":404}  '],
    ["HTML", "\n\n<!-- gateway v2 -->\n<!DOCTYPE html>\n<title>Log in</title>"],
    ["HTML", `<!-- ${"a comment, longer than a page. ".repeat(300)}`],
    ["HTML", '<div class="note">You have been logged out, come back.</div>'],
    ["HTML", "<br />\n<b>Notice</b>: undefined index, in <b>/srv/export.php</b>\nid,name\n1,a\n2,b\n"],
    ["JSON", "[]"],
    ["JSON", "{ }\n"],
    ["JSON", "null\n"],
    ["XML", "<error>denied</error>\n"],
    ["XML", '<Error code="5"/>'],
    ["HTML", 'Redirecting to <a href="/login">login</a>...'],
    ["HTML", "<table border=1><tr><td>1</td><td>a, b</td></tr>\n</table>"],
    ["HTML", '<meta http-equiv="refresh" content="0; url=/login">'],
    ["HTML", "<script>location = '/login'</script>\n"],
    ["Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"],
    ["XML", "<!-- a, b -->\n<list><item>1</item></list>"],
    ["XML", '<?xml version="1.0"?>\n<rows/>'],
    ["XML", "<Error><Code>AccessDenied</Code></Error>"],
    ["XML", '<rows n="2">\n  <row a="1" b="2,3"/>'],
  ] as const)("is refused as %s: %s", ([name, file]) =>
    Effect.gen(function* () {
      const { code, message } = yield* refusalOf(file)
      assert.strictEqual(code, "not_csv")
      assert.include(message, name)
    }),
  )

  it("may be declared by the source, if the text agrees", () => {
    assert.strictEqual(codeOf("[1, 2]", "application/json; charset=utf-8"), "not_csv")
    assert.strictEqual(codeOf("{}", "application/vnd.api+json"), "not_csv")
    assert.strictEqual(codeOf("<a/>", "text/xml"), "not_csv")
    assert.strictEqual(codeOf("[id],[name]\n1,a\n", "application/json"), undefined)
    assert.strictEqual(codeOf("a,b\n1,2\n", "application/json"), undefined)
    assert.strictEqual(codeOf("a,b\n1,2\n", "application/xml"), undefined)
  })

  it("is allowed in cells", () => {
    const files = [
      "[id],[name]\n1,a\n",
      "[1,2],b\n",
      '{"a":1}\t5\n{"a":2}\t6\n',
      '"{""a"":1}",b\n',
      "{a},{b}\n",
      "<DATE>,<TIME>\n",
      "<DATE>\t<TIME>\n2020.01.02\t10:20\n",
      "<b>Name</b>,n\n",
      "<p>,<br>\n1,2\n",
      '<a href="x">x</a>\t1\n<a href="y">y</a>\t2\n',
      "<p>one</p> two;1\n<p>three</p> four;2\n<p>five</p> six;3\n",
      "<!-- made by hand -->\nid,name\n1,a\n",
      "<none>\n<other>\n",
      "null\n1\n",
      "[]\n[]\n",
      "<id>\n",
      'link\n<a href="x">x</a>\n',
      "<x>1</x>\n<x>2</x>\n",
    ]
    for (const file of files) assert.isUndefined(codeOf(file), file)
  })
})

describe("a file that may be CSV", () => {
  it.effect("is accepted, however odd its header is", () =>
    Effect.gen(function* () {
      const headers = ["PAR1", "PAR1,PAR2", "PK,name", "BZh9", "<a>,<b>", "<!doctype>", "<htmlx", "%PDF"]
      for (const header of headers) assert.deepStrictEqual((yield* table(header)).header, header.split(","))
    }),
  )

  it.effect("is accepted with any content type", () =>
    Effect.gen(function* () {
      const { header } = yield* table("a,b\n", { contentType: "application/octet-stream" })
      assert.deepStrictEqual(header, ["a", "b"])
    }),
  )
})

describe("a file in another format and in UTF-16", () => {
  it.effect.each([
    ["HTML", "<html><body>Log in</body></html>\n"],
    ["JSON", '[{"id": 1, "name": "a"}]\n'],
  ] as const)("is refused as %s", ([name, text]) =>
    Effect.gen(function* () {
      const { error } = yield* readAll([encodeText(text, "utf-16le")], {})
      assert.strictEqual(error?.code, "not_csv")
      assert.include(error?.message ?? "", name)
    }),
  )
})
