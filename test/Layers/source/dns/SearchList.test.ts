import { assert, describe, it } from "@effect/vitest"
import { candidates, parse } from "../../../../src/Layers/source/dns/SearchList.ts"

const kubernetes = `nameserver 10.96.0.10
search ns.svc.cluster.local svc.cluster.local cluster.local
options ndots:5 timeout:1
`

describe("resolv.conf", () => {
  it.each<readonly [text: string, domains: ReadonlyArray<string>, ndots: number]>([
    ["", [], 1],
    ["nameserver 127.0.0.11\noptions edns0 trust-ad ndots:0", [], 0],
    [kubernetes, ["ns.svc.cluster.local", "svc.cluster.local", "cluster.local"], 5],
    ["search .", [], 1],
    ["domain a.example\nsearch b.example. c.example # comment", ["b.example", "c.example"], 1],
    ["# search a.example\n; search b.example", [], 1],
    ["options ndots:99", [], 15],
    ["options ndots:", [], 1],
  ])("is read: %j", (text, domains, ndots) => {
    assert.deepStrictEqual(parse(text), { domains, ndots })
  })
})

describe("the names to query", () => {
  const one = { domains: ["a.example", "b.example"], ndots: 1 }
  it.each<readonly [host: string, names: ReadonlyArray<string>]>([
    ["fileserver", ["fileserver.a.example", "fileserver.b.example", "fileserver"]],
    ["files.example", ["files.example", "files.example.a.example", "files.example.b.example"]],
    ["files.example.", ["files.example"]],
    ["fileserver.", ["fileserver"]],
  ])("are those of the search list for %s", (host, names) => {
    assert.deepStrictEqual(candidates(one, host), names)
  })

  it("follow ndots", () => {
    assert.deepStrictEqual(candidates(parse(kubernetes), "files.other"), [
      "files.other.ns.svc.cluster.local",
      "files.other.svc.cluster.local",
      "files.other.cluster.local",
      "files.other",
    ])
    assert.deepStrictEqual(candidates({ domains: [], ndots: 0 }, "fileserver"), ["fileserver"])
  })
})
