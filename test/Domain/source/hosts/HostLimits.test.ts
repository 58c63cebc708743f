import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { limitOf, parse } from "../../../../src/Domain/source/hosts/HostLimits.ts"

describe("SOURCE_HOST_CONCURRENCY", () => {
  it.each([
    ["4", "files.example", 4],
    ["unlimited", "files.example", null],
    ["4,files.example=16", "files.example", 16],
    ["4,files.example=16", "other.example", 4],
    ["4, Files.Example. = 16", "files.example", 16],
    ["4,10.1.2.3=unlimited", "10.1.2.3", null],
    ["unlimited,[fd00::1]=1", "fd00::1", 1],
  ] as const)('"%s" gives %s the limit %s', (text, host, limit) => {
    assert.strictEqual(limitOf(Result.getOrThrow(parse(text)), host), limit)
  })

  it.each([
    "",
    "0",
    "-1",
    "1.5",
    "10000000",
    "many",
    "files.example=4",
    "4,files.example",
    "4,a:80=2",
    "4,a=0",
    "4,",
  ])('"%s" is malformed', (text) => {
    assert.isTrue(Result.isFailure(parse(text)))
  })
})
