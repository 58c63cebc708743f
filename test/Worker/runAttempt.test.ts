import { assert, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { ClaimLost } from "../../src/Domain/job/CopySink.ts"
import { loadError } from "../../src/Domain/load/LoadError.ts"
import { ServiceUnavailable } from "../../src/Domain/service/ServiceUnavailable.ts"
import { runAttempt } from "../../src/Worker/runAttempt.ts"
import { isSettling } from "../../src/Worker/Slots.ts"
import { claimedNow } from "../support/jobFixtures.ts"
import { JobsMemory } from "../support/JobsMemory.ts"
import { TestLog } from "../support/TestLog.ts"
import { newSlot, TestWorker } from "../support/TestWorker.ts"

const outage = Effect.fail(new ServiceUnavailable({ operation: "test", message: "no route to host" }))
const dropped = loadError("source_interrupted", "the source broke off")
const notThere = loadError("source_not_found", "the source has no such file")

/** An attempt of a claimed job that does not run yet. */
const startedAttempt = Effect.gen(function* () {
  const { create, jobs, queue } = yield* TestWorker
  const jobId = yield* create
  const claims = yield* queue.claim(1)
  const [attempt] = yield* jobs.begin(claims.map(({ claim }) => claim))
  if (attempt === undefined) return yield* Effect.die("the job was not claimed")
  return { jobId, slot: newSlot(attempt) }
})

/** A running attempt whose load the test controls. */
const running = Effect.gen(function* () {
  const { nextLoad } = yield* TestWorker
  const { slot, jobId } = yield* startedAttempt
  const fiber = yield* Effect.forkChild(runAttempt(slot, claimedNow))
  return { jobId, slot, fiber, held: yield* nextLoad }
})

/** The annotations of the attempt's log line. */
const logged = Effect.fnUntraced(function* ({ fiber, jobId }: Effect.Success<typeof running>) {
  const { ended } = yield* TestWorker
  const { annotations } = yield* ended(jobId)
  yield* Fiber.await(fiber)
  return annotations
})

const find = Effect.fnUntraced(function* ({ jobId }: Effect.Success<typeof startedAttempt>) {
  const { jobs } = yield* TestWorker
  return Option.getOrThrow(yield* jobs.find(jobId))
})

it.effect("an attempt with a temporary error is retried, and its log line has the wait", () =>
  Effect.gen(function* () {
    const run = yield* running
    yield* run.held.continueAs(Effect.fail(dropped))
    const line = yield* logged(run)
    assert.deepInclude(line, { outcome: "retry", error_code: "source_interrupted" })
    assert.isAtLeast(Number(line["retry_in_ms"]), 1000)
    const job = yield* find(run)
    assert.deepStrictEqual([job.state, job.error?.code], ["retry", "source_interrupted"])
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("an attempt with a permanent error fails its job", () =>
  Effect.gen(function* () {
    const run = yield* running
    yield* run.held.continueAs(Effect.fail(notThere))
    assert.deepInclude(yield* logged(run), { outcome: "failed", error_code: "source_not_found" })
    assert.strictEqual((yield* find(run)).state, "failed")
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("the log line of a completed attempt has its line counts and warnings, and so has the job", () =>
  Effect.gen(function* () {
    const run = yield* running
    const { continueAs, commit, load } = run.held
    yield* continueAs(Effect.andThen(Stream.runDrain(load.batches), commit(2)))
    const line = yield* logged(run)
    const job = yield* find(run)
    assert.strictEqual(job.state, "completed")
    assert.deepStrictEqual(
      job.warnings?.map(({ code }) => code),
      ["one_column"],
    )
    assert.deepStrictEqual(line["warnings"], job.warnings)
    assert.deepStrictEqual([line["lines"], line["skipped"]], [job.lines?.total, job.skipped])
  }).pipe(Effect.provide(TestWorker.layer())),
)

/** The warnings of a job whose load of the file fails, its counts, and the code of its error. */
const failing = (file: string, codes: { readonly error: string; readonly warnings: ReadonlyArray<string> }) =>
  Effect.gen(function* () {
    const { nextLoad } = yield* TestWorker
    const { slot, jobId } = yield* startedAttempt
    const fiber = yield* Effect.forkChild(runAttempt(slot, claimedNow))
    const load = Effect.flatMap(nextLoad, ({ continueAs, load }) =>
      continueAs(Effect.as(Stream.runDrain(load.batches), 0)),
    )
    const loading = yield* Effect.forkChild(load)
    const { ended, jobs } = yield* TestWorker
    const { annotations } = yield* ended(jobId)
    yield* Fiber.await(fiber)
    yield* Fiber.interrupt(loading)
    const job = Option.getOrThrow(yield* jobs.find(jobId))
    assert.strictEqual(job.error?.code, codes.error)
    assert.deepStrictEqual(
      job.warnings?.map(({ code }) => code),
      codes.warnings,
    )
    assert.deepStrictEqual(annotations["warnings"], job.warnings)
    return job
  }).pipe(Effect.provide(TestWorker.layer({ source: { bytes: Stream.make(Buffer.from(file, "latin1")) } })))

it.effect("a failed job has the warnings and counts of what it has read", () =>
  Effect.gen(function* () {
    const rows = `1,x,b\u00f9\n${"2,x,y\n".repeat(9)}${"3,x,y,z\n".repeat(3)}4,x,y\n`
    const job = yield* failing(`Report of sales\n\nid,name,note\n${rows}`, {
      error: "too_many_bad_rows",
      warnings: ["encoding_guess", "two_tables", "rejected_records", "preamble"],
    })
    assert.deepStrictEqual(job.skipped, { preamble: 1, blank: 1 })
    assert.deepStrictEqual(job.lines, { total: 17, header: 1, rows: 11, rejects: 3 })
    assert.strictEqual(job.rejects?.ragged_record, 3)
  }),
)

it.effect("a failed job without a table has findings that can be stored", () =>
  Effect.gen(function* () {
    for (const file of ["", "\n\n", "# a\n"]) {
      const { dialect } = yield* failing(file, { error: "empty_file", warnings: [] })
      assert.isTrue(Number.isSafeInteger(dialect?.skippedLines), file)
    }
  }),
)

it.effect("a job whose header fails has the warnings of the reader", () =>
  failing("id,b\u00f9\u0000,note\n1,x,y\n2,x,y\n", { error: "nul_byte", warnings: ["encoding_guess"] }),
)

it.effect("an unexpected error is logged with its cause, and users see an internal error", () =>
  Effect.gen(function* () {
    const run = yield* running
    yield* run.held.continueAs(Effect.die(new Error("a bug")))
    assert.deepInclude(yield* logged(run), { outcome: "retry", error_code: "internal_error" })
    const { error } = yield* find(run)
    assert.strictEqual(error?.code, "internal_error")
    assert.notInclude(error?.message, "a bug")
    const { lines } = yield* TestLog
    assert.lengthOf(
      lines.filter(({ level }) => level === "ERROR"),
      1,
    )
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("a job that crashed five workers is not loaded again, and its error says so", () =>
  Effect.gen(function* () {
    const { ended, jobs, opened } = yield* TestWorker
    const { slot, jobId } = yield* startedAttempt
    yield* runAttempt(newSlot(slot.attempt, 5), claimedNow)
    assert.deepInclude((yield* ended(jobId)).annotations, { outcome: "failed", error_code: "worker_lost" })
    const { error } = Option.getOrThrow(yield* jobs.find(jobId))
    assert.strictEqual(error?.code, "worker_lost")
    assert.include(error?.message, "5 workers")
    assert.strictEqual(opened(), 0)
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("a job that had to fail while the database of its table was away is not loaded again", () =>
  Effect.gen(function* () {
    const { jobs, opened } = yield* TestWorker
    const { slot, jobId } = yield* startedAttempt
    const { outcome } = yield* runAttempt(newSlot({ ...slot.attempt, attempt: 6 }), claimedNow)
    assert.strictEqual(outcome, "failed")
    const { error } = Option.getOrThrow(yield* jobs.find(jobId))
    assert.strictEqual(error?.code, "database_unavailable")
    assert.include(error?.message, "5 attempts failed")
    assert.strictEqual(opened(), 0)
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("crashes of workers do not use up the retries for errors of the source", () =>
  Effect.gen(function* () {
    const { nextLoad } = yield* TestWorker
    const { slot, jobId } = yield* startedAttempt
    const retried = newSlot({ ...slot.attempt, attempt: 3 }, 2)
    const fiber = yield* Effect.forkChild(runAttempt(retried, claimedNow))
    const held = yield* nextLoad
    yield* held.continueAs(Effect.fail(dropped))
    assert.deepInclude(yield* logged({ jobId, slot, fiber, held }), { outcome: "retry" })
  }).pipe(Effect.provide(TestWorker.layer({ maxAttempts: 2 }))),
)

it.effect("an attempt is marked as settling before its claim is settled", () =>
  Effect.gen(function* () {
    const run = yield* running
    const hasBegun = yield* Deferred.make<void>()
    assert.isFalse(isSettling(run.slot))
    yield* run.held.continueAs(
      Effect.andThen(run.held.load.hooks.onSettling, Deferred.succeed(hasBegun, undefined)).pipe(
        Effect.andThen(Effect.never),
      ),
    )
    yield* Deferred.await(hasBegun)
    assert.isTrue(isSettling(run.slot))
    yield* Fiber.interrupt(run.fiber)
  }).pipe(Effect.provide(TestWorker.layer())),
)

for (const settle of ["fail", "retry", "release"] as const)
  it.effect(`the ${settle} of a job is retried during an outage`, () => {
    let outages = 4
    const unlessOut = Effect.suspend(() => (outages-- > 0 ? outage : Effect.void))
    const flaky = TestWorker.layer({
      jobs: (jobs) => ({
        fail: (claim, error, counters) => Effect.andThen(unlessOut, jobs.fail(claim, error, counters)),
        retry: (claim, error, delay) => Effect.andThen(unlessOut, jobs.retry(claim, error, delay)),
        release: (claim) => Effect.andThen(unlessOut, jobs.release(claim)),
      }),
    })
    return Effect.gen(function* () {
      const run = yield* running
      if (settle === "release") yield* Effect.forkChild(Fiber.interrupt(run.fiber))
      else yield* run.held.continueAs(Effect.fail(settle === "fail" ? notThere : dropped))
      yield* TestClock.adjust("2 seconds")
      const line = yield* logged(run)
      assert.strictEqual(line["outcome"], { fail: "failed", retry: "retry", release: "released" }[settle])
      assert.strictEqual((yield* find(run)).state, settle === "fail" ? "failed" : "retry")
    }).pipe(Effect.provide(flaky))
  })

it.effect("an attempt whose settling hangs ends in time and logs its own error", () => {
  const frozen = TestWorker.layer({ jobs: () => ({ fail: () => Effect.never }) })
  return Effect.gen(function* () {
    const run = yield* running
    yield* run.held.continueAs(Effect.fail(notThere))
    yield* TestClock.adjust("3 minutes")
    assert.deepInclude(yield* logged(run), { outcome: "unsettled", error_code: "source_not_found" })
  }).pipe(Effect.provide(frozen))
})

it.effect("a commit whose response was lost is logged as completed, with its rows", () =>
  Effect.gen(function* () {
    const run = yield* running
    const { complete } = yield* JobsMemory
    const { claim, columns } = run.held.load.target
    const { counters } = yield* run.held.load.summary
    yield* run.held.continueAs(
      complete(claim, { columns, counters: { ...counters, rowsLoaded: 2 } }).pipe(
        Effect.andThen(Effect.fail(loadError("database_unavailable", "the connection broke"))),
      ),
    )
    assert.deepInclude(yield* logged(run), { outcome: "completed", rows: 2 })
    assert.strictEqual((yield* find(run)).state, "completed")
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("an attempt whose job was completed by another attempt is logged as claim_lost", () =>
  Effect.gen(function* () {
    const { jobs, queue } = yield* TestWorker
    const { complete } = yield* JobsMemory
    const run = yield* running
    const { claim, columns } = run.held.load.target
    const { counters } = yield* run.held.load.summary
    yield* jobs.retry(claim, dropped, Duration.zero)
    const next = (yield* queue.claim(1)).map(({ claim }) => claim)
    yield* jobs.begin(next)
    for (const claim of next) yield* complete(claim, { columns, counters })
    yield* run.held.continueAs(Effect.fail(new ClaimLost({ jobId: run.jobId })))
    assert.deepInclude(yield* logged(run), { outcome: "claim_lost", rows: 0 })
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("a claim that was lost to a cancel at the commit is logged as cancelled", () =>
  Effect.gen(function* () {
    const { jobs } = yield* TestWorker
    const run = yield* running
    yield* jobs.cancel(run.jobId)
    yield* run.held.continueAs(Effect.fail(new ClaimLost({ jobId: run.jobId })))
    assert.strictEqual((yield* logged(run))["outcome"], "cancelled")
  }).pipe(Effect.provide(TestWorker.layer())),
)
