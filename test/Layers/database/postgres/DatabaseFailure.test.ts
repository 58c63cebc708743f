import { assert, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { SqlError, UnknownError } from "effect/sql/SqlError"
import { orUnavailable } from "../../../../src/Layers/database/postgres/Database.ts"
import {
  failureCode,
  isPermanent,
  isOfTheStatement,
  unavailable,
} from "../../../../src/Layers/database/postgres/DatabaseFailure.ts"
import { PasswordUnusable } from "../../../../src/Layers/database/settings/PasswordUnusable.ts"

/** A driver error, wrapped as the SQL client wraps it. */
const failure = (code: string) =>
  new SqlError({ reason: new UnknownError({ cause: Object.assign(new Error(code), { code }) }) })

const mistakes = {
  "a syntax error": "42601",
  "a table that does not exist": "42P01",
  "a value out of range": "22003",
  "a feature the server lacks": "0A000",
  "an internal error of the server": "XX000",
}
for (const [what, code] of Object.entries(mistakes))
  it.effect(`${what} (${code}) is an error in the statement and becomes a defect`, () =>
    Effect.gen(function* () {
      assert.isTrue(isOfTheStatement(failure(code)))
      const exit = yield* Effect.exit(orUnavailable("test")(Effect.fail(failure(code))))
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
    }),
  )

const passing = {
  "a connection that broke": "08006",
  "a connection that was reset": "ECONNRESET",
  "a server that shuts down": "57P01",
  "a read-only server": "25006",
  "a full disk": "53100",
  "a deadlock": "40P01",
  "a lock timeout": "55P03",
  "a missing right": "42501",
  "a wrong password": "28P01",
  "a failure without a code": "",
}
for (const [what, code] of Object.entries(passing))
  it.effect(`${what} (${code}) can pass, so it is ServiceUnavailable`, () =>
    Effect.gen(function* () {
      assert.isFalse(isOfTheStatement(failure(code)))
      const error = yield* Effect.flip(orUnavailable("test")(Effect.fail(failure(code))))
      assert.deepStrictEqual([error._tag, error.operation], ["ServiceUnavailable", "test"])
    }),
  )

it("settings that an operator must change are permanent, a lost connection is not", () => {
  const permanent = [
    "28P01",
    "28000",
    "3D000",
    "42501",
    "42P01",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "CERT_HAS_EXPIRED",
  ]
  const passing = ["08006", "57P03", "53300", "ECONNREFUSED", "ENOTFOUND", "ETIMEDOUT", "ECONNRESET"]
  assert.deepStrictEqual(
    [...permanent, ...passing].filter((code) => isPermanent(failure(code))),
    permanent,
  )
  const cause = new Error("no server", { cause: new PasswordUnusable({ message: "chmod 600" }) })
  assert.isTrue(isPermanent(unavailable("connect", cause)))
})

const refusedByPooler = (message: string) =>
  isPermanent(unavailable("connect", Object.assign(new Error(message), { code: "08P01" })))

it("of PgBouncer's failures, which have one code, those are permanent that an operator must change", () => {
  assert.isTrue(refusedByPooler("unsupported startup parameter: lock_timeout"))
  assert.isTrue(refusedByPooler('password authentication failed for user "sluice"'))
  assert.isTrue(refusedByPooler('database "sluice" does not exist'))
  assert.isFalse(refusedByPooler("server login has been failing, try again later (server_login_retry)"))
  assert.isFalse(refusedByPooler("query_wait_timeout"))
})

it("the code is found however deep it lies", () => {
  assert.strictEqual(failureCode(new Error("outer", { cause: { cause: { code: "40001" } } })), "40001")
  assert.isUndefined(failureCode("no object"))
})
