import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { dispositionFileName } from "../../../../src/Layers/source/request/dispositionFileName.ts"
import * as CsvServer from "../../../support/CsvServer.ts"
import { layer, open } from "../../../support/FetchedSource.ts"

const latin1 = (text: string) => Buffer.from(text).toString("latin1")

const names: Readonly<Record<string, string | null>> = {
  'attachment; filename="sales.csv"': "sales.csv",
  "attachment; filename=sales.csv": "sales.csv",
  "attachment;FileName = sales 2024.csv ; size=3": "sales 2024.csv",
  "filename=sales.csv": "sales.csv",
  'inline; filename="a \\"b\\"; filename=c.csv"': 'a "b"; filename=c.csv',
  "attachment; filename=\"x.csv\"; filename*=UTF-8''f%C3%BCr%20%E2%82%AC.csv": "für €.csv",
  "attachment; filename*=utf-8'de'f%C3%BCr.csv; filename=x.csv": "für.csv",
  "attachment; filename*=ISO-8859-1''f%FCr.csv": "für.csv",
  "attachment; filename*=UTF-8''%FF; filename=x.csv": "x.csv",
  "attachment; filename*=nonsense; filename=x.csv": "x.csv",
  [`attachment; filename="${latin1("für.csv")}"`]: "für.csv",
  'attachment; filename="f\u00fcr.csv"': "für.csv",
  'attachment; filename="../../etc/passwd.csv"': "passwd.csv",
  'attachment; filename="C:\\\\data\\\\sales.csv"': "sales.csv",
  "attachment; filename*=UTF-8''..%2F..%2Fa%00b.csv": "ab.csv",
  'attachment; filename=".."': null,
  'attachment; filename=""': null,
  attachment: null,
  "": null,
}

describe("the file name of a Content-Disposition", () => {
  it.each(Object.entries(names))("%s is %s", (header, name) =>
    assert.strictEqual(dispositionFileName(header), name),
  )

  it.live("is that of the response with the file", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve(
        "/a",
        CsvServer.status(302, { location: "/b", "content-disposition": "attachment; filename=a.csv" }),
      )
      yield* server.serve(
        "/b",
        CsvServer.file("a\n", { "content-disposition": "attachment; filename=b.csv" }),
      )
      yield* server.serve("/c", CsvServer.file("a\n"))
      assert.strictEqual((yield* open(server.url("/a"))).fileName, "b.csv")
      assert.isNull((yield* open(server.url("/c"))).fileName)
    }).pipe(Effect.provide(layer())),
  )
})
