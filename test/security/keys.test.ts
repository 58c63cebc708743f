import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/testing/TestClock"
import { createHash } from "node:crypto"
import { Api } from "../../src/Api/contract/Api.ts"
import { scopedOperations } from "../../src/Api/contract/scopedOperations.ts"
import { Scope } from "../../src/Domain/service/Scope.ts"
import { newSecret } from "../../src/Layers/process/keys/KeySecret.ts"
import { type Answer, assertProblem, json, serveInMemory } from "../support/ApiHarness.ts"
import * as JobsMemory from "../support/JobsMemory.ts"
import { protectedOperations } from "../Api/expectedOperations.ts"

const entryOf = (name: string, scopes: string, secret: string, expiry = ""): string =>
  `${name}:${scopes}:${createHash("sha256").update(secret).digest("hex")}${expiry && `:${expiry}`}`

const withKey = (secret: string, init: RequestInit = {}): RequestInit => ({
  ...init,
  headers: { ...init.headers, authorization: `Bearer ${secret}` },
})

const unknownId = "00000000-0000-4000-8000-000000000000"
const submission = json({ fileUrl: "http://files.example/a.csv" })

/** What an operation is asked with; nothing that it could find or do. */
const initOf = (method: string, path: string): RequestInit => {
  if (path.startsWith("/upload")) return { method, body: "" }
  return path === "/download_file" || path === "/preview" || path === "/sources"
    ? { ...submission, method }
    : { method }
}

/** One request for each operation that needs a scope. */
const operations = scopedOperations(Api).map(({ method, operationId, path, scope }) => ({
  operationId,
  scope,
  url: path.startsWith("/job_")
    ? `${path}?jobId=${unknownId}`
    : path.replace(":sourceId", unknownId).replace(":fileName", "a.csv"),
  init: method === "GET" ? {} : initOf(method, path),
}))

const assertAllowed = ({ status }: Answer, what: string) => assert.notInclude([401, 403], status, what)

it("every operation that needs a key declares its scope", () => {
  assert.sameMembers(
    operations.map(({ operationId }) => operationId),
    [...protectedOperations],
  )
  for (const { operationId, scope } of operations) assert.notStrictEqual(scope, "admin", operationId)
})

const keys = Scope.literals.map((scope) => ({ scope, secret: newSecret() }))
const entries = keys.map(({ scope, secret }) => entryOf(`only-${scope}`, scope, secret))

for (const key of keys)
  it.effect(`a key with the scope ${key.scope} may do that, and nothing else unless it is admin`, () =>
    Effect.gen(function* () {
      const ask = yield* serveInMemory({ apiKeys: entries })
      for (const { init, operationId, scope, url } of operations) {
        const answer = yield* ask(url, withKey(key.secret, init))
        const inOtherHeader = yield* ask(url, {
          ...init,
          headers: { ...init.headers, "x-api-key": key.secret },
        })
        assert.strictEqual(inOtherHeader.status, answer.status)
        if (key.scope === scope || key.scope === "admin") assertAllowed(answer, operationId)
        else {
          assertProblem(answer, 403, "forbidden")
          assert.strictEqual(answer.json["scope"], scope)
          assert.include(String(answer.json["detail"]), scope)
        }
      }
    }).pipe(Effect.provide(JobsMemory.layer)),
  )

it.effect(
  "a key may have several scopes, and an invalid request says nothing before the scope is checked",
  () =>
    Effect.gen(function* () {
      const secret = newSecret()
      const ask = yield* serveInMemory({ apiKeys: [entryOf("both", "read+cancel", secret)] })
      for (const { init, operationId, scope, url } of operations) {
        const answer = yield* ask(url, withKey(secret, init))
        if (scope === "read" || scope === "cancel") assertAllowed(answer, operationId)
        else assertProblem(answer, 403, "forbidden")
      }
      assertProblem(yield* ask("/download_file", withKey(secret, json("nonsense"))), 403, "forbidden")
      assertProblem(yield* ask("/job_status?jobId=nonsense"), 401, "unauthorized")
    }).pipe(Effect.provide(JobsMemory.layer)),
)

const alice = newSecret()
const plain = "a-plain-key"
const aliceEntry = entryOf("alice", "submit+read+cancel+metrics", alice)
const digest = createHash("sha256").update(alice).digest("hex")

/** Headers that are close to a valid key, and none. */
const nearKeys: Readonly<Record<string, Record<string, string>>> = {
  "no key": {},
  "an empty key": { authorization: "Bearer " },
  "an empty other header": { "x-api-key": "" },
  "another key of the same form": { authorization: `Bearer ${newSecret()}` },
  "a key without its last character": { authorization: `Bearer ${alice.slice(0, -1)}` },
  "a key with one character more": { authorization: `Bearer ${alice}0` },
  "a key with another first character": { authorization: `Bearer S${alice.slice(1)}` },
  "a key in upper case": { authorization: `Bearer ${alice.toUpperCase()}` },
  "a key without its prefix": { authorization: `Bearer ${alice.replace("sluice_", "")}` },
  "a key without its checksum": { authorization: `Bearer ${alice.slice(0, -6)}` },
  "a key in quotes": { authorization: `Bearer "${alice}"` },
  "two keys": { authorization: `Bearer ${alice},${plain}` },
  "a key without a scheme": { authorization: alice },
  "a key in the Basic scheme": { authorization: `Basic ${btoa(`alice:${alice}`)}` },
  "a key in an unknown scheme": { authorization: `Token ${alice}` },
  "a scheme in the other header": { "x-api-key": `Bearer ${alice}` },
  "a key in a cookie": { cookie: `x-api-key=${alice}; authorization=${alice}` },
  "the name": { authorization: "Bearer alice" },
  "the hash": { authorization: `Bearer ${digest}` },
  "the entry": { authorization: `Bearer ${aliceEntry}` },
  "the hash in the other header": { "x-api-key": digest },
  "the entry in the other header": { "x-api-key": aliceEntry },
  "a prefix of the plain key": { "x-api-key": plain.slice(0, -1) },
  "the plain key twice": { "x-api-key": `${plain}${plain}` },
  "the list of keys": { "x-api-key": `${aliceEntry},${plain}` },
}

for (const [what, headers] of Object.entries(nearKeys))
  it.effect(`every operation refuses ${what}`, () =>
    Effect.gen(function* () {
      const ask = yield* serveInMemory({ apiKeys: [aliceEntry, plain] })
      for (const { init, url } of operations) {
        const answer = yield* ask(url, { ...init, headers: { ...init.headers, ...headers } })
        assertProblem(answer, 401, "unauthorized")
        assert.strictEqual(answer.headers.get("www-authenticate"), "Bearer")
        assert.notInclude(answer.text, "alice")
      }
    }).pipe(Effect.provide(JobsMemory.layer)),
  )

it.effect("a key in the query is no key, and what needs none stays open", () =>
  Effect.gen(function* () {
    const ask = yield* serveInMemory({ apiKeys: [aliceEntry] })
    for (const name of ["x-api-key", "api_key", "access_token", "authorization"])
      assertProblem(yield* ask(`/metrics?${name}=${alice}`), 401, "unauthorized")
    for (const path of [
      "/",
      "/health/live",
      "/health/ready",
      "/openapi.json",
      "/docs",
      "/problems/forbidden",
    ])
      assert.strictEqual((yield* ask(path)).status, 200, path)
  }).pipe(Effect.provide(JobsMemory.layer)),
)

it.effect("a key is valid until its expiry", () =>
  Effect.gen(function* () {
    const secrets = { none: newSecret(), day: newSecret(), time: newSecret(), over: newSecret() }
    const ask = yield* serveInMemory({
      apiKeys: [
        entryOf("none", "read", secrets.none),
        entryOf("day", "read", secrets.day, "1970-01-03"),
        entryOf("time", "read", secrets.time, "1970-01-02T12:00:00+01:00"),
        entryOf("over", "read", secrets.over, "1969-12-31"),
      ],
    })
    const valid = Effect.forEach(Object.entries(secrets), ([name, secret]) =>
      Effect.map(ask(`/job_status?jobId=${unknownId}`, withKey(secret)), ({ status }) =>
        status === 404 ? [name] : [],
      ),
    ).pipe(Effect.map((names) => names.flat()))
    assert.deepStrictEqual(yield* valid, ["none", "day", "time"])
    yield* TestClock.setTime(Date.parse("1970-01-02T10:59:59Z"))
    assert.deepStrictEqual(yield* valid, ["none", "day", "time"])
    yield* TestClock.setTime(Date.parse("1970-01-02T11:00:00Z"))
    assert.deepStrictEqual(yield* valid, ["none", "day"])
    yield* TestClock.setTime(Date.parse("1970-01-02T23:59:59Z"))
    assert.deepStrictEqual(yield* valid, ["none", "day"])
    yield* TestClock.setTime(Date.parse("1970-01-03T00:00:00Z"))
    assert.deepStrictEqual(yield* valid, ["none"])
  }).pipe(Effect.provide(JobsMemory.layer)),
)

const statusOf = (jobId: unknown) => `/job_status?jobId=${String(jobId)}`

it.effect("a key that replaces another has its jobs; another name, and another plain key, have not", () =>
  Effect.gen(function* () {
    const [old, next, bob, root] = [newSecret(), newSecret(), newSecret(), newSecret()]
    const ask = yield* serveInMemory({
      apiKeys: [
        entryOf("alice", "submit", old),
        entryOf("alice", "read+cancel", next),
        entryOf("bob", "read+cancel", bob),
        entryOf("root", "admin", root),
        "plain-one",
        "plain-two",
      ],
    })
    const { jobId } = (yield* ask("/download_file", withKey(old, submission))).json
    assert.strictEqual((yield* ask(statusOf(jobId), withKey(next))).status, 200)
    const missing = (yield* ask(statusOf(unknownId), withKey(bob))).json
    for (const other of [bob, "plain-one", "plain-two"])
      for (const path of ["/job_status", "/job_rejects", "/job_cancel"]) {
        const answer = yield* ask(`${path}?jobId=${String(jobId)}`, withKey(other))
        assertProblem(answer, 404, "job_not_found")
        // The same words as for a job that never was.
        assert.strictEqual(
          JSON.stringify(answer.json).replaceAll(String(jobId), unknownId),
          JSON.stringify(missing),
        )
      }
    const plainJob = (yield* ask("/download_file", withKey("plain-one", submission))).json["jobId"]
    assertProblem(yield* ask(statusOf(plainJob), withKey("plain-two")), 404, "job_not_found")
    for (const id of [jobId, plainJob])
      assert.strictEqual((yield* ask(statusOf(id), withKey(root))).json["state"], "created")
    assert.strictEqual(
      (yield* ask(`/job_cancel?jobId=${String(jobId)}`, withKey(next))).json["state"],
      "cancelled",
    )
  }).pipe(Effect.provide(JobsMemory.layer)),
)

it.effect("the log has one audit line for each change: who, from where, what, with which result", () =>
  Effect.gen(function* () {
    const lines: Array<Record<string, unknown>> = []
    const logger = Logger.map(Logger.formatStructured, ({ annotations, message }) => {
      if (message === "audit") lines.push(annotations)
    })
    const bob = newSecret()
    const ask = yield* serveInMemory({
      apiKeys: [aliceEntry, entryOf("bob", "cancel", bob)],
      logger,
    })
    const { jobId } = (yield* ask("/download_file", withKey(alice, submission))).json
    const cancelOf = `/job_cancel?jobId=${String(jobId)}`
    yield* ask(cancelOf, withKey(bob))
    yield* ask(cancelOf, withKey(alice, { method: "POST" }))
    // These change nothing, and name nothing that could be changed.
    yield* ask(statusOf(jobId), withKey(alice))
    yield* ask("/download_file", withKey(alice, json("nonsense")))
    yield* ask(cancelOf)
    const from = { client: "unknown", job_id: jobId }
    assert.deepStrictEqual(lines, [
      {
        action: "submit",
        result: "done",
        status: 202,
        caller: "alice",
        ...from,
        file_url: "http://files.example/a.csv",
      },
      { action: "cancel", result: "refused", status: 404, caller: "bob", ...from },
      { action: "cancel", result: "done", status: 200, caller: "alice", ...from },
    ])
    assert.notInclude(JSON.stringify(lines), alice)
  }).pipe(Effect.provide(JobsMemory.layer)),
)
