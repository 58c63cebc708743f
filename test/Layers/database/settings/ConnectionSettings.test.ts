import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { make } from "../../../../src/Layers/database/settings/ConnectionSettings.ts"
import { parse } from "../../../../src/Layers/database/settings/ConnectionString.ts"
import { selfSigned } from "../../../support/selfSigned.ts"

const settings = (text: string, environment: Readonly<Record<string, string>> = {}) =>
  Result.flatMap(parse(text), (given) => make(given, environment))

const summary = (text: string, environment: Readonly<Record<string, string>> = {}) => {
  const { database, hosts, passwordOf, sessionKind, user } = Result.getOrThrow(settings(text, environment))
  const addresses = hosts.map(({ name, port }) => `${name} ${port}`)
  return [user, hosts.map(passwordOf)[0], ...addresses, database, sessionKind]
}

const problem = (text: string, environment: Readonly<Record<string, string>> = {}): string =>
  Result.match(settings(text, environment), { onSuccess: () => "no problem", onFailure: (text) => text })

const file = (name: string, content: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), "settings-")), name)
  writeFileSync(path, content)
  chmodSync(path, 0o600)
  return path
}

describe("connection strings", () => {
  for (const [text, expected] of [
    ["postgres://u:p%40s%2Fs@db:6432/sluice", ["u", "p@s/s", "db 6432", "sluice", "any"]],
    ["postgresql://u:p@[2001:db8::1]:6432/d", ["u", "p", "2001:db8::1 6432", "d", "any"]],
    [
      "postgres://u:p@a,b:6432,[::1]/d?target_session_attrs=read-write",
      ["u", "p", "a 5432", "b 6432", "::1 5432", "d", "read-write"],
    ],
    ["postgres://u:p@/d?host=/run/pg&port=6432", ["u", "p", "/run/pg 6432", "d", "any"]],
    ["postgres://u:p@%2Frun%2Fpg/d", ["u", "p", "/run/pg 5432", "d", "any"]],
    ["postgres://u:p@db", ["u", "p", "db 5432", "u", "any"]],
    [
      "host=a,b port=6432 user=u password='it''s' dbname=d".replace("''", String.raw`\'`),
      ["u", "it's", "a 6432", "b 6432", "d", "any"],
    ],
    ["host = db user=u password=p\\ q dbname = d", ["u", "p q", "db 5432", "d", "any"]],
    ["postgres://u:p@db/d?hostaddr=10.0.0.1", ["u", "p", "db 5432", "d", "any"]],
  ] as const)
    it(`${text} means what it means in psql`, () => {
      assert.deepStrictEqual(summary(text), [...expected])
    })

  it("what the connection string leaves out comes from the environment", () => {
    const environment = { host: "db", port: "6432", user: "u", password: "p", dbname: "d" }
    assert.deepStrictEqual(summary("postgres://", environment), ["u", "p", "db 6432", "d", "any"])
    assert.deepStrictEqual(summary("postgres://v@other/e", environment), ["v", "p", "other 6432", "e", "any"])
  })

  it("a password that is missing comes from the password file", () => {
    const passfile = file("pgpass", "# comment\nother:*:*:*:wrong\ndb:5432:d:u:s\\:3\n*:*:*:*:rest\n")
    assert.strictEqual(summary("postgres://u@db/d", { passfile })[1], "s:3")
    assert.strictEqual(summary("postgres://u@else/d", { passfile })[1], "rest")
    assert.strictEqual(summary("postgres://u:own@db/d", { passfile })[1], "own")
    chmodSync(passfile, 0o644)
    assert.throws(() => summary("postgres://u@db/d", { passfile }), /can be read by other users.*chmod 600/)
  })

  for (const [text, expected] of [
    ["db:5432", /^is not a Postgres connection string/],
    ["mysql://user:hunter2@db/sluice", /^is not a Postgres connection string/],
    ["postgres//user:hunter2@db/sluice", /^is not a Postgres connection string/],
    ["postgres://user:hunter2%@db/sluice", /^has a % that/],
    ["postgres://user:hunter2@db:x/sluice", /^has a port/],
    ["postgres://user:hunter2@db/sluice?sslmod=require", /parameter sslmod, .*did you mean sslmode\?/],
    ["postgres://user:hunter2@db/sluice?pgbouncer=true", /parameter pgbouncer/],
    ["postgres://user:hunter2@db/sluice?sslmode=no-verify", /write sslmode=require/],
    ["postgres://user:hunter2@db/sluice?sslmode=on", /sslmode=on, which must be one of disable, /],
    ["postgres://user:hunter2@db/sluice?sslmode=verify-ca", /without sslrootcert/],
    ["postgres://user:hunter2@db/sluice?sslmode=require&sslrootcert=system", /needs sslmode=verify-full/],
    [
      "postgres://user:hunter2@db/sluice?sslrootcert=/nowhere/ca.crt",
      /sslrootcert=\/nowhere\/ca.crt.*ENOENT/,
    ],
    ["postgres://user:hunter2@db/sluice?ssl=1", /parameter ssl, which must be true/],
    ["postgres://user:hunter2@db/sluice?ssl_min_protocol_version=1.2", /=1\.2, which must be one of TLSv1, /],
    ["postgres://user:12/hunter2@db/sluice", /write \/ and @ in a password as %2F and %40/],
    ["postgres://user:12/3?hunter2@db/sluice", /parameter without a value/],
    ["postgres://user:12/3?hunter2@db/sluice?sslmode=require", /parameter whose name is not a word/],
    ["postgres://user:hunter2@a,b/sluice?port=1,2,3", /same number of hosts and ports/],
    ["postgres://user:hunter2@a/sluice?target_session_attrs=master", /must be one of any, read-write/],
  ] as const)
    it(`${text} is refused in one sentence without the password`, () => {
      assert.match(problem(text), expected)
      assert.notInclude(problem(text), "hunter2")
    })
})

const attempts = (query: string) => {
  const { hosts, tlsOf } = Result.getOrThrow(settings(`postgres://u:p@db/d?${query}`))
  return hosts
    .flatMap(tlsOf)
    .map((tls) => (tls === false ? "plain" : tls.rejectUnauthorized ? "verified" : "tls"))
}

describe("sslmode", () => {
  const root = file("ca.crt", selfSigned.cert)
  for (const [query, expected] of [
    ["", ["tls", "plain"]],
    ["sslmode=disable", ["plain"]],
    ["sslmode=allow", ["plain", "tls"]],
    ["sslmode=prefer", ["tls", "plain"]],
    ["sslmode=require", ["tls"]],
    ["ssl=true", ["tls"]],
    [`sslmode=require&sslrootcert=${root}`, ["verified"]],
    [`sslmode=verify-ca&sslrootcert=${root}`, ["verified"]],
    ["sslmode=verify-full", ["verified"]],
    ["sslrootcert=system", ["verified"]],
  ] as const)
    it(`${query.replace(root, "ca.crt") || "no sslmode"} tries ${expected.join(", then ")}`, () => {
      assert.deepStrictEqual(attempts(query), [...expected])
    })

  it("a certificate that is none is refused", () => {
    const broken = file("ca.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    assert.match(problem(`postgres://u@db/d?sslmode=verify-full&sslrootcert=${broken}`), /cannot be used/)
  })

  it("a Unix socket has no TLS", () => {
    const { hosts, tlsOf } = Result.getOrThrow(settings("postgres:///d?host=/run/pg&sslmode=require"))
    assert.deepStrictEqual(hosts.flatMap(tlsOf), [false])
  })
})
