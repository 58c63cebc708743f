import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Exports } from "../../src/Domain/job/Exports.ts"
import type { JobId } from "../../src/Domain/job/Job.ts"
import type { JobQueue } from "../../src/Domain/job/JobQueue.ts"
import { Jobs } from "../../src/Domain/job/Jobs.ts"
import { Caller, withKey, withoutKey } from "../../src/Domain/service/Caller.ts"
import { ordinaryScopes, type Scope } from "../../src/Domain/service/Scope.ts"
import { TableName } from "../../src/Domain/load/columns/TableName.ts"
import { create, createUnder, createWith, find } from "./jobFixtures.ts"

const holding = (name: string, scopes: ReadonlySet<Scope> = ordinaryScopes) =>
  Effect.provideService(Caller, withKey({ name, scopes }, "192.0.2.1"))
const asAlice = holding("alice")
const asAdmin = holding("root", new Set(["admin"]))
const asAddress = (address: string) => Effect.provideService(Caller, withoutKey(address))

/** Callers for whom Alice's jobs do not exist; some of their names would mean something in SQL or to a comparison. */
const others = {
  "another key": holding("bob"),
  "a key with all scopes but admin": holding("mallory", ordinaryScopes),
  "a key whose name differs in case": holding("Alice"),
  "a key whose name is longer": holding("alice2"),
  "a key whose name is shorter": holding("alic"),
  "a key whose name is a pattern": holding("%"),
  "a key whose name is SQL": holding("' or true --"),
  "a key whose name has a backslash": holding(String.raw`\' or true --`),
  "a key whose name is null in SQL": holding("null"),
  "a caller of the open API": asAddress("192.0.2.1"),
} as const

const page = { after: 0, limit: 10 }

const countOf = Effect.fnUntraced(function* (kind: "rejects" | "skipped", jobId: JobId) {
  const jobs = yield* Jobs
  const read = kind === "rejects" ? jobs.rejects(jobId, page) : jobs.skipped(jobId, page)
  return (yield* read).items.length
})

const csvOf = (kind: "rejects" | "skipped", jobId: JobId) =>
  Effect.gen(function* () {
    const { csv, next } = yield* (yield* Exports).csv(kind, jobId, { after: 0, limit: 1 })
    return { lines: (yield* Stream.mkString(Stream.decodeText(csv))).trim().split("\n").length, next }
  }).pipe(Effect.scoped)

/** Conformance tests about whose a job is, run like `jobsSuite`. */
export const jobOwnershipSuite = <E, R>(
  name: string,
  layerJobs: Layer.Layer<Jobs | JobQueue | Exports | R, E>,
  /** Stores two rejects and two skipped lines of the job. */
  keepLines: (jobId: JobId) => Effect.Effect<void, never, Jobs | JobQueue | R>,
): void => {
  layer(layerJobs, { excludeTestServices: true, timeout: Duration.seconds(60) })(name, (it) => {
    for (const [who, asOther] of Object.entries(others))
      it.effect(`a job does not exist for ${who}`, () =>
        Effect.gen(function* () {
          const jobs = yield* Jobs
          const { jobId } = yield* asAlice(create)
          assert.deepStrictEqual(yield* asOther(jobs.find(jobId)), Option.none())
          assert.strictEqual((yield* Effect.flip(asOther(jobs.cancel(jobId))))._tag, "JobNotFound")
          for (const kind of ["rejects", "skipped"] as const)
            assert.strictEqual((yield* Effect.flip(asOther(countOf(kind, jobId))))._tag, "JobNotFound")
          assert.strictEqual((yield* asAlice(find(jobId))).state, "created")
        }),
      )

    it.effect("an owner reads what its job kept of the file, others read nothing", () =>
      Effect.gen(function* () {
        const { jobId } = yield* asAlice(create)
        yield* keepLines(jobId)
        for (const kind of ["rejects", "skipped"] as const) {
          assert.strictEqual(yield* asAlice(countOf(kind, jobId)), 2)
          assert.deepInclude(yield* asAlice(csvOf(kind, jobId)), { lines: 2 })
          for (const asOther of Object.values(others))
            assert.deepStrictEqual(yield* asOther(csvOf(kind, jobId)), { lines: 1, next: null })
          assert.strictEqual(yield* asAdmin(countOf(kind, jobId)), 2)
          assert.deepInclude(yield* asAdmin(csvOf(kind, jobId)), { lines: 2 })
        }
      }),
    )

    it.effect("a caller with the scope admin reaches the jobs of all", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        for (const asOwner of [asAlice, ...Object.values(others), asAdmin]) {
          const { jobId } = yield* asOwner(create)
          assert.strictEqual((yield* asAdmin(find(jobId))).jobId, jobId)
          assert.strictEqual((yield* asAdmin(jobs.cancel(jobId))).state, "cancelled")
          assert.strictEqual((yield* asOwner(find(jobId))).state, "cancelled")
        }
      }),
    )

    it.effect("the callers of an open API share its jobs and its idempotency keys", () =>
      Effect.gen(function* () {
        const { jobId } = yield* asAddress("192.0.2.1")(createUnder("shared"))
        const other = asAddress("198.51.100.1")
        assert.strictEqual((yield* other(createUnder("shared"))).jobId, jobId)
        assert.strictEqual((yield* other((yield* Jobs).cancel(jobId))).state, "cancelled")
      }),
    )

    it.effect("each owner has its own idempotency keys, an admin as well", () =>
      Effect.gen(function* () {
        const callers = [asAlice, ...Object.values(others), asAdmin]
        const key = "one key for all"
        const created = yield* Effect.forEach(
          callers,
          (asOwner) => Effect.map(asOwner(createUnder(key)), ({ jobId }) => jobId),
          { concurrency: "unbounded" },
        )
        assert.strictEqual(new Set(created).size, callers.length)
        for (const [n, asOwner] of callers.entries())
          assert.strictEqual((yield* asOwner(createUnder(key))).jobId, created[n])
        // Another request under the key is refused for its own owner, and says nothing to the others.
        const refused = yield* Effect.flip(asAlice(createUnder(key, { header: false })))
        assert.strictEqual(refused._tag, "IdempotencyKeyReused")
        yield* holding("carol")(createUnder(key, { header: false }))
      }),
    )

    it.effect("equal requests of two owners at once create one job each", () =>
      Effect.gen(function* () {
        const created = yield* Effect.forEach(
          Array.from({ length: 12 }, (_, n) => (n % 2 === 0 ? "even" : "odd")),
          (owner) => Effect.map(holding(owner)(createUnder("race")), ({ jobId }) => `${owner} ${jobId}`),
          { concurrency: "unbounded" },
        )
        assert.strictEqual(new Set(created).size, 2)
        assert.strictEqual(new Set(created.map((each) => each.split(" ")[1])).size, 2)
      }),
    )

    it.effect("a table name of another's job is only taken", () =>
      Effect.gen(function* () {
        const tableName = TableName.make("whose")
        yield* asAlice(createWith({ tableName }))
        const refused = yield* Effect.flip(holding("bob")(createWith({ tableName })))
        assert.strictEqual(refused._tag, "TableNameTaken")
        assert.deepStrictEqual(Object.keys(refused).toSorted(), ["_tag", "table"])
      }),
    )
  })
}
