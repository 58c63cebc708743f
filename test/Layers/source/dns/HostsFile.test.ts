import { assert, describe, it } from "@effect/vitest"
import { addressesIn } from "../../../../src/Layers/source/dns/HostsFile.ts"

const file = `# 10.0.0.9 commented
10.0.0.1\tfileserver files.example  # a service
fd00::1 fileserver
not-an-address fileserver
10.0.0.2 Mixed.Example\r
10.0.0.1 fileserver
`

describe("a hosts file", () => {
  it.each<readonly [name: string, addresses: ReadonlyArray<string>]>([
    ["fileserver", ["10.0.0.1", "fd00::1"]],
    ["files.example", ["10.0.0.1"]],
    ["mixed.example", ["10.0.0.2"]],
    ["commented", []],
    ["service", []],
    ["10.0.0.1", []],
    ["localhost", ["127.0.0.1", "::1"]],
    ["a.localhost", ["127.0.0.1", "::1"]],
    ["notlocalhost", []],
  ])("gives the addresses of %s", (name, addresses) => {
    assert.deepStrictEqual(addressesIn(file, name), addresses)
  })

  it("can give localhost another address", () => {
    assert.deepStrictEqual(addressesIn("127.0.0.2 localhost", "localhost"), ["127.0.0.2"])
  })
})
