import { assert, it } from "@effect/vitest"
import { CallerId, withKey, withoutKey } from "../../../src/Domain/service/Caller.ts"
import { ordinaryScopes } from "../../../src/Domain/service/Scope.ts"

it("a caller without a key is counted by its address, an IPv6 one by the network that it has for itself", () => {
  for (const [address, id] of [
    ["192.0.2.7", "address:192.0.2.7"],
    ["::ffff:192.0.2.7", "address:192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "address:2001:db8:1:2::/64"],
    ["2001:db8:1:2::1", "address:2001:db8:1:2::/64"],
    ["2001:db8:1:3::1", "address:2001:db8:1:3::/64"],
    ["fe80::1%eth0", "address:fe80::/64"],
    ["::1", "address:::/64"],
    ["unknown", "address:unknown"],
  ] as const)
    assert.strictEqual(withoutKey(address).id, CallerId.make(id))
})

it("the callers of an open API share its jobs, and no key's name makes a caller one of them", () => {
  const open = [withoutKey("192.0.2.7"), withoutKey("192.0.2.8")]
  assert.deepStrictEqual(
    open.map(({ owner }) => owner),
    ["", ""],
  )
  const keyed = withKey({ name: "address:192.0.2.7", scopes: ordinaryScopes }, "192.0.2.7")
  assert.notInclude(
    open.map(({ id }) => id),
    keyed.id,
  )
  assert.notStrictEqual(keyed.owner, "")
})
