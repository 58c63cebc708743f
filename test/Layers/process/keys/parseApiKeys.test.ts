import { assert, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { spawnSync } from "node:child_process"
import { digestOf, isSecret, newSecret } from "../../../../src/Layers/process/keys/KeySecret.ts"
import { parseApiKeys } from "../../../../src/Layers/process/keys/parseApiKeys.ts"

const secret = newSecret()
const hash = digestOf(secret).toString("hex")
const hidden = "hunter2"

/** Lists with one bad entry, and what the message says of it. */
const bad: Readonly<Record<string, readonly [text: string, ...said: ReadonlyArray<string>]>> = {
  "an empty entry": [`a,,b`, "entry 2 is empty"],
  "a comma at the end": [`a,`, "entry 2 is empty"],
  "a plain key with a colon": [`ok,user:${hidden}`, "entry 2 has a colon"],
  "a URL": [`https://${hidden}@example.org/`, "entry 1 has a colon"],
  "only colons": [":::", "entry 1 has a colon"],
  "no name": [`:read:${hash}`, "entry 1 has a name"],
  "a name with a space": [`al ice:read:${hash}`, "entry 1 has a name"],
  "a name that is too long": [`${"a".repeat(65)}:read:${hash}`, "entry 1 has a name"],
  "a name with control characters": [`al\u001bice:read:${hash}`, "entry 1 has a name"],
  "a key where the name belongs": [`${secret}:read:${hash}`, "entry 1 has a name"],
  "an unknown scope": [`alice:reed:${hash}`, "entry 1 (alice) has an unknown scope", "submit, read"],
  "no scope": [`alice::${hash}`, "entry 1 (alice) has an unknown scope"],
  "an empty scope": [`alice:read+:${hash}`, "entry 1 (alice) has an unknown scope"],
  "scopes in another case": [`alice:Read:${hash}`, "entry 1 (alice) has an unknown scope"],
  "scopes with a space": [`alice:read +submit:${hash}`, "entry 1 (alice) has an unknown scope"],
  "no hash": ["alice:read:", "entry 1 (alice) has no SHA-256"],
  "a short hash": [`alice:read:${hash.slice(1)}`, "entry 1 (alice) has no SHA-256"],
  "the key in place of its hash": [`alice:read:${secret}`, "entry 1 (alice) has no SHA-256"],
  "a key in place of the scopes and no hash": [`alice:${secret}:`, "entry 1 has a colon"],
  "an empty expiry": [`alice:read:${hash}:`, "entry 1 (alice) has an expiry"],
  "a day that does not exist": [`alice:read:${hash}:2027-02-30`, "entry 1 (alice) has an expiry"],
  "a month that does not exist": [`alice:read:${hash}:2027-13-01`, "entry 1 (alice) has an expiry"],
  "a time that does not exist": [`alice:read:${hash}:2027-01-01T25:00Z`, "entry 1 (alice) has an expiry"],
  "a time without a zone": [`alice:read:${hash}:2027-01-01T12:00:00`, "entry 1 (alice) has an expiry"],
  "a duration": [`alice:read:${hash}:30 days`, "entry 1 (alice) has an expiry"],
  "an expiry in words": [`alice:read:${hash}:${hidden}`, "entry 1 (alice) has an expiry"],
  "one key under two names": [`alice:read:${hash},bob:read:${hash}`, "entry 1 and entry 2 are the same key"],
  "a plain key and its hash": [`${secret},bob:read:${hash}`, "entry 1 and entry 2 are the same key"],
  "a bad line of a file": [`# ${hidden}\n\nbob:read:${hash}\nalice:reed:${hash}\n`, "line 4 (alice) has"],
  "a bad entry in a line": [`a,b\nc,d:${hidden}\n`, "line 2, entry 2 has a colon"],
}

for (const [what, [text, ...said]] of Object.entries(bad))
  it(`${what} is refused, and the message shows no secret`, () => {
    const parsed = parseApiKeys(text)
    const message = Result.isFailure(parsed) ? parsed.failure : assert.fail("accepted")
    for (const part of said) assert.include(message, part)
    for (const part of [hidden, secret, hash, hash.slice(1)]) assert.notInclude(message, part)
  })

const namesOf = (text: string) => Result.getOrThrow(parseApiKeys(text)).map(({ name }) => name)

it("a list has entries between commas or line breaks, and comments", () => {
  const [one, two] = [newSecret(), newSecret()].map((each) => digestOf(each).toString("hex"))
  const entries = [
    `alice:read:${hash}`,
    `bob.b@x-y_1:read+admin:${one!.toUpperCase()}:2027-01-31`,
    `alice:submit:${two}`,
  ]
  const names = ["alice", "bob.b@x-y_1", "alice"]
  assert.deepStrictEqual(namesOf(entries.join(",")), names)
  assert.deepStrictEqual(namesOf(entries.join(" , ")), names)
  assert.deepStrictEqual(namesOf(`\uFEFF# team\r\n${entries.join("\r\n")}\r\n\r\n  # end`), names)
  assert.deepStrictEqual(namesOf(""), [])
})

it("plain keys have names that differ and do not show them; the same key twice is one", () => {
  const names = namesOf("abc,abd,abc")
  assert.lengthOf(new Set(names), 2)
  assert.lengthOf(names, 2)
  for (const name of names) assert.match(name, /^key-[\da-f]{8}$/)
  assert.notInclude(digestOf("abc").toString("hex"), names[0]!.slice(4))
  // A described entry with that name takes over the jobs of the plain key.
  assert.strictEqual(namesOf(`${names[0]}:read:${hash}`)[0], names[0])
})

it("a new key has 256 bits, a prefix, and a checksum that finds each changed character", () => {
  const keys = Array.from({ length: 200 }, newSecret)
  assert.lengthOf(new Set(keys), 200)
  for (const key of keys) {
    assert.match(key, /^sluice_[0-9A-Za-z]{49}$/)
    assert.isTrue(isSecret(key))
  }
  for (let n = 0; n < secret.length; n++) {
    const other = secret[n] === "x" ? "y" : "x"
    assert.isFalse(isSecret(secret.slice(0, n) + other + secret.slice(n + 1)))
  }
})

const run = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, ["scripts/apiKey.ts", ...args], { encoding: "utf8" })

it("npm run key prints a key and its entry, and refuses what would be a bad entry", () => {
  const { stdout } = run("--name", "alice", "--scopes", "submit+read", "--expires", "2027-01-31")
  const key = /sluice_\w+/.exec(stdout)?.[0] ?? ""
  assert.isTrue(isSecret(key))
  const entry = `alice:submit+read:${digestOf(key).toString("hex")}:2027-01-31`
  assert.include(stdout, entry)
  assert.isTrue(Result.isSuccess(parseApiKeys(entry)))
  for (const args of [
    ["--name", "alice"],
    ["--name", "alice", "--scopes", "reed"],
    ["--name", "a,b", "--scopes", "read"],
    ["--nome", "alice", "--scopes", "read"],
  ]) {
    const refused = run(...args)
    assert.strictEqual(refused.status, 1, args.join(" "))
    assert.strictEqual(refused.stdout, "")
    assert.include(refused.stderr, "usage: npm run key")
  }
})
