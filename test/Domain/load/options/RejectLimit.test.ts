import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { isExceeded, RejectLimit } from "../../../../src/Domain/load/options/RejectLimit.ts"

const decode = Schema.decodeOption(RejectLimit)

const limit = (written: string | number): RejectLimit => Schema.decodeSync(RejectLimit)(written)

/** Whether the limit is exceeded at the end of the file. */
const refused = (written: string | number, rejected: number, records: number): boolean =>
  isExceeded(limit(written), { records, rejected }, "all")

describe("a limit in records", () => {
  it("is exceeded by one more reject, at any time", () => {
    assert.isFalse(refused(0, 0, 1))
    assert.isTrue(refused(0, 1, 1_000_000))
    assert.isFalse(refused(3, 3, 3))
    assert.isTrue(isExceeded(limit("3"), { records: 4, rejected: 4 }, 0.01))
  })
})

describe("a written limit", () => {
  it("is a number or a percentage", () => {
    for (const written of [0, "0", " 5 ", "5 %", "0.000001%", "100%", 999_999_999_999_999])
      assert.isTrue(Option.isSome(decode(written)), String(written))
    for (const written of ["", "1e3", "-1", "101%", "%", "1.5", 1.5, -1, 1_000_000_000_000_000, Infinity])
      assert.isTrue(Option.isNone(decode(written)), String(written))
  })
})

describe("a limit in percent", () => {
  it("is rounded up to a whole record", () => {
    assert.isFalse(refused("10%", 1, 2))
    assert.isTrue(refused("10%", 2, 3))
    assert.isFalse(refused("0.000001%", 1, 2))
  })

  it("is exact if it is a whole number of records", () => {
    for (const [percent, records, share] of [
      ["1.1%", 3000, 33],
      ["1.1%", 13_000, 143],
      ["0.1%", 7000, 7],
      ["28.8%", 125, 36],
    ] as const) {
      assert.isFalse(refused(percent, share, records), percent)
      assert.isTrue(refused(percent, share + 1, records), percent)
    }
  })

  it("is exceeded if every record is rejected, except by 100 %", () => {
    assert.isTrue(refused("99.9%", 1, 1))
    assert.isFalse(refused("100%", 5, 5))
  })

  it("of zero is exceeded by the first reject, before the end of the file", () => {
    assert.isFalse(refused("0%", 0, 10))
    assert.isTrue(isExceeded(limit("0%"), { records: 1_000_000, rejected: 1 }, 0.01))
  })

  it("is one of the whole file, so rejects at its beginning do not exceed it", () => {
    const bad = { records: 100_000, rejected: 100_000 }
    assert.isFalse(isExceeded(limit("10%"), bad, 0.01))
    assert.isFalse(isExceeded(limit("10%"), bad, null))
    assert.isFalse(refused("10%", 100_000, 10_000_000))
  })

  it("is exceeded early if the rest of the file cannot change the result", () => {
    assert.isFalse(isExceeded(limit("10%"), { records: 99_999, rejected: 99_999 }, 0.9))
    assert.isTrue(isExceeded(limit("10%"), { records: 100_000, rejected: 100_000 }, 0.9))
    assert.isFalse(isExceeded(limit("100%"), { records: 100_000, rejected: 100_000 }, 0.9))
  })
})
