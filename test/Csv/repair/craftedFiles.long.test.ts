import { assert, describe, it } from "@effect/vitest"
import * as ByteSize from "effect/ByteSize"
import { cut, scanAll, utf8 } from "../readingCsv.ts"

describe("a file crafted to be read again and again", () => {
  // Each line by itself ends inside quotes, and no later line closes them for good.
  const cases = ['a",b,"d\n', '"\n', ',"""\n', '"x"y,"\n', '"a\nb,c\n', '""x\n,"\n', '"a"b,"c"",d,e\n']
  it.each(cases)("is read in linear time: %j", (line) => {
    const file = utf8(`h,i,j\n${line.repeat(40_000)}`)
    for (const onBadRow of ["reject", "pad"] as const) {
      const options = { onBadRow, maxRecordSize: ByteSize.kibibytes(128) }
      assert.isAbove(scanAll(cut(file, 65_536), options).records, 0)
    }
  })
})
