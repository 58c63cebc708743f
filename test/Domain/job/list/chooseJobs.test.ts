import { assert, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { exampleJob } from "../../../../src/Api/contract/JobResource.ts"
import { chooseJobs } from "../../../../src/Domain/job/list/chooseJobs.ts"
import { JobSummary } from "../../../../src/Domain/job/list/JobSummary.ts"

const job = Schema.decodeSync(Schema.toCodecJson(JobSummary))(exampleJob)
const of = (fileUrls: ReadonlyArray<string>): JobSummary => ({ ...job, fileUrls })

it("a stream without a filter has every job", () => {
  assert.isTrue(chooseJobs({})(job))
})

it("all filters must match", () => {
  const { createdAt, table } = job
  assert.isTrue(chooseJobs({ table, createdAfter: createdAt })(job))
  assert.isFalse(chooseJobs({ table, createdBefore: createdAt })(job))
  assert.isFalse(chooseJobs({ table: "other" })(job))
  assert.isTrue(chooseJobs({ table, target: "default" })(job))
  assert.isFalse(chooseJobs({ table, target: "lake" })(job))
  assert.isFalse(chooseJobs({ createdAfter: DateTime.add(createdAt, { seconds: 1 }) })(job))
})

it("a host is that of any file, with any port", () => {
  const choose = chooseJobs({ host: "Example.org" })
  assert.isTrue(choose(of(["http://localhost/a.csv", "https://example.org:8443/b.csv"])))
  assert.isFalse(choose(of(["http://localhost/example.org.csv", "upload:a.csv"])))
})

/** Which changes of a job a stream has that had nothing of it before. */
const chosen = (filter: Parameters<typeof chooseJobs>[0], changes: ReadonlyArray<Partial<JobSummary>>) => {
  const choose = chooseJobs(filter)
  return changes.map((change) => choose({ ...job, ...change }))
}

it("a job that leaves the state is chosen once more", () => {
  assert.deepStrictEqual(
    chosen({ state: "active" }, [
      { state: "created", startedAt: null },
      { state: "active" },
      { state: "active" },
      { state: "retry" },
      { state: "retry" },
      { state: "active" },
      { state: "created", startedAt: null },
      { state: "cancelled" },
    ]),
    [false, true, true, true, false, true, true, false],
  )
})

it("a job that may have left the state before the stream saw it is chosen", () => {
  for (const state of ["active", "completed", "cancelled"] as const)
    assert.deepStrictEqual(chosen({ state: "created" }, [{ state, startedAt: null }]), [true])
  assert.deepStrictEqual(chosen({ state: "created" }, [{ state: "active" }, { state: "failed" }]), [
    true,
    false,
  ])
  assert.deepStrictEqual(chosen({ state: "retry" }, [{ state: "active" }, { state: "completed" }]), [
    true,
    false,
  ])
})

it("a job that is not in a final state has not left it", () => {
  assert.deepStrictEqual(chosen({ state: "completed" }, [{ state: "active" }, { state: "completed" }]), [
    false,
    true,
  ])
  assert.deepStrictEqual(chosen({ state: "failed" }, [{ state: "completed" }]), [false])
})
